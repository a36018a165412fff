#pragma once

#include "actors/ml/datasets.hpp"
#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// Which network to train.
struct model_spec {
  enum class kind : uint8_t {
    cnn,      ///< Images: conv 3>6>16 of 5x5, each with ReLU and 2x2 max pool; fc >120>84>classes.
    mlp,      ///< Fully connected layers with ReLU between them.
    logistic, ///< One fully connected layer.
    torchscript, ///< A file of the operator's.
  };
  kind what = kind::cnn;
  std::vector<uint64_t> hidden = {200}; ///< Of mlp: the widths of the hidden layers, 1 ... 2^20.
  std::filesystem::path file = {};      ///< Of torchscript.
};

/// Reads `cnn`, `mlp[:hidden=WIDTH,...]`, `logistic`, or the name of a TorchScript file (whatever
/// holds a `/` or ends in `.pt`, `.pth` or `.ts`). Looks at no file. Pure.
/// @errors  usage -- with what is wrong and what is allowed.
expected<model_spec> parse_model(std::string_view);

/// The network for those who named none: `cnn` for images, else `logistic`.
model_spec default_model(const dataset&);

/// As the run description names it: `parse_model` reads it back. A file is only `torchscript`.
std::string describe(const model_spec&);

/// One layer with weights: `NAME.weight` of `weight`, {outputs, inputs, ...}, and `NAME.bias` of
/// {outputs}. Both are drawn from U(-b, b), b = 1 / sqrt(inputs of one output): PyTorch's default.
struct layer {
  std::string name;
  std::vector<uint64_t> weight;

  /// Weights that meet in one output.
  uint64_t fan_in() const;
};

/// The layers of a network of ours, from the input on: conv1, conv2, fc1 ... (cnn, mlp), fc
/// (logistic). Pure.
/// @errors  usage -- the network doesn't fit the data; torchscript has no layers known to us.
expected<std::vector<layer>> layers_of(const model_spec&, const dataset&);

/// The model of round 0 of these layers, in state-dict order (weight, bias, layer by layer), drawn
/// in this order from the Philox stream ("genesis", seed, 0, 0): b (2 u - 1) in float, u uniform.
expected<parameters_ptr> draw_genesis(const std::vector<layer>&, uint64_t seed);

} // namespace flwr
