#pragma once

#include "actors/audit/signed_updates.hpp"
#include "actors/fl/strategy.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <optional>

namespace flwr {

struct client_manager_config {
  uint64_t clients = 0; ///< The population: client ids are 0 ... clients - 1.
  uint64_t seed = 0;
  strategy_config strategy;
  run_identity run;
  std::chrono::milliseconds rejoin_grace{0};
  std::optional<std::chrono::milliseconds> join_timeout; ///< Nothing: waits for everybody.
  bool may_return = true; ///< Whether clients that are lost may come back.
};

/// Plain Flower clients have ids from here on (docs/protocol.md, section 4).
inline constexpr uint64_t first_plain_id = uint64_t{1} << 32;

/// Spawns a CLIENT MANAGER. It binds each client id to the key that joins with it first, writes
/// that down, spawns a CLIENT PROXY for it, samples among all of them (see sample_clients), and
/// ends them when it ends.
///
/// At first it is ready when the whole population is here, or the strategy's
/// `min_available_clients` of them after `join_timeout`; later, when those are here. With fewer
/// after `join_timeout` it has failed (`timeout`), and at once where nobody may return
/// (`missing`).
///
/// A plain Flower client takes one of the population's places, under an id from first_plain_id, for
/// as long as it is connected: nothing tells who it is when it comes again.
client_manager_actor spawn_client_manager(caf::actor_system&, client_manager_config,
                                          journal_actor journal, reporter_actor reporter);

} // namespace flwr
