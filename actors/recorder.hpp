#pragma once

#include "messages/actors.hpp"

namespace flwr {

/// Spawns a RECORDER without a chain: a round stands when its model and updates are durable and the
/// journal says so.
recorder_actor spawn_recorder(caf::actor_system&, ipfs_uploader_actor, journal_actor);

} // namespace flwr
