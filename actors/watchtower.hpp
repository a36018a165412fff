#pragma once

#include "actors/audit/signed_updates.hpp"
#include "messages/actors.hpp"

#include <chrono>

namespace flwr {

struct watchtower_config {
  run_identity run;
  address contract{};
  content_id genesis;                       ///< By the run's description.
  uint64_t clients = 0;                     ///< The run's population.
  uint64_t confirmations = 1;               ///< Of a commit, before it is looked at; >= 1.
  std::chrono::milliseconds patience{5000}; ///< At the end, for what isn't checked yet.
};

/// Spawns a WATCHTOWER. It reads the contract's commits and their manifests, and only tells people
/// of what it finds.
watchtower_actor spawn_watchtower(caf::actor_system&, const watchtower_config&, chain_actor,
                                  ipfs_fetcher_actor, reporter_actor);

} // namespace flwr
