/// Internal to this room: samples on their way into a network.
#pragma once

#include "actors/ml/datasets.hpp"

#include <torch/types.h>

#include <span>

namespace flwr {

/// A batch's tensors, filled again and again. Belongs to one thread.
class batch {
public:
  /// @param capacity  The most samples that a batch will have; >= 1.
  batch(const dataset&, uint64_t capacity);

  /// Gathers these samples; at most `capacity`. A pixel x becomes (x / 255 - 0.5) / 0.5.
  void fill(const sample_set&, std::span<const uint32_t> indices);

  /// {samples, ...shape}, float32.
  torch::Tensor inputs() const { return inputs_.narrow(0, 0, size_); }

  /// {samples}, int64.
  torch::Tensor labels() const { return labels_.narrow(0, 0, size_); }

private:
  torch::Tensor inputs_;
  torch::Tensor labels_;
  int64_t size_ = 0;
};

} // namespace flwr
