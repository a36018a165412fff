/// The oracle: training as one writes it with LibTorch alone.
#pragma once

#include "tests/ml/tasks.hpp"
#include "tests/ml/torch_and_catch.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

namespace flwr::test {

/// A network of LibTorch's own modules, by the names of our layers: conv1 ..., fc1 ..., fc.
class plain_network : public torch::nn::Module {
public:
  explicit plain_network(const std::vector<layer>& layers) {
    for (const auto& [name, shape] : layers)
      if (shape.size() == 4)
        convolutions_.push_back(register_module(
          name, torch::nn::Conv2d(static_cast<int64_t>(shape[1]), static_cast<int64_t>(shape[0]),
                                  static_cast<int64_t>(shape[2]))));
      else
        linears_.push_back(register_module(
          name, torch::nn::Linear(static_cast<int64_t>(shape[1]), static_cast<int64_t>(shape[0]))));
  }

  torch::Tensor forward(torch::Tensor x) {
    for (auto& convolution : convolutions_)
      x = torch::max_pool2d(torch::relu(convolution(x)), 2);
    x = x.flatten(1);
    for (size_t i = 0; i < linears_.size(); ++i)
      x = linears_[i](i == 0 ? x : torch::relu(x));
    return x;
  }

  void load(const flwr::parameters& model) {
    auto own = parameters();
    for (size_t t = 0; t < own.size(); ++t)
      std::memcpy(own[t].data_ptr(), model.tensor(t).data(), model.tensor(t).size());
  }

  /// All parameters' bytes, in order.
  bytes dump() const {
    bytes all;
    for (const auto& p : parameters()) {
      auto first = static_cast<const uint8_t*>(p.data_ptr());
      all.insert(all.end(), first, first + p.nbytes());
    }
    return all;
  }

private:
  std::vector<torch::nn::Conv2d> convolutions_;
  std::vector<torch::nn::Linear> linears_;
};

/// The bytes of a model's tensors, in state-dict order.
inline bytes dump(const flwr::parameters& model) {
  bytes all;
  for (size_t t = 0; t < model.layout->tensors.size(); ++t)
    all.insert(all.end(), model.tensor(t).begin(), model.tensor(t).end());
  return all;
}

/// All of a set as tensors: inputs as a network takes them, and labels.
inline std::pair<torch::Tensor, torch::Tensor> tensors_of(const dataset& data,
                                                          const sample_set& samples) {
  std::vector<int64_t> sizes{static_cast<int64_t>(samples.size())};
  sizes.insert(sizes.end(), data.shape.begin(), data.shape.end());
  auto labels = torch::tensor(std::vector<int64_t>(samples.labels.begin(), samples.labels.end()));
  if (!data.holds_images())
    return {torch::tensor(samples.features).view(sizes), labels};
  auto pixels = torch::tensor(std::vector<float>(samples.pixels.begin(), samples.pixels.end()));
  return {pixels.div(255).sub(0.5).div(0.5).view(sizes), labels};
}

/// What `torch_learner_config` and an instruction of client 0's ask for, all samples being its own.
inline void train_plainly(plain_network& model, const torch_learner_config& config,
                          uint64_t round) {
  auto [inputs, labels] = tensors_of(*config.data, config.data->train);
  torch::optim::SGD optimizer{model.parameters(),
                              torch::optim::SGDOptions{config.lr}.momentum(config.momentum)};
  std::vector<int64_t> order(config.data->train.size());
  std::iota(order.begin(), order.end(), 0);
  philox random{stream_key("batches", config.seed, 0, round)};
  for (uint64_t epoch = 0; epoch < config.local_epochs; ++epoch) {
    shuffle(std::span{order}, random);
    for (size_t at = 0; at < order.size(); at += config.batch_size) {
      auto end = std::min<size_t>(at + config.batch_size, order.size());
      auto batch = torch::tensor(std::vector<int64_t>(order.begin() + static_cast<ptrdiff_t>(at),
                                                      order.begin() + static_cast<ptrdiff_t>(end)));
      optimizer.zero_grad();
      torch::nn::functional::cross_entropy(model.forward(inputs.index_select(0, batch)),
                                           labels.index_select(0, batch))
        .backward();
      optimizer.step();
    }
  }
}

} // namespace flwr::test
