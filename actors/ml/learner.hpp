/// The door to learning: what a TRAINER runs. No header of LibTorch stands behind it.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <functional>
#include <memory>
#include <stop_token>

namespace flwr {

/// Told after each batch: how many are done, and how many there are. Cheap; called on the
/// learner's thread.
using step_observer = std::function<void(uint64_t done, uint64_t total)>;

/// Knows one task: a network, its data, and how to train it. Derive from this to bring your own.
///
/// A learner belongs to one TRAINER and is called on that trainer's thread only. An answer is a
/// pure function of the instruction and of what the learner was made with: nothing of one client
/// may show in the next one's answer.
class learner {
public:
  virtual ~learner() = default;

  /// The model of round 0. Its layout is the run's.
  virtual expected<parameters_ptr> genesis() = 0;

  /// Trains `ins.base.tensors` (never null) on the data of `ins.client`.
  ///
  /// @returns  `model.tensors`, `num_examples` and `metrics`; the trainer fills in the rest.
  /// @errors   stopped -- `stop` was requested (look at it at least once a batch); any other: the
  ///           client's answer is a failure with these words, and the round goes on. An exception
  ///           counts as one.
  virtual expected<fit_res> fit(const fit_ins& ins, const std::stop_token& stop,
                                const step_observer& observer) = 0;

  /// Tests `ins.model.tensors` (never null) on the test data of `ins.client`, or on all of it.
  /// @errors  As for fit.
  virtual expected<evaluate_res> evaluate(const evaluate_ins& ins, const std::stop_token& stop) = 0;
};

/// Makes one learner for each trainer, on the trainer's own thread.
using learner_factory = std::function<expected<std::unique_ptr<learner>>()>;

} // namespace flwr
