#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <string>

namespace flwr {

/// Whether models of this layout can be averaged: float32, float16, bfloat16, integers and
/// booleans; the tensors lie inside the file, behind its header, and are as long as their shapes
/// say.
/// @errors  rejected -- another dtype; corrupt -- sizes or places contradict each other. Both name
///          the tensor.
expected<void> can_average(const layout&);

/// Whether a model's layout is the run's: names, types, shapes, places and header.
/// @errors  corrupt -- the words name the first tensor that differs.
expected<void> same_layout(const layout& ours, const layout& theirs);

/// "tensor 'fc1.weight'"
std::string name_of(const tensor_info&);

} // namespace flwr
