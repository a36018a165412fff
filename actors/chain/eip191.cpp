#include "actors/chain/eip191.hpp"

#include "actors/hash/keccak256.hpp"

#include <string>

namespace flwr {

hash256 personal_digest(std::span<const uint8_t> message) {
  auto text = "\x19"
              "Ethereum Signed Message:\n"
              + std::to_string(message.size());
  text.append(message.begin(), message.end());
  return keccak256(text);
}

} // namespace flwr
