#include "actors/hash/keccak256.hpp"

#include <cryptopp/keccak.h>

namespace flwr {

hash256 keccak256(std::span<const uint8_t> data) {
  hash256 digest;
  CryptoPP::Keccak_256{}.CalculateDigest(digest.data(), data.data(), data.size());
  return digest;
}

hash256 keccak256(std::string_view text) {
  return keccak256(std::span{reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

} // namespace flwr
