#pragma once

#include "actors/audit/description.hpp"
#include "actors/fl/strategy.hpp"
#include "actors/ml/learner.hpp"
#include "apps/options.hpp"

namespace flwr {

/// A task as the options name it: what is trained, on which data, from which model.
struct task {
  learner_factory make_learner;
  parameters_ptr genesis;
  description text; ///< Without the genesis model's content id.
};

/// Reads the data and draws the genesis model.
/// @errors  usage, missing, corrupt, io -- of the rooms that know the names and files.
expected<task> prepare_task(const server_options&);

} // namespace flwr
