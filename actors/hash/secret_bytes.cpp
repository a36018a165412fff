#include "actors/hash/secret_bytes.hpp"

#include <openssl/crypto.h>

namespace flwr {

void wipe(void* memory, size_t size) { OPENSSL_cleanse(memory, size); }

bool equal_secrets(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace flwr
