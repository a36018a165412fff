/// Keys from passwords and from other keys. Pure; any thread; from passwords slow on purpose.
#pragma once

#include "actors/hash/secret_bytes.hpp"
#include "messages/error.hpp"

#include <span>
#include <string_view>

namespace flwr {

/// What scrypt costs: 128 n r bytes, and n r p steps. `n` is a power of two.
struct scrypt_cost {
  uint64_t n = 1 << 18;
  uint64_t r = 8;
  uint64_t p = 1;
};

/// @param   size  Of the key, in bytes.
/// @errors  rejected -- the cost breaks scrypt's rules, or takes more memory than there is.
/// @source  RFC 7914.
expected<secret_bytes> scrypt(std::string_view password, std::span<const uint8_t> salt,
                              const scrypt_cost& cost, size_t size);

/// PBKDF2 with HMAC-SHA-256 or HMAC-SHA-512, `rounds` of 1 ... 2^31 - 1.
/// @errors  rejected -- a size is beyond what the library takes.
/// @source  RFC 8018.
expected<secret_bytes> pbkdf2_sha256(std::string_view password, std::span<const uint8_t> salt,
                                     uint32_t rounds, size_t size);
expected<secret_bytes> pbkdf2_sha512(std::string_view password, std::span<const uint8_t> salt,
                                     uint32_t rounds, size_t size);

/// HKDF with HMAC-SHA-256: `size` bytes, at most 255 * 32, out of a secret that has enough entropy.
/// `info` says what they are for. Fast: it is no use for passwords.
/// @errors  rejected -- there is no secret, or the size is beyond that.
/// @source  RFC 5869.
expected<secret_bytes> hkdf_sha256(std::span<const uint8_t> secret, std::span<const uint8_t> salt,
                                   std::span<const uint8_t> info, size_t size);

/// HMAC-SHA-512: 64 bytes. The key is shorter than 2^31 bytes.
/// @source  RFC 2104, FIPS 180-4.
secret_bytes hmac_sha512(std::span<const uint8_t> key, std::span<const uint8_t> data);

} // namespace flwr
