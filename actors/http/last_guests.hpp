#pragma once

#include "messages/runtime.hpp"

#include <chrono>
#include <cstdint>
#include <functional>

namespace flwr {

struct last_guests_config {
  /// Counts a server's connections: http_server::count_connections.
  std::function<void(std::function<void(uint64_t)> then)> count;
  std::chrono::milliseconds patience{5000};
};

/// Spawns an actor that holds up the end of what is served over HTTP: told to end because the run
/// is over (`user_shutdown`), it goes when the last connection has gone, or its patience. Clients
/// read the last round's manifest meanwhile. Told for any other reason it goes at once.
caf::actor spawn_last_guests(caf::actor_system&, last_guests_config);

} // namespace flwr
