#pragma once

#include "messages/actors.hpp"

#include <chrono>

namespace flwr {

struct chain_watcher_config {
  uint64_t confirmations = 1; ///< >= 1; the transaction's own block is the first.
  std::chrono::milliseconds patience{std::chrono::hours{1}}; ///< For one transaction.
};

/// Spawns a CHAIN WATCHER. It asks for the receipts of what it waits for at every new head, so that
/// a block that a reorganisation takes away counts for nothing.
chain_watcher_actor spawn_chain_watcher(caf::actor_system&, chain_watcher_config, chain_actor);

} // namespace flwr
