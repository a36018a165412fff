/// PROTOCOL section 5 word for word, in arbitrary precision: slow, and shares nothing with
/// exact_sum.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace flwr::oracle {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

/// A binary floating-point type: all its finite magnitudes, in order, are decode(0), decode(1), ...
struct type {
  int fraction_bits;
  int exponent_bits;

  uint32_t sign_bit() const { return uint32_t{1} << (fraction_bits + exponent_bits); }
  uint32_t infinity() const { return ((uint32_t{1} << exponent_bits) - 1) << fraction_bits; }

  double decode(uint32_t pattern) const {
    auto magnitude = pattern & (sign_bit() - 1);
    auto fraction = static_cast<int>(magnitude & ((uint32_t{1} << fraction_bits) - 1));
    auto field = static_cast<int>(magnitude >> fraction_bits);
    int bias = (1 << (exponent_bits - 1)) - 1;
    double value = field == 0
                     ? std::ldexp(fraction, 1 - bias - fraction_bits)
                     : std::ldexp(fraction + (1 << fraction_bits), field - bias - fraction_bits);
    return pattern & sign_bit() ? -value : value;
  }
};

inline constexpr type float32{23, 8}, float16{10, 5}, bfloat16{7, 8};

inline cpp_rational exact(double value) {
  int exponent = 0;
  auto digits = static_cast<int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
  auto power = cpp_int{1} << std::abs(exponent - 53);
  return exponent >= 53 ? cpp_rational{digits * power} : cpp_rational{cpp_int{digits}, power};
}

/// The nearest integer, ties to even.
inline cpp_int half_even(const cpp_rational& value) {
  cpp_int down = numerator(value) / denominator(value);
  if (down > value)
    --down; // Division cuts towards 0.
  auto above = value - down;
  bool up = above * 2 > 1 || (above * 2 == 1 && down % 2 != 0);
  return up ? down + 1 : down;
}

/// The pattern nearest to `value`, ties to an even one; the sign is kept, but 0 is +0.
inline uint32_t nearest(const type& type, const cpp_rational& value) {
  cpp_rational magnitude = abs(value);
  uint32_t low = 0, high = type.infinity(); // decode(low) <= magnitude < decode(high)
  while (high - low > 1) {
    auto middle = low + (high - low) / 2;
    (exact(type.decode(middle)) <= magnitude ? low : high) = middle;
  }
  cpp_rational below = magnitude - exact(type.decode(low));
  cpp_rational above = exact(type.decode(low + 1)) - magnitude;
  auto pattern = above < below || (above == below && low % 2 == 1) ? low + 1 : low;
  return value < 0 ? pattern | type.sign_bit() : pattern;
}

/// round( sum q(n * x) / sum n ) of (pattern of x, n).
inline uint32_t average(const type& type, const std::vector<std::pair<uint32_t, int64_t>>& terms) {
  cpp_int unit = cpp_int{1} << 50;
  cpp_int sum = 0, total = 0;
  for (auto [pattern, weight] : terms) {
    sum += half_even(exact(type.decode(pattern)) * weight * unit);
    total += weight;
  }
  return nearest(type, cpp_rational{sum, total * unit});
}

} // namespace flwr::oracle
