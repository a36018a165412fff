/// Internal to this room: networks as LibTorch runs them.
#pragma once

#include "actors/ml/datasets.hpp"
#include "actors/ml/models.hpp"
#include "messages/error.hpp"

#include <torch/types.h>

#include <memory>
#include <string>
#include <vector>

namespace flwr {

/// One entry of a network's state dict. The tensor is contiguous and shared with the network.
struct state_tensor {
  std::string name;
  torch::Tensor value;
  bool trained = false; ///< A float32 parameter with a gradient; else a buffer or a frozen one.
};

/// A network; belongs to one thread.
class network {
public:
  virtual ~network() = default;

  /// @param batch  {n, ...shape of a sample}, float32.
  /// @returns      {n, classes}: logits.
  virtual torch::Tensor forward(const torch::Tensor& batch) = 0;

  /// Switches layers that train and test differently (batch normalisation).
  virtual void set_training(bool on) = 0;

  /// In state-dict order.
  virtual const std::vector<state_tensor>& state() const = 0;
};

/// A network of ours, all zeros.
std::unique_ptr<network> make_layered_network(const std::vector<layer>&);

/// Loads a TorchScript file that the operator chose, on the CPU, and tries it on a batch of zeros.
/// @errors  missing, corrupt -- no such file, or LibTorch can't load it; usage -- it doesn't fit
/// the
///          data, or has a random operation (dropout, rand, ...), which would make an update depend
///          on more than its instruction.
expected<std::unique_ptr<network>> load_script_network(const std::filesystem::path&,
                                                       const dataset&);

} // namespace flwr
