#include "actors/chain/hd_wallet.hpp"

#include "actors/chain/abi_words.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

namespace {

hd_node node_at(const hd_node& master, const std::string& text) {
  auto path = hd_path_from(text);
  REQUIRE(path);
  auto node = derive(master, *path);
  REQUIRE(node);
  return *node;
}

hd_node master_of(const bytes& seed) {
  auto master = master_node(seed);
  REQUIRE(master);
  return *master;
}

} // namespace

TEST_CASE("nodes of the vectors are derived from their seeds") {
  for (const auto& each : cases_of("hd-wallets", "seed")) {
    auto master = master_of(unhex(text_of(each, "seed")));
    for (const auto& wanted : each.at("nodes").as_array()) {
      INFO(text_of(each, "name") << " " << text_of(wanted, "path"));
      auto node = node_at(master, text_of(wanted, "path"));
      CHECK(to_0x(node.key->secret_bytes()) == text_of(wanted, "private_key"));
      CHECK(to_0x(node.chain_code) == text_of(wanted, "chain_code"));
      CHECK(to_0x(compressed(node.key->public_key())) == text_of(wanted, "public_key"));
    }
  }
}

TEST_CASE("the development accounts of ganache and anvil are derived from their mnemonics") {
  for (const auto& each : cases_of("hd-wallets", "derive")) {
    INFO(text_of(each, "name"));
    auto key =
      account_of(text_of(each, "mnemonic"), text_of(each, "passphrase"), text_of(each, "path"));
    REQUIRE(key);
    CHECK(to_0x((*key)->secret_bytes()) == text_of(each, "private_key"));
    CHECK((*key)->address() == fixed_of<address>(each, "address"));
  }
}

TEST_CASE("a key plus a number is a key, unless the number or the sum is none") {
  auto one = signing_key::from_bytes(abi_word(uint64_t{1}));
  REQUIRE(one);
  auto two = (*one)->plus(abi_word(uint64_t{1}));
  REQUIRE(two);
  CHECK(to_hex((*two)->secret_bytes()) == to_hex(abi_word(uint64_t{2})));
  u256 order{"0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"};
  for (const auto& wrong : {order, u256{order - 1}, ~u256{0}}) {
    auto key = (*one)->plus(abi_word(wrong));
    REQUIRE_FALSE(key);
    CHECK(key.error() == ec::rejected);
  }
}

TEST_CASE("a path is read step by step") {
  CHECK(hd_path_from("m") == hd_path{});
  CHECK(hd_path_from("m/44'/60h/0H/0/2147483647")
        == hd_path{hardened_step + 44, hardened_step + 60, hardened_step, 0, hardened_step - 1});
}

TEST_CASE("texts that are no paths are refused") {
  auto text = GENERATE(as<std::string>{}, "", "M", "44'/60'", "/m", "m/", "m//0", "m/0/", "m/-1",
                       "m/+1", "m/ 1", "m/1 ", "m/'", "m/0''", "m/0x1", "m/2147483648",
                       "m/2147483648'", "m/99999999999", "n/0", "mm/0");
  INFO(text);
  auto path = hd_path_from(text);
  REQUIRE_FALSE(path);
  CHECK(path.error() == ec::usage);
}

TEST_CASE("paths that are too deep are refused") {
  std::string text = "m";
  for (size_t i = 0; i < max_hd_depth; ++i)
    text += "/0";
  CHECK(hd_path_from(text));
  CHECK_FALSE(hd_path_from(text + "/0"));
  CHECK_FALSE(derive(master_of(bytes(16)), hd_path(max_hd_depth + 1)));
}

TEST_CASE("seeds of another length are refused") {
  for (size_t size : {0, 15, 65}) {
    auto master = master_node(bytes(size));
    REQUIRE_FALSE(master);
    CHECK(master.error() == ec::rejected);
  }
  CHECK(master_node(bytes(64)));
}

TEST_CASE("a wallet's account says which part of it is wrong") {
  const std::string mnemonic = "test test test test test test test test test test test junk";
  auto bad_path = account_of(mnemonic, "", "44/60");
  REQUIRE_FALSE(bad_path);
  CHECK(bad_path.error() == ec::usage);
  auto bad_words = account_of("test test", "", "m/0");
  REQUIRE_FALSE(bad_words);
  CHECK(bad_words.error() == ec::rejected);
}
