#pragma once

#include <cstdint>
#include <span>

namespace flwr {

/// AES-128 in counter mode, in place: encrypts and decrypts alike. The counter starts at `iv`, the
/// high byte first, and wraps at 2^128. Pure; any thread.
/// @source  FIPS 197, NIST SP 800-38A.
void aes128_ctr(std::span<const uint8_t, 16> key, std::span<const uint8_t, 16> iv,
                std::span<uint8_t> data);

} // namespace flwr
