#pragma once

#include "messages/parameters.hpp"

#include <optional>
#include <string>

namespace flwr {

/// What a tensor of floating-point numbers holds. NaN and infinities are counted, and left out of
/// the rest; min and max are nothing where no number is left.
struct tensor_statistics {
  double l2_norm = 0;
  std::optional<double> min;
  std::optional<double> max;
  uint64_t nan = 0;
  uint64_t infinite = 0;
};

/// The statistics of tensor `t`; nothing unless it is of float64, 32, 16 or bfloat16.
std::optional<tensor_statistics> statistics_of(const parameters& model, size_t t);

/// The number of elements of a tensor.
uint64_t elements_of(const tensor_info&);

/// A model for people: a line per tensor, then totals and `content_id`.
std::string model_text(const parameters& model, const std::string& content_id);

/// Schema `flwr-actor/model/1`, one line.
std::string model_json(const parameters& model, const std::string& content_id);

} // namespace flwr
