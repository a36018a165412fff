#include "actors/fl/ratio.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace flwr {
namespace {

using wide = unsigned __int128;

int width(wide x) {
  auto high = static_cast<uint64_t>(x >> 64);
  auto low = static_cast<uint64_t>(x);
  return static_cast<int>(high ? 64 + std::bit_width(high) : std::bit_width(low));
}

// The quotient without its last `dropped` bits; `inexact` says that it had more bits below them.
uint32_t shift_half_even(wide quotient, int dropped, bool inexact) {
  if (dropped > width(quotient))
    return 0;
  auto half = wide{1} << (dropped - 1);
  auto rest = quotient & (2 * half - 1);
  auto kept = static_cast<uint32_t>(quotient >> dropped);
  bool up = rest > half || (rest == half && (inexact || kept % 2 == 1));
  return kept + up;
}

uint32_t divide(wide_int numerator, uint64_t denominator, float_format format) {
  auto magnitude = numerator < 0 ? -static_cast<wide>(numerator) : static_cast<wide>(numerator);
  // At least 63 bits of quotient: more than any format keeps.
  int shift = std::max(0, 63 + width(denominator) - width(magnitude));
  auto scaled = magnitude << shift;
  auto quotient = scaled / denominator;
  int exponent = width(quotient) - 1 - shift - 50;
  int lowest = 2 - (1 << (format.exponent_bits - 1)); // The exponent of the smallest normal.
  int dropped = width(quotient) - 1 - format.fraction_bits + std::max(0, lowest - exponent);
  auto kept = shift_half_even(quotient, dropped, quotient * denominator != scaled);
  // A normal number's leading bit, and a carry out of the fraction, add one to the exponent field.
  auto steps = static_cast<uint32_t>(std::max(0, exponent - lowest));
  auto sign = static_cast<uint32_t>(numerator < 0);
  return (sign << (format.fraction_bits + format.exponent_bits)) + (steps << format.fraction_bits)
         + kept;
}

// The quotient in double is off by two units in its last place at most; unless that is near the
// middle between two float32, the cast rounds as the exact quotient would. No float32 subnormal
// comes near: the smallest quotient is 2^-50 / 2^42.
std::optional<uint32_t> quick_float32(wide_int numerator, uint64_t denominator) {
  auto quotient = static_cast<double>(numerator) / (static_cast<double>(denominator) * 0x1p50);
  constexpr uint64_t middle = uint64_t{1} << 28, tail = 2 * middle - 1;
  auto beside_middle = (std::bit_cast<uint64_t>(quotient) + 4 - middle) & tail;
  if (beside_middle <= 8)
    return std::nullopt;
  return std::bit_cast<uint32_t>(static_cast<float>(quotient));
}

} // namespace

uint32_t round_ratio(wide_int numerator, uint64_t denominator, float_format format) {
  if (numerator == 0)
    return 0;
  if (format == float32_format)
    if (auto quick = quick_float32(numerator, denominator))
      return *quick;
  return divide(numerator, denominator, format);
}

} // namespace flwr
