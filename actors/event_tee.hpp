#pragma once

#include "messages/actors.hpp"

namespace flwr {

/// Spawns a REPORTER that passes facts on to two others, and the end to the first. It ends both
/// when it ends.
reporter_actor spawn_event_tee(caf::actor_system&, reporter_actor first, reporter_actor second);

} // namespace flwr
