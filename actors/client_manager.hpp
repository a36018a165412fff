#pragma once

#include "actors/audit/signed_updates.hpp"
#include "actors/fl/strategy.hpp"
#include "messages/actors.hpp"

#include <chrono>

namespace flwr {

struct client_manager_config {
  uint64_t clients = 0; ///< The population: client ids are 0 ... clients - 1.
  uint64_t seed = 0;
  strategy_config strategy;
  run_identity run;
  std::chrono::milliseconds rejoin_grace{0};
};

/// Spawns a CLIENT MANAGER. It binds each client id to the key that joins with it first, writes
/// that down, spawns a CLIENT PROXY for it, samples among all of them (see sample_clients), and
/// ends them when it ends. It is ready when the whole population has joined.
client_manager_actor spawn_client_manager(caf::actor_system&, client_manager_config,
                                          journal_actor journal, reporter_actor reporter);

} // namespace flwr
