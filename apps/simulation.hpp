#pragma once

#include "actors/supervisor.hpp"
#include "apps/prepared_run.hpp"

#include <functional>
#include <string>

namespace flwr {

/// Where a run's words go.
struct outlets {
  bool bar = false; ///< Whether `progress` can be shown.
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> progress;
  std::function<void(const std::string&)> data; ///< Empty without `--json`.
};

/// Composition root of a run whose clients live in this process: spawns the cast and starts
/// round 1. `farewell` is called when all have gone.
supervisor_actor start_simulation(caf::actor_system&, const server_options&, prepared_run, outlets,
                                  std::function<void(farewell)> farewell);

} // namespace flwr
