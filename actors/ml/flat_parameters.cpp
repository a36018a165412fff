#include "actors/ml/flat_parameters.hpp"

namespace flwr {

flat_parameters::flat_parameters(const std::vector<state_tensor>& state) {
  int64_t count = 0;
  for (const auto& entry : state)
    count += entry.trained ? entry.value.numel() : 0;
  values_ = torch::empty({count});
  gradients_ = torch::zeros({count});
  velocities_ = torch::zeros({count});
  int64_t at = 0;
  for (const auto& entry : state) {
    if (!entry.trained)
      continue;
    auto parameter = entry.value; // A handle: the network's own tensor.
    auto view = [&](const torch::Tensor& flat) {
      return flat.narrow(0, at, parameter.numel()).view(parameter.sizes());
    };
    auto place = view(values_);
    place.copy_(parameter.detach());
    parameter.set_data(place);
    parameter.mutable_grad() = view(gradients_);
    at += parameter.numel();
  }
}

void flat_parameters::reset() {
  gradients_.zero_();
  velocities_.zero_();
}

void flat_parameters::step(sgd_rule rule) {
  sgd_step(rule, values_.data_ptr<float>(), gradients_.data_ptr<float>(),
           velocities_.data_ptr<float>(), static_cast<size_t>(values_.numel()));
}

} // namespace flwr
