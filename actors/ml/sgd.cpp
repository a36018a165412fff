#include "actors/ml/sgd.hpp"

namespace flwr {
namespace {

template <class MultiplyAdd>
[[gnu::always_inline]] inline void step(sgd_rule rule, float* __restrict parameters,
                                        float* __restrict gradients, float* __restrict velocities,
                                        size_t count, MultiplyAdd multiply_add) {
  for (size_t i = 0; i < count; ++i) {
    auto velocity = rule.momentum * velocities[i] + gradients[i];
    velocities[i] = velocity;
    parameters[i] = multiply_add(-rule.learning_rate, velocity, parameters[i]);
    gradients[i] = 0;
  }
}

#if defined(__x86_64__)
#define FLWR_FUSED [[gnu::target("avx2,fma")]]
bool fuses() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#else
#define FLWR_FUSED
bool fuses() { return true; }
#endif

FLWR_FUSED void fused_step(sgd_rule rule, float* parameters, float* gradients, float* velocities,
                           size_t count) {
  step(rule, parameters, gradients, velocities, count,
       [](float a, float b, float c) { return __builtin_fmaf(a, b, c); });
}

} // namespace

void sgd_step(sgd_rule rule, float* parameters, float* gradients, float* velocities, size_t count) {
  static const bool fused = fuses();
  if (fused)
    return fused_step(rule, parameters, gradients, velocities, count);
  step(rule, parameters, gradients, velocities, count,
       [](float a, float b, float c) { return a * b + c; });
}

} // namespace flwr
