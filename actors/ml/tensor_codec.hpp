/// Internal to this room: between LibTorch's tensors and `parameters`.
#pragma once

#include "actors/ml/network.hpp"
#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <vector>

namespace flwr {

/// The layout of models with this state.
/// @errors  usage -- an element type that safetensors doesn't have, or a doubled name.
expected<layout_ptr> layout_of(const std::vector<state_tensor>&);

/// Copies a model of the state's layout into its tensors.
void load(const parameters&, const std::vector<state_tensor>&);

/// Copies the tensors into a new model of their layout.
expected<parameters_ptr> store(const layout_ptr&, const std::vector<state_tensor>&);

} // namespace flwr
