/// Internal to this room: stochastic gradient descent on flat arrays. No header of LibTorch.
#pragma once

#include <cstddef>

namespace flwr {

struct sgd_rule {
  float learning_rate = 0.001f;
  float momentum = 0.9f;
};

/// One step over `count` parameters, in one pass, with `torch::optim::SGD`'s bits:
///
///   v = momentum v + g;  x = x - learning_rate v;  g = 0
///
/// The second product is rounded together with its sum exactly where LibTorch's kernels do so: on
/// processors with AVX2 and FMA, and outside x86. The velocities start at 0.
void sgd_step(sgd_rule, float* parameters, float* gradients, float* velocities, size_t count);

} // namespace flwr
