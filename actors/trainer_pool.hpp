#pragma once

#include "messages/actors.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace flwr {

struct trainer_pool_config {
  std::vector<trainer_actor> trainers; ///< At least one. They end with the pool.
  uint64_t inbound_bytes = 64 << 20; ///< Updates under way, from a fit's start to its ticket's end.
};

/// Spawns a TRAINER POOL. Tests of models go first: they need no memory for an update. A fit starts
/// when a trainer is free and its update fits into what is left of `inbound_bytes`; one fit may
/// always run. Asked to end, the pool stops every job, then ends its trainers, then itself.
trainer_pool_actor spawn_trainer_pool(caf::actor_system&, trainer_pool_config);

} // namespace flwr
