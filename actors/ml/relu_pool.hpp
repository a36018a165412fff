/// Internal to this room: what stands between the convolutions.
#pragma once

#include <torch/types.h>

namespace flwr {

/// max_pool2d(relu(x), 2) in one pass, differentiable, with bits equal to LibTorch's two (which
/// take a fifth of a training step, since they pick each maximum one by one).
/// @param x  {batch, channels, height, width}, float32. An odd last row or column is left out.
torch::Tensor relu_pool(const torch::Tensor& x);

} // namespace flwr
