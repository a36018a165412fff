#include "actors/ml/pool_loops.hpp"

#include <algorithm>
#include <bit>

namespace flwr {
namespace {

constexpr int32_t nobody = 4;

// As expressions without branches, and on arrays that don't overlap, these loops become vector
// code.
void consider(float value, int32_t place, float& best, int32_t& chosen) {
  auto better = value > best || value != value;
  best = better ? value : best;
  chosen = better ? place : chosen;
}

float passed_to(int32_t place, int32_t chosen, float gradient) {
  return std::bit_cast<float>(std::bit_cast<int32_t>(gradient) & -(place == chosen));
}

} // namespace

[[gnu::target_clones("avx2", "default")]] void relu_pool_forward(pool_shape shape,
                                                                 const float* input,
                                                                 float* __restrict output,
                                                                 int32_t* __restrict chosen) {
  auto rows = shape.height / 2, columns = shape.width / 2;
  for (size_t plane = 0; plane < shape.planes; ++plane)
    for (size_t row = 0; row < rows; ++row, output += columns, chosen += columns) {
      auto* upper = input + (plane * shape.height + 2 * row) * shape.width;
      auto* lower = upper + shape.width;
      for (size_t i = 0; i < columns; ++i) {
        auto best = upper[2 * i];
        int32_t place = 0;
        consider(upper[2 * i + 1], 1, best, place);
        consider(lower[2 * i], 2, best, place);
        consider(lower[2 * i + 1], 3, best, place);
        output[i] = best <= 0 ? 0 : best;
        chosen[i] = best <= 0 ? nobody : place;
      }
    }
}

[[gnu::target_clones("avx2", "default")]] void relu_pool_backward(pool_shape shape,
                                                                  const float* gradient,
                                                                  const int32_t* chosen,
                                                                  float* __restrict result) {
  auto rows = shape.height / 2, columns = shape.width / 2;
  if (shape.height % 2 != 0 || shape.width % 2 != 0)
    std::fill_n(result, shape.planes * shape.height * shape.width, 0.0f);
  for (size_t plane = 0; plane < shape.planes; ++plane)
    for (size_t row = 0; row < 2 * rows; ++row) {
      auto* line = result + (plane * shape.height + row) * shape.width;
      auto window = (plane * rows + row / 2) * columns;
      auto left = static_cast<int32_t>(2 * (row % 2));
      for (size_t i = 0; i < columns; ++i) {
        line[2 * i] = passed_to(left, chosen[window + i], gradient[window + i]);
        line[2 * i + 1] = passed_to(left + 1, chosen[window + i], gradient[window + i]);
      }
    }
}

} // namespace flwr
