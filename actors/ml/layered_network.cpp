#include "actors/ml/network.hpp"
#include "actors/ml/relu_pool.hpp"

#include <torch/types.h>

#include <utility>

namespace flwr {
namespace {

torch::Tensor zeros(const std::vector<uint64_t>& shape) {
  std::vector<int64_t> sizes(shape.begin(), shape.end());
  return torch::zeros(sizes).set_requires_grad(true);
}

class layered_network : public network {
public:
  explicit layered_network(const std::vector<layer>& layers) {
    for (const auto& l : layers) {
      state_.push_back({l.name + ".weight", zeros(l.weight), true});
      state_.push_back({l.name + ".bias", zeros({l.weight.front()}), true});
    }
  }

  torch::Tensor forward(const torch::Tensor& batch) override {
    auto x = batch;
    for (size_t t = 0; t < state_.size(); t += 2) {
      const auto &weight = state_[t].value, &bias = state_[t + 1].value;
      if (weight.dim() == 4)
        x = relu_pool(torch::conv2d(x, weight, bias));
      else
        x = torch::linear(t == 0 || x.dim() == 4 ? x.flatten(1) : x.relu_(), weight, bias);
    }
    return x;
  }

  void set_training(bool) override {}

  const std::vector<state_tensor>& state() const override { return state_; }

private:
  std::vector<state_tensor> state_;
};

} // namespace

std::unique_ptr<network> make_layered_network(const std::vector<layer>& layers) {
  return std::make_unique<layered_network>(layers);
}

} // namespace flwr
