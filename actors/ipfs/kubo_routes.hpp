#pragma once

#include "actors/http/http_server.hpp"
#include "actors/ipfs/block_store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace flwr {

/// The KUBO ROUTES answer requests of Kubo's RPC (/api/v0/) and of a trustless gateway (/ipfs/)
/// over the embedded BLOB STORE.
using kubo_routes_actor = caf::typed_actor<on<void, http_exchange_ptr>,
                                           // May this one write?
                                           on<void, http_admission_ptr>,
                                           // Who bears this token writes as this client.
                                           on<void, atom::admit, std::string, client_id>,
                                           // Another round: the quotas are whole again.
                                           on<void, atom::begin, uint64_t>>;

struct kubo_routes_config {
  unixfs_profile profile; ///< Of an `add` that says nothing else.
  uint64_t max_blob_bytes = uint64_t{2} << 30;
  uint64_t quota_bytes = uint64_t{8} << 30;        ///< Of a client's writes in a round.
  uint64_t shared_quota_bytes = uint64_t{8} << 30; ///< Of all writes on loopback without a token.
  uint64_t min_free_bytes = 256 << 20;             ///< What a write leaves free on the disk.
  std::function<uint64_t()> free_bytes;            ///< What is free now; empty: never mind.
  uint64_t update_bytes = 0;                       ///< What one client's update takes.
  /// A client finds no room even for an update; and who wrote most, in words.
  std::function<void(uint64_t free, const std::string& heaviest)> full;
};

/// Spawns them. Nothing blocks but hashing what is only to be hashed, and CARs.
kubo_routes_actor spawn_kubo_routes(caf::actor_system&, kubo_routes_config, block_store_actor);

/// The routes of a server to them: `serve` and `admit` pass on to the KUBO ROUTES what comes.
/// Writes are judged by their headers; only they have bodies worth speaking of.
std::vector<http_route> routes_to(std::function<void(http_exchange_ptr)> serve,
                                  std::function<void(http_admission_ptr)> admit,
                                  uint64_t max_blob_bytes);

} // namespace flwr
