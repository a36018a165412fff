#pragma once

#include "actors/http/http_client.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "messages/actors.hpp"

#include <chrono>

namespace flwr {

/// A BLOB STORE that writes by a token.
using kubo_store_actor = blob_store_actor::extend<
  // Bears this one from now on; "" for none.
  on<void, atom::admit, std::string>>;

struct kubo_store_config {
  http_place place;       ///< The node's, without /api/v0.
  unixfs_profile profile; ///< How it is asked to cut blobs.
  std::string token;      ///< Of a server of ours; "" for none.
  /// For an answer, and for each 64 KiB of a blob; less than its asker's for an attempt.
  std::chrono::milliseconds timeout{60'000};
};

/// Spawns a BLOB STORE behind Kubo's RPC. What comes from there is believed only by its hashes: a
/// blob is fetched as a CAR and put together here. It never blocks.
kubo_store_actor spawn_kubo_store(caf::actor_system&, kubo_store_config, http_client_ptr);

} // namespace flwr
