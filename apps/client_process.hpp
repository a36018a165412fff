#pragma once

#include "actors/supervisor.hpp"
#include "apps/client_folders.hpp"
#include "apps/options.hpp"

#include <functional>
#include <string>
#include <vector>

namespace flwr {

/// Where a client process's words go.
struct client_outlets {
  bool bar = false;
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> progress;
};

/// Composition root of `flwr-actor-client`: spawns the clients of these folders, which dial at
/// once. `farewell` is called when all have gone; the folders stay locked until then.
supervisor_actor start_clients(caf::actor_system&, const client_options&,
                               std::vector<client_folder>, client_outlets,
                               std::function<void(farewell)> farewell);

} // namespace flwr
