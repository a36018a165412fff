#pragma once

#include <cstdint>

namespace flwr {

/// Wide enough for PROTOCOL section 5: |sum| <= 2^112 in units of 2^-50.
using wide_int = __int128;

/// A binary interchange format of IEEE 754 (or bfloat16).
struct float_format {
  int fraction_bits;
  int exponent_bits;

  friend bool operator==(const float_format&, const float_format&) = default;
};

inline constexpr float_format float32_format{23, 8};
inline constexpr float_format float16_format{10, 5};
inline constexpr float_format bfloat16_format{7, 8};

/// numerator * 2^-50 / denominator, rounded once: to nearest, ties to even.
///
/// @param numerator    |numerator| <= 2^112, and the quotient is in the format's finite range.
/// @param denominator  In 1 .. 2^42.
/// @returns            The pattern of sign, exponent and fraction, subnormals included. A numerator
///                     of 0 gives +0; a negative one too small for the format gives -0.
/// @threads            Pure; any thread.
uint32_t round_ratio(wide_int numerator, uint64_t denominator, float_format format);

} // namespace flwr
