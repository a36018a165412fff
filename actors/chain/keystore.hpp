/// Key files as geth, web3 and wallets write them: Web3 Secret Storage, version 3.
/// https://ethereum.org/en/developers/docs/data-structures-and-encoding/web3-secret-storage
#pragma once

#include "actors/hash/key_derivation.hpp"
#include "messages/types.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace flwr {

/// What a key file may cost whoever opens it. All is judged before anything is derived.
inline constexpr size_t max_keystore_bytes = 64 << 10;
inline constexpr uint64_t max_scrypt_memory_bytes = 512 << 20; ///< 128 n r, and 128 p r.
inline constexpr uint64_t max_scrypt_steps = 1 << 25;          ///< n r p: some 20 s.
inline constexpr uint64_t max_scrypt_parallel = 16;            ///< p
inline constexpr uint64_t max_pbkdf2_rounds = 10'000'000;      ///< c: some 5 s.

/// The private key of a key file: 32 bytes. Knows scrypt, PBKDF2 with HMAC-SHA-256 and AES-128-CTR;
/// members are found in any case, unknown ones don't count. Takes seconds: not for an actor that
/// others wait for. Pure; any thread.
///
/// @param   password  Its bytes as they are, without Unicode's normal forms.
/// @errors  corrupt -- no JSON, or a member is missing, malformed or out of range; rejected -- the
///          password is wrong, or the file needs a version, KDF, cipher or cost that isn't taken.
expected<secret_bytes> open_keystore(std::string_view json, std::string_view password);

/// The account that a key file says it is for. Nothing in the file vouches for that.
/// @errors  corrupt -- no JSON, or no member `address` of 20 bytes; some wallets leave it out.
expected<address> keystore_owner(std::string_view json);

/// Random bytes for one key file, from the caller. A repeated salt or IV gives the key away.
struct keystore_randomness {
  std::array<uint8_t, 32> salt;
  std::array<uint8_t, 16> iv;
  std::array<uint8_t, 16> id; ///< Becomes a UUID of version 4.
};

/// A key file for `secret`, by scrypt. `owner` is the key's address, which geth looks for.
/// @errors  rejected -- the cost is one that `open_keystore` would refuse.
expected<std::string> seal_keystore(std::span<const uint8_t, 32> secret, const address& owner,
                                    std::string_view password, const keystore_randomness& random,
                                    const scrypt_cost& cost = {});

} // namespace flwr
