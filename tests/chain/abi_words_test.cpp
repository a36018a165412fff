#include "actors/chain/abi_words.hpp"

#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>

using namespace flwr;

namespace {

const std::string zeros(48, '0');

template <class Value>
bytes words(const Value& value) {
  bytes data;
  append_words(data, value);
  return data;
}

template <class Value, class Read>
std::optional<Value> read_back(const Value& value, Read read) {
  auto data = words(value);
  std::span<const uint8_t> rest{data};
  auto found = read(rest);
  RC_ASSERT(rest.empty());
  return found;
}

/// Reads from these words must fail and leave them as they are.
template <class Read>
void check_refused(const bytes& data, Read read) {
  std::span<const uint8_t> rest{data};
  CHECK_FALSE(read(rest));
  CHECK(rest.size() == data.size());
}

} // namespace

TEST_CASE("a word has its number at the end and an address behind zeros") {
  CHECK(to_hex(abi_word(uint64_t{0x0102})) == zeros + "0000000000000102");
  CHECK(to_hex(abi_word(u256{0})) == zeros + "0000000000000000");
  CHECK(to_hex(abi_word(u256{1} << 255)) == "80" + zeros + "00000000000000");
  address account;
  account.fill(0xab);
  CHECK(to_hex(abi_word(account)) == std::string(24, '0') + to_hex(account));
}

TEST_CASE("words stand one behind the other") {
  hash256 digest;
  digest.fill(7);
  bytes calldata{1, 2, 3, 4};
  append_words(calldata, uint64_t{5}, digest);
  CHECK(calldata.size() == 68);
  std::span<const uint8_t> rest{calldata};
  rest = rest.subspan(4);
  CHECK(read_uint64(rest) == uint64_t{5});
  CHECK(read_hash256(rest) == digest);
  CHECK(rest.empty());
}

TEST_CASE("any value survives its word") {
  rc::prop("a number of 64 bits", [](uint64_t value) {
    RC_ASSERT(read_back(value, [](auto& from) { return read_uint64(from); }) == value);
    RC_ASSERT(abi_word(value) == abi_word(u256{value}));
  });
  rc::prop("a number of 256 bits", [](const std::array<uint64_t, 4>& limbs) {
    auto value = u256{limbs[0]} << 192 | u256{limbs[1]} << 128 | u256{limbs[2]} << 64 | limbs[3];
    RC_ASSERT(read_back(value, read_u256) == value);
  });
  rc::prop("an address",
           [](const address& value) { RC_ASSERT(read_back(value, read_address) == value); });
  rc::prop("a digest",
           [](const hash256& value) { RC_ASSERT(read_back(value, read_hash256) == value); });
}

TEST_CASE("truth is 0 or 1") {
  for (uint64_t value : {0, 1}) {
    auto data = words(value);
    std::span<const uint8_t> rest{data};
    CHECK(read_bool(rest) == (value == 1));
  }
  check_refused(words(uint64_t{2}), read_bool);
}

TEST_CASE("values out of range are refused and not taken") {
  auto below = [](uint64_t max) { return [max](auto& from) { return read_uint64(from, max); }; };
  check_refused(words(u256{1} << 64), below(UINT64_MAX));
  check_refused(words(u256{1} << 255), below(UINT64_MAX));
  check_refused(words(uint64_t{256}), below(255));
  check_refused(words(u256{1} << 160), read_address);
}

TEST_CASE("words that are cut short are refused and not taken") {
  for (size_t size : {0, 1, 31}) {
    bytes data(size);
    check_refused(data, [](auto& from) { return read_uint64(from); });
    check_refused(data, read_u256);
    check_refused(data, read_address);
    check_refused(data, read_hash256);
    check_refused(data, read_bool);
  }
}
