#include "actors/hash/sha256.hpp"

#include <openssl/sha.h>

namespace flwr {

hash256 sha256(std::span<const uint8_t> data) {
  hash256 digest;
  SHA256(data.data(), data.size(), digest.data());
  return digest;
}

} // namespace flwr
