#include "actors/chain/receipt_codec.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/hash/keccak256.hpp"

namespace flwr {
namespace {

/// Sets the bits that the first three pairs of the hash's bytes name, modulo 2048.
void add(logs_bloom& to, std::span<const uint8_t> what) {
  auto hash = keccak256(what);
  for (size_t i = 0; i < 6; i += 2) {
    auto bit = (hash[i] << 8 | hash[i + 1]) % 2048;
    to[static_cast<size_t>(255 - bit / 8)] |= static_cast<uint8_t>(1 << bit % 8);
  }
}

rlp_list encode(const log& said) {
  rlp_list topics;
  for (const auto& topic : said.topics)
    topics.add(topic);
  return rlp_list{}.add(said.emitter).add(topics).add(said.data);
}

} // namespace

logs_bloom bloom_of(std::span<const log> logs) {
  logs_bloom bloom{};
  for (const auto& each : logs) {
    add(bloom, each.emitter);
    for (const auto& topic : each.topics)
      add(bloom, topic);
  }
  return bloom;
}

bytes encode_receipt(const receipt& of) {
  rlp_list logs;
  for (const auto& each : of.logs)
    logs.add(encode(each));
  auto encoded = rlp_list{}
                   .add(of.succeeded)
                   .add(of.cumulative_gas_used)
                   .add(bloom_of(of.logs))
                   .add(logs)
                   .encode();
  if (of.type != 0)
    encoded.insert(encoded.begin(), of.type);
  return encoded;
}

} // namespace flwr
