#pragma once

#include "actors/hash/philox.hpp"

#include <vector>

namespace flwr {

/// Draws from the symmetric Dirichlet distribution: `count` non-negative numbers whose sum is 1.
/// Each is a gamma variate over the sum of all, reckoned by logarithms, since for a small alpha the
/// variates themselves are too small for double.
/// @param alpha  > 0, finite.
std::vector<double> draw_dirichlet(double alpha, size_t count, philox&);

/// The logarithm of a gamma variate of shape `alpha` and scale 1.
///
/// For a >= 1 with d = a - 1/3 and c = 1 / sqrt(9 d): x normal, v = (1 + c x)^3 > 0, u uniform in
/// (0, 1]; d v is accepted if ln u < x^2/2 + d - d v + d ln v. For a < 1 it is gamma(a + 1)
/// u^(1/a). Draws from the stream in this order: x, u (only if v > 0), again until accepted; then
/// for a < 1 the last u. A u is (2^32 - next()) / 2^32.
/// @source  Marsaglia and Tsang 2000, "A Simple Method for Generating Gamma Variables".
double draw_log_gamma(double alpha, philox&);

} // namespace flwr
