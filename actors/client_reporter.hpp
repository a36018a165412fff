#pragma once

#include "messages/actors.hpp"

#include <functional>
#include <string>

namespace flwr {

/// Where a client process's words go; as of reporter_config.
struct client_reporter_config {
  uint64_t clients = 1; ///< In this process: of many, single ones aren't told of.
  bool bar = false;
  std::function<void(const std::string& line)> say;
  std::function<void(const std::string& line)> progress;
};

/// Spawns a REPORTER for a process of clients: what they train, and what they wait for.
reporter_actor spawn_client_reporter(caf::actor_system&, client_reporter_config);

} // namespace flwr
