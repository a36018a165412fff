#include "actors/chain/rlp.hpp"

#include "actors/chain/rlp_fields.hpp"
#include "actors/chain/words.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;
using namespace flwr::test;

namespace {

bytes encoded(const boost::json::value& decoded) {
  if (decoded.is_string())
    return rlp_encode(unhex(std::string{decoded.as_string()}));
  rlp_list list;
  for (const auto& each : decoded.as_array())
    list.add_encoded(encoded(each));
  return list.encode();
}

bytes encoded(const rlp_item& item) {
  if (!item.is_list)
    return rlp_encode(item.string);
  rlp_list list;
  for (const auto& each : item.items)
    list.add_encoded(encoded(each));
  return list.encode();
}

std::string why_corrupt(std::span<const uint8_t> data) {
  auto item = rlp_decode(data);
  REQUIRE_FALSE(item);
  CHECK(item.error() == ec::corrupt);
  return render(item.error());
}

/// So many lists, each but the last one with the next one in it.
bytes nested(size_t lists) {
  bytes data{0xc0};
  for (size_t i = 1; i < lists; ++i)
    data = rlp_list{}.add_encoded(data).encode();
  return data;
}

/// Lists of lists of strings, as far as three deep.
bytes any_item(int depth = 3) {
  if (depth == 0 || *rc::gen::inRange(0, 3) == 0) {
    auto length = *rc::gen::element(0u, 1u, 2u, 55u, 56u, 300u);
    return rlp_encode(*rc::gen::container<bytes>(length, rc::gen::arbitrary<uint8_t>()));
  }
  rlp_list list;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
    list.add_encoded(any_item(depth - 1));
  return list.encode();
}

/// A list of these items, decoded; they have to outlive it.
rlp_item list_of(const bytes& encoded_list) {
  auto item = rlp_decode(encoded_list);
  REQUIRE(item);
  return std::move(*item);
}

std::string why(rlp_fields& fields) {
  auto outcome = fields.finish();
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error() == ec::corrupt);
  return render(outcome.error());
}

} // namespace

TEST_CASE("RLP of the vectors is written and read, and what is no RLP refused") {
  for (const auto& each : load_cases("rlp")) {
    INFO(text_of(each, "name"));
    auto data = unhex(text_of(each, "encoded"));
    if (!each.at("valid").as_bool()) {
      why_corrupt(data);
      continue;
    }
    CHECK(encoded(each.at("decoded")) == data);
    auto item = rlp_decode(data);
    REQUIRE(item);
    CHECK(encoded(*item) == data);
  }
}

TEST_CASE("a number in RLP has no leading zeros") {
  CHECK(rlp_encode(u256{0}) == bytes{0x80});
  CHECK(rlp_encode(u256{0x7f}) == bytes{0x7f});
  CHECK(rlp_encode(u256{0x80}) == bytes{0x81, 0x80});
  CHECK(rlp_encode(u256{0x400}) == bytes{0x82, 0x04, 0x00});
  CHECK(rlp_encode(~u256{0}).size() == 33);
}

TEST_CASE("words are the 32 bytes of a number, the high one first") {
  hash256 two_bytes{};
  two_bytes[30] = 0x12;
  two_bytes[31] = 0x34;
  CHECK(to_word(0x1234) == two_bytes);
  CHECK(to_u256(two_bytes) == 0x1234);
  CHECK(to_u256({}) == 0);
  CHECK(minimal_bytes(0).empty());
  rc::prop("to_u256 undoes to_word and minimal_bytes", [](const hash256& word) {
    RC_ASSERT(to_word(to_u256(word)) == word);
    RC_ASSERT(to_u256(minimal_bytes(to_u256(word))) == to_u256(word));
  });
}

TEST_CASE("RLP that is too deep or too long is refused") {
  CHECK(rlp_decode(nested(max_rlp_depth)));
  CHECK_THAT(why_corrupt(nested(max_rlp_depth + 1)), Catch::Contains("too many lists"));
  CHECK_THAT(why_corrupt(bytes(max_rlp_bytes + 1, 0)), Catch::Contains("too long"));
  CHECK(rlp_decode(rlp_encode(bytes(max_rlp_bytes - 4, 7))));
}

TEST_CASE("RLP of too many items is refused before they fill the memory") {
  auto list_of_empty_lists = [](size_t count) {
    return rlp_list{}.add_encoded(bytes(count, 0xc0)).encode();
  };
  CHECK(rlp_decode(list_of_empty_lists(max_rlp_items - 1)));
  CHECK_THAT(why_corrupt(list_of_empty_lists(max_rlp_items)), Catch::Contains("too many items"));
  auto item = rlp_decode(list_of_empty_lists(size_t{1} << 23), size_t{1} << 24);
  REQUIRE_FALSE(item);
  CHECK_THAT(render(item.error()), Catch::Contains("too many items, at byte 32771 of"));
}

