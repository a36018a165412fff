#pragma once

#include "messages/runtime.hpp"

#include <utility>

namespace flwr {

/// Where an actor runs. Wiring gives blocking actors a thread of their own; the tests' scheduler
/// runs everything, because a detached actor would be out of its sight.
enum class runs_on { scheduler, own_thread };

/// Spawns the actor function `fun` on the chosen thread.
template <class Fun, class... Args>
auto spawn_on(runs_on where, caf::actor_system& sys, Fun fun, Args&&... args) {
  if (where == runs_on::own_thread)
    return sys.spawn<caf::detached>(fun, std::forward<Args>(args)...);
  return sys.spawn(fun, std::forward<Args>(args)...);
}

} // namespace flwr
