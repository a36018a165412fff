#pragma once

#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

namespace flwr {

/// Spawns a JOURNAL that writes to `file`. It blocks on the disk; what comes in while it does is
/// written in one transaction next.
journal_actor spawn_journal(caf::actor_system&, runs_on, journal_file file);

} // namespace flwr