TEST_CASE("RLP of the longest access list has few enough items") {
  rlp_list accesses;
  auto entry = rlp_list{}.add(address{1}).add(rlp_list{});
  for (size_t i = 0; i < max_rlp_bytes / entry.encode().size() - 1; ++i)
    accesses.add(entry);
  CHECK(rlp_decode(accesses.encode()));
}

TEST_CASE("a refused RLP says why and where") {
  CHECK_THAT(why_corrupt(unhex("c28100")), Catch::Contains("stands for itself"));
  CHECK_THAT(why_corrupt(unhex("c28100")), Catch::Contains("at byte 1 of 3"));
  CHECK_THAT(why_corrupt(unhex("8000")), Catch::Contains("bytes follow, at byte 1 of 2"));
  CHECK_THAT(why_corrupt(unhex("c3c2820102")), Catch::Contains("end"));
}

TEST_CASE("any RLP is read as it was written, and no other bytes mean the same") {
  rc::prop("decoding and encoding again gives the same bytes", [] {
    auto data = any_item();
    auto item = rlp_decode(data);
    RC_ASSERT(bool(item));
    RC_ASSERT(encoded(*item) == data);
  });
  rc::prop("broken bytes are refused or canonical", [] {
    auto data = any_item();
    auto position = *rc::gen::inRange<size_t>(0, data.size());
    RC_ASSERT_FALSE(rlp_decode(std::span{data}.first(position)));
    data[position] ^= *rc::gen::inRange<uint8_t>(1, 255);
    if (auto item = rlp_decode(data))
      RC_ASSERT(encoded(*item) == data);
  });
}

TEST_CASE("fields of a list are read in order") {
  auto data = rlp_list{}
                .add(7)
                .add(~u256{0})
                .add(bytes{1, 2})
                .add(address{5})
                .add(bytes{})
                .add(rlp_list{}.add(8).add(9))
                .encode();
  auto list = list_of(data);
  uint64_t number = 0;
  u256 wide;
  bytes text;
  std::optional<address> account, nobody = address{};
  std::vector<uint64_t> numbers;
  auto read_numbers = [&](rlp_fields& inner) {
    while (inner.has_more())
      inner.take("a number", numbers.emplace_back());
  };
  rlp_fields fields{list};
  fields.take("number", number).take("wide", wide).take("text", text).take("account", account);
  fields.take("nobody", nobody).take_list("numbers", read_numbers);
  CHECK(fields.finish());
  CHECK(number == 7);
  CHECK(wide == ~u256{0});
  CHECK(text == bytes{1, 2});
  CHECK(account == address{5});
  CHECK_FALSE(nobody);
  CHECK(numbers == std::vector<uint64_t>{8, 9});
}

TEST_CASE("the first wrong field of a list is named") {
  auto [encoded_list, expected_words] = GENERATE(table<std::string, std::string>({
    {"c0", "the number is missing"},
    {"c100", "the number has leading zeros"},
    {"c1c0", "the number is a list"},
    {"ca89010203040506070809", "the number is too large"},
    {"c201", "no RLP"},
    {"c3010203", "the list is a string"},
    {"c401c20102", "the list has too many items"},
    {"c401c10203", "the list has too many items"},
    {"c301c100", "an item has leading zeros"},
    {"c301c102", ""},
    {"05", "a string stands where a list"},
  }));
  INFO(encoded_list);
  auto data = unhex(encoded_list);
  auto item = rlp_decode(data);
  if (!item) {
    CHECK_THAT(render(item.error()), Catch::Contains(expected_words));
    return;
  }
  uint64_t number = 0, inner = 0;
  rlp_fields fields{*item};
  fields.take("the number", number).take_list("the list", [&](rlp_fields& list) {
    list.take("an item", inner);
  });
  if (expected_words.empty())
    CHECK(fields.finish());
  else
    CHECK_THAT(why(fields), Catch::Contains(expected_words));
}

TEST_CASE("an address has 20 bytes, or where it may be missing none") {
  auto data = rlp_list{}.add(bytes(19, 1)).encode();
  auto list = list_of(data);
  std::optional<address> account;
  address exact{};
  rlp_fields optional_field{list}, field{list};
  optional_field.take("the recipient", account);
  field.take("the sender", exact);
  CHECK_THAT(why(optional_field), Catch::Contains("the recipient has not the right number"));
  CHECK_THAT(why(field), Catch::Contains("the sender has not the right number"));
}
