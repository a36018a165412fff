#pragma once

#include "actors/runtime/retry_jobs.hpp"
#include "messages/actors.hpp"

namespace flwr {

/// Spawns an IPFS FETCHER that reads from `store`. Requests for the same content id and limit share
/// one fetch; the two blobs kept last are answered from memory.
ipfs_fetcher_actor spawn_ipfs_fetcher(caf::actor_system&, blob_store_actor store, retry_config);

} // namespace flwr
