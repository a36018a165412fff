#pragma once

#include "actors/chain/account.hpp"

namespace flwr {

/// A simulated client's key: the same seed and client give the same one. By HKDF-SHA256
///
///     secret = be64(seed), salt = "flwr-actor/client-key/1", info = be64(client) || be32(k)
///
/// 32 bytes for the least k = 0, 1, 2, ... that makes them a key. Whoever knows the seed has it,
/// and the seed is in the run description: it is good for no other run, and never for ether. Pure;
/// any thread.
/// @errors  rejected -- OpenSSL has no memory.
expected<signing_key_ptr> client_key(uint64_t seed, client_id client);

} // namespace flwr
