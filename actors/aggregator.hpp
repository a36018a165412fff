#pragma once

#include "messages/actors.hpp"

namespace flwr {

/// Spawns an AGGREGATOR for models of this layout and updates of at most `max_examples` (see
/// exact_sum). The order of updates can't show
/// in the average.
aggregator_actor spawn_aggregator(caf::actor_system&, layout_ptr, int64_t max_examples);

} // namespace flwr
