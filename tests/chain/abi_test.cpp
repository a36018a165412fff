#include "actors/chain/abi.hpp"

#include "actors/chain/abi_words.hpp"
#include "tests/chain/abi_values.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

namespace {

bytes encoded(std::string_view type, const abi_value& value) {
  auto data = abi_encode(type_of(type), value);
  REQUIRE(data);
  return *data;
}

/// Why the words can't be decoded as that type.
std::string why_refused(std::string_view type, const bytes& data) {
  auto value = abi_decode(type_of(type), data);
  REQUIRE_FALSE(value);
  CHECK(value.error() == ec::corrupt);
  return render(value.error());
}

template <class... Words>
bytes words(const Words&... values) {
  bytes data;
  append_words(data, values...);
  return data;
}

abi_value number(uint64_t value) { return {u256{value}}; }

} // namespace

TEST_CASE("values of the vectors are encoded and decoded") {
  for (const auto& each : cases_of("abi", "codec")) {
    INFO(text_of(each, "name"));
    auto type = arguments_of(each);
    auto value = value_of(type, each.at("values"));
    CHECK(abi_encode(type, value) == encoded_in(each));
    CHECK(abi_decode(type, encoded_in(each)) == value);
  }
}

TEST_CASE("encodings of the vectors that break the rules are refused") {
  for (const auto& each : cases_of("abi", "invalid")) {
    INFO(text_of(each, "name"));
    auto type = arguments_of(each);
    for (auto rest : {trailing::refused, trailing::accepted}) {
      auto value = abi_decode(type, encoded_in(each), rest);
      REQUIRE_FALSE(value);
      CHECK(value.error() == ec::corrupt);
    }
  }
}

TEST_CASE("selectors and topics of the vectors") {
  for (const auto& each : cases_of("abi", "selector")) {
    auto signature = text_of(each, "signature");
    CHECK(to_0x(selector_of(signature)) == text_of(each, "selector"));
  }
  for (const auto& each : cases_of("abi", "topic")) {
    auto signature = text_of(each, "signature");
    CHECK(to_0x(event_topic(signature)) == text_of(each, "topic"));
  }
}

TEST_CASE("what stands behind the encoding is refused, or accepted as Solidity does") {
  for (const auto& each : cases_of("abi", "codec")) {
    INFO(text_of(each, "name"));
    auto type = arguments_of(each);
    auto longer = encoded_in(each);
    longer.push_back(0);
    CHECK_FALSE(abi_decode(type, longer));
    CHECK(abi_decode(type, longer, trailing::accepted) == value_of(type, each.at("values")));
  }
}

TEST_CASE("an encoding that is cut short anywhere is refused") {
  for (const auto& each : cases_of("abi", "codec")) {
    INFO(text_of(each, "name"));
    auto type = arguments_of(each);
    auto data = encoded_in(each);
    auto step = std::max<size_t>(data.size() / 64, 1);
    for (size_t size = 0; size < data.size(); size += step)
      CHECK_FALSE(abi_decode(type, std::span{data}.first(size), trailing::accepted));
  }
}

TEST_CASE("types are written canonically") {
  auto [text, canonical] = GENERATE(table<std::string, std::string>({
    {"uint", "uint256"},
    {"int", "int256"},
    {"(int8,(bool,bytes32)[3][],string)", "(int8,(bool,bytes32)[3][],string)"},
    {"()", "()"},
    {"address[]", "address[]"},
  }));
  CHECK(to_text(type_of(text)) == canonical);
}

TEST_CASE("texts that are no types are refused") {
  auto text =
    GENERATE(as<std::string>{}, "", "uint0", "uint7", "uint264", "uint08", "int257", "bytes0",
             "bytes33", "bool8", "float", "uint256[0]", "uint256[01]", "uint256[-1]", "uint256[",
             "uint256]", "uint256[]x", "(uint256", "(uint256,)", "(,)", "()[]", "(())", "uint 256",
             "uint256 a", "address payable", "Uint", "uint256,bool", "uint99999999999999999999",
             "uint256[99999999999999999999]");
  INFO(text);
  auto type = parse_abi_type(text);
  REQUIRE_FALSE(type);
  CHECK(type.error() == ec::usage);
}

TEST_CASE("types that are too deep or too large are refused at once") {
  std::string brackets;
  for (size_t i = 0; i < max_abi_depth; ++i)
    brackets += "[]";
  CHECK(parse_abi_type("bool" + brackets));
  CHECK_FALSE(parse_abi_type("bool[]" + brackets));
  CHECK_FALSE(parse_abi_type(std::string(1'000'000, '(')));
  CHECK(parse_abi_type("uint256[32768]"));
  CHECK_FALSE(parse_abi_type("uint256[32769]"));
  CHECK_FALSE(parse_abi_type("uint256[32768][2]"));
  CHECK_FALSE(parse_abi_type("bytes[32769]"));
  CHECK_FALSE(parse_abi_type("(uint256[32768],bool)"));
  CHECK_FALSE(parse_abi_type("uint256[4294967296][4294967296]"));
}

TEST_CASE("an array of offsets that all point to one place is refused") {
  auto bomb = words(uint64_t{2}, uint64_t{64}, uint64_t{64}, uint64_t{0});
  CHECK_THAT(why_refused("bytes[]", bomb), Catch::Contains("points elsewhere"));
  auto in_order = words(uint64_t{2}, uint64_t{64}, uint64_t{96}, uint64_t{0}, uint64_t{0});
  CHECK(abi_decode(type_of("bytes[]"), in_order) == abi_value{abi_list{{bytes{}}, {bytes{}}}});
}

TEST_CASE("a refused encoding says where and why") {
  CHECK_THAT(why_refused("(bool,bool)", words(uint64_t{1}, uint64_t{2})),
             Catch::Contains("byte 32") && Catch::Contains("neither false nor true"));
  CHECK_THAT(why_refused("uint8", words(uint64_t{256})), Catch::Contains("range of uint8"));
  CHECK_THAT(why_refused("uint256[]", words(uint64_t{1} << 60)), Catch::Contains("room for"));
  CHECK_THAT(why_refused("bool[4]", words(uint64_t{1})), Catch::Contains("fewer bytes"));
}

TEST_CASE("integers keep to their range") {
  CHECK(encoded("int8", {u256{0} - 128}) == encoded("int256", {u256{0} - 128}));
  CHECK_FALSE(abi_encode(type_of("int8"), {u256{0} - 129}));
  CHECK_FALSE(abi_encode(type_of("int8"), number(128)));
  CHECK_FALSE(abi_encode(type_of("uint8"), number(256)));
  CHECK_FALSE(abi_encode(type_of("uint248"), {~u256{0}}));
  CHECK(abi_encode(type_of("uint256"), {~u256{0}}));
  CHECK_FALSE(abi_decode(type_of("int8"), words(uint64_t{0xff})));
}

TEST_CASE("values that aren't of the type can't be encoded") {
  auto type = GENERATE(as<std::string>{}, "uint256", "bool", "address", "bytes", "bytes2", "string",
                       "bool[]", "bool[2]", "(bool,bool)");
  INFO(type);
  for (const abi_value& value :
       {abi_value{abi_list{{true}, {abi_list{}}}}, {bytes{1}}, {"text"}, number(1)}) {
    auto data = abi_encode(type_of(type), value);
    auto fits = (type == "uint256" && value == number(1))
                || (type == "bytes" && value == abi_value{bytes{1}})
                || (type == "string" && value == abi_value{"text"});
    CHECK(bool{data} == fits);
    if (!data)
      CHECK(data.error() == ec::usage);
  }
}
