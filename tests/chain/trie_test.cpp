#include "actors/chain/trie.hpp"

#include "actors/hash/keccak256.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

/// What is left when the case's entries have been put, and taken away, in order.
std::map<bytes, bytes> entries_in(const boost::json::value& from) {
  auto secure = text_of(from, "kind") == "secure";
  std::map<bytes, bytes> entries;
  for (const auto& each : from.at("entries").as_array()) {
    auto key = unhex(std::string{each.at(0).as_string()});
    if (secure) {
      auto hash = keccak256(key);
      key.assign(hash.begin(), hash.end());
    }
    if (each.at(1).is_null())
      entries.erase(key);
    else
      entries[key] = unhex(std::string{each.at(1).as_string()});
  }
  return entries;
}

std::vector<bytes> counted_values(size_t count) {
  std::vector<bytes> values;
  for (size_t i = 0; i < count; ++i)
    values.emplace_back(i % 70 + 1, static_cast<uint8_t>(i % 251));
  return values;
}

} // namespace

TEST_CASE("tries of the vectors have the published roots") {
  for (auto kind : {"plain", "secure"})
    for (const auto& each : cases_of("trie", kind)) {
      INFO(text_of(each, "name"));
      CHECK(to_0x(trie_root(entries_in(each))) == text_of(each, "root"));
    }
}

TEST_CASE("lists of the vectors have their roots, however long they are") {
  for (const auto& each : cases_of("trie", "ordered")) {
    INFO(text_of(each, "name"));
    auto values = counted_values(each.at("count").to_number<size_t>());
    CHECK(to_0x(ordered_trie_root(values)) == text_of(each, "root"));
  }
}

TEST_CASE("a node of 32 bytes is hashed into its parent, a shorter one is part of it") {
  for (const auto& each : cases_of("trie", "ordered_values")) {
    INFO(text_of(each, "name"));
    CHECK(to_0x(ordered_trie_root(hex_list_of(each, "values"))) == text_of(each, "root"));
  }
}

TEST_CASE("a trie that was changed on the way has the root of what is left") {
  rc::prop("set in any order, taken out and put back", [] {
    std::map<bytes, bytes> entries;
    merkle_trie trie;
    // Few digits, so that keys begin alike, one is another's beginning, and some come again.
    auto any_key = rc::gen::container<bytes>(rc::gen::element<uint8_t>(0x11, 0x12, 0x21));
    for (auto& key : *rc::gen::container<std::vector<bytes>>(any_key)) {
      key.resize(std::min<size_t>(key.size(), 4));
      auto value = *rc::gen::container<bytes>(rc::gen::inRange<uint8_t>(0, 255));
      trie.set(key, value);
      if (value.empty())
        entries.erase(key);
      else
        entries[key] = value;
      if (*rc::gen::arbitrary<bool>())
        RC_ASSERT(trie.root() == trie_root(entries));
    }
    RC_ASSERT(trie.root() == trie_root(entries));
    for (const auto& [key, value] : entries)
      trie.set(key, {});
    RC_ASSERT(trie.root() == trie_root({}));
  });
}
