#pragma once

#include "actors/ml/learner.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

namespace flwr {

/// Spawns a TRAINER with a learner of its own, made when the first job comes. It blocks for as long
/// as the learner works, and tells `reporter` (which may be null) at most ten times a second how
/// far it is.
///
/// Guards against what a user's learner may do: an exception, tensors that are missing or of
/// another layout, and a `num_examples` below 1 become the error `rejected`.
trainer_actor spawn_trainer(caf::actor_system&, runs_on, learner_factory, reporter_actor reporter);

} // namespace flwr
