#include "actors/ml/one_thread.hpp"

#include <ATen/Parallel.h>
#include <dlfcn.h>

namespace flwr {
namespace {

bool hold_openblas() {
  using setter = void(int);
  if (auto* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<setter*>(symbol)(1);
  return true;
}

bool hold_torch() {
  at::set_num_threads(1);
  return true;
}

} // namespace

void use_one_thread() {
  [[maybe_unused]] static const bool blas_held = hold_openblas();
  [[maybe_unused]] static thread_local const bool torch_held = hold_torch();
}

} // namespace flwr
