/// Internal to this room: a network's trained parameters as one array.
#pragma once

#include "actors/ml/network.hpp"
#include "actors/ml/sgd.hpp"

#include <torch/types.h>

#include <vector>

namespace flwr {

/// Puts a network's trained parameters into one buffer, their gradients into a second and their
/// velocities into a third; the network's tensors become views of them. Belongs to one thread.
class flat_parameters {
public:
  explicit flat_parameters(const std::vector<state_tensor>&);

  /// Forgets gradients and velocities.
  void reset();

  /// Moves against the gradients, and clears them.
  void step(sgd_rule);

private:
  torch::Tensor values_;
  torch::Tensor gradients_;
  torch::Tensor velocities_;
};

} // namespace flwr
