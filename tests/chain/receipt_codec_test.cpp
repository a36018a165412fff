#include "actors/chain/receipt_codec.hpp"

#include "actors/chain/trie.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace flwr;
using namespace flwr::test;

namespace {

flwr::log log_in(const boost::json::value& from) {
  flwr::log said{fixed_of<address>(from, "emitter"), {}, unhex(text_of(from, "data"))};
  for (const auto& topic : hex_list_of(from, "topics"))
    std::ranges::copy(topic, said.topics.emplace_back().begin());
  return said;
}

receipt receipt_in(const boost::json::value& from) {
  receipt found;
  found.type = from.at("type").to_number<uint8_t>();
  found.succeeded = from.at("succeeded").as_bool();
  found.cumulative_gas_used = from.at("cumulative_gas_used").to_number<uint64_t>();
  for (const auto& each : from.at("logs").as_array())
    found.logs.push_back(log_in(each));
  return found;
}

} // namespace

TEST_CASE("receipts of the vectors are encoded as their blocks commit to them") {
  for (const auto& each : cases_of("blocks", "receipts")) {
    INFO(text_of(each, "name"));
    std::vector<bytes> encoded;
    std::vector<flwr::log> logs;
    for (const auto& one : each.at("receipts").as_array()) {
      auto found = receipt_in(one);
      encoded.push_back(encode_receipt(found));
      CHECK(to_0x(encoded.back()) == text_of(one, "encoded"));
      logs.insert(logs.end(), found.logs.begin(), found.logs.end());
    }
    CHECK(to_0x(ordered_trie_root(encoded)) == text_of(each, "root"));
    CHECK(to_0x(bloom_of(logs)) == text_of(each, "bloom"));
  }
}

TEST_CASE("a failed transaction's receipt has status 0 and no logs") {
  receipt failed;
  failed.cumulative_gas_used = 21'000;
  auto encoded = encode_receipt(failed);
  // Type 2, a list of 0x108 bytes, status 0 (empty), 21,000; 259 bytes of bloom and an empty list.
  CHECK(to_hex(std::span{encoded}.first(8)) == "02f9010880825208");
  CHECK(encoded.size() == 8 + 259 + 1);
  CHECK(encoded.back() == 0xc0);
}

TEST_CASE("a bloom has nothing without logs, and at most three bits a word") {
  CHECK(bloom_of({}) == logs_bloom{});
  flwr::log said{address{1}, {hash256{2}}, bytes{3}};
  auto bloom = bloom_of(std::span{&said, 1});
  int bits = 0;
  for (auto byte : bloom)
    bits += std::popcount(byte);
  CHECK(bits > 0);
  CHECK(bits <= 6);
  said.data = {4};
  CHECK(bloom_of(std::span{&said, 1}) == bloom); // Data isn't in it.
}
