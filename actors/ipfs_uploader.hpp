#pragma once

#include "actors/runtime/retry_jobs.hpp"
#include "messages/actors.hpp"

namespace flwr {

/// Spawns an IPFS UPLOADER that feeds `store`. Requests run side by side, each with its own budget.
ipfs_uploader_actor spawn_ipfs_uploader(caf::actor_system&, blob_store_actor store, retry_config);

} // namespace flwr
