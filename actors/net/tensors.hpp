/// A model's parameters as Flower's Join carries them: one .npy file a tensor, in state-dict order.
/// Pure; any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"
#include "proto/transport.pb.h"

namespace flwr::wire {

/// Appends the tensors.
/// @errors  rejected -- a model that passes what a message can hold; or as of npy::write.
expected<void> append_tensors(const parameters&, proto::Parameters& to);

/// The tensors of a message as a model of this layout, copied once.
/// @errors  corrupt -- another number of them, or one that isn't a .npy file of the layout's type
/// and
///          shape: names it.
expected<parameters_ptr> tensors_in(const proto::Parameters&, const layout_ptr&);

} // namespace flwr::wire
