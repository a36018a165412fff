#include "actors/chain/eip712.hpp"

#include "actors/chain/account.hpp"
#include "tests/chain/abi_values.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

namespace {

typed_structs structs_in(const boost::json::value& from) {
  typed_structs structs;
  for (const auto& [name, members] : from.at("types").as_object())
    for (const auto& member : members.as_array())
      structs[std::string{name}].push_back({text_of(member, "name"), text_of(member, "type")});
  return structs;
}

typed_domain domain_in(const boost::json::value& from) {
  typed_domain domain;
  const auto& members = from.at("domain").as_object();
  if (auto name = members.if_contains("name"))
    domain.name = std::string{name->as_string()};
  if (auto version = members.if_contains("version"))
    domain.version = std::string{version->as_string()};
  if (auto chain_id = members.if_contains("chainId"))
    domain.chain_id = word_of(*chain_id);
  if (auto contract = members.if_contains("verifyingContract"))
    domain.verifying_contract = array_of<address>(*contract);
  if (auto salt = members.if_contains("salt"))
    domain.salt = array_of<hash256>(*salt);
  return domain;
}

/// A message's value: its members in the order of the types.
abi_value typed_value(const typed_structs& structs, const std::string& type,
                      const boost::json::value& from) {
  abi_list list;
  if (auto array = from.if_array()) {
    for (const auto& each : *array)
      list.push_back(typed_value(structs, type.substr(0, type.rfind('[')), each));
    return {list};
  }
  if (!structs.contains(type))
    return value_of(*parse_abi_type(type), from);
  for (const auto& member : structs.at(type))
    list.push_back(typed_value(structs, member.type, from.at(member.name)));
  return {list};
}

const typed_structs trees{{"Tree", {{"name", "string"}, {"branches", "Tree[]"}}},
                          {"Pair", {{"left", "uint8[2]"}, {"right", "Tree"}}},
                          {"Broken", {{"member", "Nobody[2]"}}},
                          {"Odd", {{"member", "(bool)"}}},
                          {"Short", {{"member", "uint"}}}};

abi_value leaf(const std::string& name) { return {abi_list{{name}, {abi_list{}}}}; }

abi_value pair(abi_list left) { return {abi_list{{std::move(left)}, leaf("leaf")}}; }

} // namespace

TEST_CASE("typed data of the vectors is encoded, digested, signed and recovered") {
  for (const auto& each : load_cases("eip712")) {
    INFO(text_of(each, "name"));
    auto structs = structs_in(each);
    auto primary = text_of(each, "primary_type");
    auto message = typed_value(structs, primary, each.at("message"));
    auto encoded = encode_data(structs, primary, message);
    REQUIRE(encoded);
    CHECK(to_0x(*encoded) == text_of(each, "encoded_data"));
    auto hash = hash_struct(structs, primary, message);
    REQUIRE(hash);
    auto digest = typed_digest(domain_separator(domain_in(each)), *hash);
    CHECK(to_0x(digest) == text_of(each, "digest"));
    auto key = signing_key::from_bytes(unhex(text_of(each, "private_key")));
    REQUIRE(key);
    auto signed_by = (*key)->sign(digest);
    CHECK(to_0x(to_bytes(signed_by)) == text_of(each, "signature"));
    CHECK(recover(digest, signed_by) == (*key)->address());
  }
}

TEST_CASE("a struct's type names those it refers to, each once and sorted") {
  CHECK(encode_type(trees, "Tree") == "Tree(string name,Tree[] branches)");
  CHECK(encode_type(trees, "Pair")
        == "Pair(uint8[2] left,Tree right)Tree(string name,Tree[] branches)");
}

TEST_CASE("structs with unknown members are refused") {
  auto name = GENERATE(as<std::string>{}, "Broken", "Odd", "Short", "Nobody");
  INFO(name);
  auto type = encode_type(trees, name);
  REQUIRE_FALSE(type);
  CHECK(type.error() == ec::usage);
  CHECK_FALSE(hash_struct(trees, name, {abi_list{{true}}}));
}

TEST_CASE("typed values that aren't of their type are refused") {
  abi_value one{u256{1}};
  CHECK(hash_struct(trees, "Pair", pair({one, one})));
  CHECK_FALSE(hash_struct(trees, "Pair", pair({one})));
  CHECK_FALSE(hash_struct(trees, "Pair", pair({one, {u256{256}}})));
  CHECK_FALSE(hash_struct(trees, "Pair", pair({one, {true}})));
  CHECK_FALSE(hash_struct(trees, "Pair", {abi_list{one, leaf("leaf")}}));
  CHECK_FALSE(hash_struct(trees, "Tree", {abi_list{{"text"}}}));
  CHECK_FALSE(hash_struct(trees, "Tree", {abi_list{{bytes{1}}, {abi_list{}}}}));
  CHECK_FALSE(hash_struct(trees, "Tree", {"text"}));
}

TEST_CASE("typed values may be deep, but not too deep") {
  auto tree = leaf("leaf");
  for (size_t depth = 0; depth < max_typed_depth / 2; ++depth)
    tree = {abi_list{{"tree"}, {abi_list{tree}}}};
  CHECK_FALSE(hash_struct(trees, "Tree", tree));
  auto branch = std::get<abi_list>(std::get<abi_list>(tree.data)[1].data)[0];
  CHECK(hash_struct(trees, "Tree", branch));
}
