/// A user's own learner, without LibTorch: the shortest one that learns something. Start yours from
/// a copy.
#pragma once

#include "actors/ml/learner.hpp"

namespace flwr {

/// Makes learners of y = a x + b by least squares. Each client has 100 points of its own on the
/// line y = 3x - 2, plus noise; its update is its best line, half-way from the base model's.
///
/// The model is one float32 tensor `line` of {2}: a, b. The loss is the sum of squared errors over
/// the client's points (nobody's: client 0's).
learner_factory make_example_learner(uint64_t seed);

} // namespace flwr
