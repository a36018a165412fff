#include "actors/chain/abi.hpp"
#include "actors/chain/abi_words.hpp"
#include "tests/chain/abi_values.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

uint64_t up_to(uint64_t most) { return *rc::gen::inRange<uint64_t>(0, most + 1); }

abi_type any_type(size_t depth) {
  auto kind = static_cast<abi_kind>(up_to(depth == 0 ? 6 : 9));
  switch (kind) {
  case abi_kind::uint:
  case abi_kind::sint:
    return {kind, 8 + 8 * up_to(31), {}};
  case abi_kind::fixed_bytes:
    return {kind, 1 + up_to(31), {}};
  case abi_kind::fixed_array:
    return {kind, 1 + up_to(2), {any_type(depth - 1)}};
  case abi_kind::array:
    return {kind, 0, {any_type(depth - 1)}};
  case abi_kind::tuple: {
    abi_type tuple{kind, 0, {any_type(depth - 1)}};
    for (auto more = up_to(2); more > 0; --more)
      tuple.parts.push_back(any_type(depth - 1));
    return tuple;
  }
  default:
    return {kind, 0, {}};
  }
}

u256 any_number(size_t bits) {
  u256 number = 0;
  for (auto limb : *rc::gen::arbitrary<std::array<uint64_t, 4>>())
    number = number << 64 | limb;
  return number >> (256 - bits);
}

abi_value any_value(const abi_type& type);

abi_value any_list(const abi_type& type, size_t count) {
  abi_list list;
  for (size_t i = 0; i < count; ++i)
    list.push_back(any_value(type.kind == abi_kind::tuple ? type.parts[i] : type.parts.front()));
  return {std::move(list)};
}

abi_value any_value(const abi_type& type) {
  switch (type.kind) {
  case abi_kind::uint:
    return {any_number(type.size)};
  case abi_kind::sint: {
    auto magnitude = any_number(type.size - 1);
    return {*rc::gen::arbitrary<bool>() ? u256{~magnitude} : magnitude};
  }
  case abi_kind::boolean:
    return {*rc::gen::arbitrary<bool>()};
  case abi_kind::address:
    return {*rc::gen::arbitrary<address>()};
  case abi_kind::fixed_bytes:
    return {*rc::gen::container<bytes>(type.size, rc::gen::arbitrary<uint8_t>())};
  case abi_kind::bytes:
    return {*rc::gen::arbitrary<bytes>()};
  case abi_kind::string:
    return {*rc::gen::arbitrary<std::string>()};
  case abi_kind::fixed_array:
    return any_list(type, type.size);
  case abi_kind::array:
    return any_list(type, up_to(3));
  case abi_kind::tuple:
    return any_list(type, type.parts.size());
  }
  return {};
}

/// Nothing, or a value that encodes to the very bytes it came from.
void check_strict(const abi_type& type, const bytes& data) {
  if (auto value = abi_decode(type, data))
    RC_ASSERT(abi_encode(type, *value) == data);
}

} // namespace

TEST_CASE("any type survives its text, and any value its encoding") {
  rc::prop("reading gives what was written", [] {
    auto type = any_type(3);
    RC_ASSERT(parse_abi_type(to_text(type)) == type);
    auto value = any_value(type);
    auto data = abi_encode(type, value);
    RC_ASSERT(bool{data});
    RC_ASSERT(abi_decode(type, *data) == value);
    RC_ASSERT(!abi_decode(type, std::span{*data}.first(data->size() - 1), trailing::accepted));
  });
}

TEST_CASE("no flipped bit of a vector makes a second encoding of a value") {
  const auto cases = cases_of("abi", "codec");
  rc::prop("what is decoded encodes to the same bytes", [&] {
    const auto& each = cases[*rc::gen::inRange<size_t>(0, cases.size())];
    auto data = encoded_in(each);
    auto bit = *rc::gen::inRange<size_t>(0, 8 * data.size());
    data[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    check_strict(arguments_of(each), data);
  });
}

TEST_CASE("foreign words are refused, or have one meaning") {
  rc::prop("what is decoded encodes to the same bytes", [] {
    auto type = type_of(*rc::gen::element<std::string>("(bytes,uint8[])", "(string[2],bool)[]",
                                                       "(int16,(bytes3,address)[])", "bytes[][]"));
    bytes data;
    for (auto word : *rc::gen::container<std::vector<uint8_t>>(rc::gen::inRange<uint8_t>(0, 5)))
      append_words(data, uint64_t{word} * 32);
    check_strict(type, data);
  });
}
