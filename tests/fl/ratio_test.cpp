#include "actors/fl/ratio.hpp"

#include "tests/fl/oracle.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

using namespace flwr;

namespace {

constexpr wide_int unit = wide_int{1} << 50; // The numerator of 1 over 1.

oracle::cpp_rational exact(wide_int numerator, uint64_t denominator) {
  oracle::cpp_int value = static_cast<int64_t>(numerator >> 64);
  value <<= 64;
  value += static_cast<uint64_t>(numerator);
  return {value, oracle::cpp_int{denominator} << 50};
}

} // namespace

TEST_CASE("round_ratio tells the smallest difference from a tie") {
  constexpr uint64_t total = (uint64_t{1} << 42) - 1;
  auto tie = wide_int{total} * (unit + (unit >> 24)); // 1 + 2^-24
  CHECK(round_ratio(tie - 1, total, float32_format) == 0x3f800000);
  CHECK(round_ratio(tie, total, float32_format) == 0x3f800000);
  CHECK(round_ratio(tie + 1, total, float32_format) == 0x3f800001);
  CHECK(round_ratio(-tie - 1, total, float32_format) == 0xbf800001);
  auto odd = wide_int{total} * (unit + 3 * (unit >> 24));
  CHECK(round_ratio(odd - 1, total, float32_format) == 0x3f800001);
  CHECK(round_ratio(odd, total, float32_format) == 0x3f800002);
}

TEST_CASE("round_ratio carries into the exponent") {
  CHECK(round_ratio(2 * unit - 1, 1, float32_format) == 0x40000000);
  CHECK(round_ratio(2 * unit - 1, 1, float16_format) == 0x4000);
  CHECK(round_ratio(2 * unit - 1, 1, bfloat16_format) == 0x4000);
}

TEST_CASE("round_ratio writes float16's subnormals, and their underflow with its sign") {
  CHECK(round_ratio(unit >> 14, 1, float16_format) == 0x0400);
  CHECK(round_ratio(unit >> 24, 1, float16_format) == 0x0001);
  CHECK(round_ratio(unit >> 25, 1, float16_format) == 0x0000);
  CHECK(round_ratio((unit >> 25) + 1, 1, float16_format) == 0x0001);
  CHECK(round_ratio(-(unit >> 25), 1, float16_format) == 0x8000);
  CHECK(round_ratio(-1, uint64_t{1} << 42, float16_format) == 0x8000);
  CHECK(round_ratio((unit >> 14) - 1, 1, float16_format) == 0x0400);
}

TEST_CASE("round_ratio gives +0 for 0") {
  for (auto format : {float32_format, float16_format, bfloat16_format})
    CHECK(round_ratio(0, 5, format) == 0);
}

TEST_CASE("round_ratio has the oracle's bits") {
  rc::prop("for any magnitude of numerator and denominator", [] {
    auto denominator =
      (uint64_t{1} << *rc::gen::inRange(0, 42)) + *rc::gen::arbitrary<uint32_t>() % 5;
    auto digits = *rc::gen::inRange<int64_t>(-(int64_t{1} << 40), int64_t{1} << 40);
    auto shift = *rc::gen::inRange(0, 25);
    auto numerator = (wide_int{digits} << shift) * static_cast<wide_int>(denominator) + shift;
    RC_ASSERT(round_ratio(numerator, denominator, float32_format)
              == oracle::nearest(oracle::float32, exact(numerator, denominator)));
    RC_ASSERT(round_ratio(numerator, denominator, bfloat16_format)
              == oracle::nearest(oracle::bfloat16, exact(numerator, denominator)));
    RC_ASSERT(round_ratio(numerator, denominator, float16_format)
              == oracle::nearest(oracle::float16, exact(numerator, denominator)));
  });
}
