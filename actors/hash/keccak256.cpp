#include "actors/hash/keccak256.hpp"

#include <cryptopp/keccak.h>

namespace flwr {

hash256 keccak256(std::span<const uint8_t> data) {
  hash256 digest;
  CryptoPP::Keccak_256{}.CalculateDigest(digest.data(), data.data(), data.size());
  return digest;
}

} // namespace flwr
