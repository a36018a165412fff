#pragma once

#include "actors/ipfs/block_store.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <functional>

namespace flwr {

struct housekeeper_config {
  uint64_t rounds = 0; ///< Of the run.
  block_store_actor store;
  /// What was put so lately stays: somebody may be about to pin it. Not after the last round.
  std::chrono::seconds grace{5};
  /// Called on the actor's thread when a round's fit begins; may be empty.
  std::function<void(uint64_t round)> begin;
};

/// Spawns a HOUSEKEEPER: a REPORTER that tells the store which round it is, and has it collect what
/// was put before a round and isn't pinned as soon as that round is on record; after the last one,
/// all that isn't.
reporter_actor spawn_housekeeper(caf::actor_system&, housekeeper_config);

} // namespace flwr
