/// Internal to this room: the loops behind `relu_pool`, on plain arrays. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flwr {

/// Planes of height x width numbers, one after the other, row-major.
struct pool_shape {
  size_t planes = 0;
  size_t height = 0;
  size_t width = 0;
};

/// output = max(0, the first maximum of each 2x2 window); NaN wins, as in LibTorch.
/// @param chosen  Which of the window's four it was, row by row; 4 if the output is 0.
void relu_pool_forward(pool_shape, const float* input, float* output, int32_t* chosen);

/// Each window's gradient goes to its chosen input; all others get 0.
void relu_pool_backward(pool_shape, const float* gradient, const int32_t* chosen, float* result);

} // namespace flwr
