#pragma once

#include "messages/actors.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace flwr {

/// One member of the cast, by the name that people read.
struct cast_member {
  std::string name;
  caf::actor handle;
};

/// What is left when the cast has gone.
struct farewell {
  run_outcome outcome;
  std::vector<std::string> stuck; ///< Members that did not end even when killed.
};

struct supervisor_config {
  std::vector<cast_member> cast; ///< In the order of their end; the reporter isn't one of them.
  reporter_actor reporter;       ///< Ends last, so that it can tell of everybody else.
  std::chrono::milliseconds grace{30'000};     ///< For an orderly end.
  std::chrono::milliseconds stop_grace{1'500}; ///< After `stop`: people wait.
  std::function<void(farewell)> farewell;      ///< Called once, on an actor's thread.
};

/// Spawns a SUPERVISOR: ends the cast one by one when the run is over, when it is told to stop, or
/// when a member dies unasked (a bug: the run's outcome is then `bug`, naming it). A member's exit
/// reason is user_shutdown where all of the run was done, else `stopped`. Who does not end within
/// the grace is killed.
supervisor_actor spawn_supervisor(caf::actor_system&, supervisor_config);

} // namespace flwr
