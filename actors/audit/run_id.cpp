#include "actors/audit/run_id.hpp"

#include "actors/hash/keccak256.hpp"

#include <algorithm>

namespace flwr {

hash256 run_id(uint64_t chain_id, const address& contract, const content_id& genesis,
               const content_id& description, const hash256& salt) {
  std::array<hash256, 5> words{{{}, {}, genesis.digest, description.digest, salt}};
  for (size_t i = 0; i < sizeof(chain_id); ++i)
    words[0][31 - i] = static_cast<uint8_t>(chain_id >> (8 * i));
  std::ranges::copy_backward(contract, words[1].end());
  return keccak256({words[0].data(), sizeof(words)});
}

} // namespace flwr
