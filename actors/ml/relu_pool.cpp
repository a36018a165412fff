#include "actors/ml/relu_pool.hpp"

#include "actors/ml/pool_loops.hpp"

#include <torch/csrc/autograd/custom_function.h>

namespace flwr {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

pool_shape shape_of(const torch::Tensor& x) {
  return {.planes = static_cast<size_t>(x.size(0) * x.size(1)),
          .height = static_cast<size_t>(x.size(2)),
          .width = static_cast<size_t>(x.size(3))};
}

torch::Tensor pooled_like(const torch::Tensor& x, torch::ScalarType type) {
  return torch::empty({x.size(0), x.size(1), x.size(2) / 2, x.size(3) / 2}, type);
}

struct relu_pool_function : torch::autograd::Function<relu_pool_function> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x) {
    auto input = x.contiguous();
    auto output = pooled_like(x, torch::kFloat32), chosen = pooled_like(x, torch::kInt32);
    relu_pool_forward(shape_of(x), input.data_ptr<float>(), output.data_ptr<float>(),
                      chosen.data_ptr<int32_t>());
    context->saved_data["sizes"] = x.sizes();
    context->save_for_backward({chosen});
    return output;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    auto gradient = gradients[0].contiguous();
    auto chosen = context->get_saved_variables()[0];
    auto result = torch::empty(context->saved_data["sizes"].toIntVector(), torch::kFloat32);
    relu_pool_backward(shape_of(result), gradient.data_ptr<float>(), chosen.data_ptr<int32_t>(),
                       result.data_ptr<float>());
    return {result};
  }
};

} // namespace

torch::Tensor relu_pool(const torch::Tensor& x) { return relu_pool_function::apply(x); }

} // namespace flwr
