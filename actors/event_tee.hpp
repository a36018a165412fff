#pragma once

#include "messages/actors.hpp"

namespace flwr {

/// Spawns a REPORTER that passes facts on to two others. The end reaches the second as the fact
/// `event::ended`, and then the first as `finish`, whose answer is the tee's. It ends both when it
/// ends.
reporter_actor spawn_event_tee(caf::actor_system&, reporter_actor first, reporter_actor second);

} // namespace flwr
