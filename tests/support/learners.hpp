/// Learners for tests: no LibTorch, no data.
#pragma once

#include "actors/ml/learner.hpp"
#include "tests/support/models.hpp"

#include <functional>
#include <utility>

namespace flwr::test {

/// Trains by a function of the test's own.
class scripted_learner : public learner {
public:
  using fit_function = std::function<expected<fit_res>(const fit_ins&, const std::stop_token&)>;

  explicit scripted_learner(fit_function fit) : fit_(std::move(fit)) {}

  expected<parameters_ptr> genesis() override { return vector_model({0, 0}); }

  expected<fit_res> fit(const fit_ins& ins, const std::stop_token& stop,
                        const step_observer& observer) override {
    observer(1, 1);
    return fit_(ins, stop);
  }

  expected<evaluate_res> evaluate(const evaluate_ins& ins, const std::stop_token&) override {
    evaluate_res res{};
    res.num_examples = 10;
    res.loss = 100 - values_of(*ins.model.tensors)[0];
    res.metrics = {{"accuracy", 0.5}};
    return res;
  }

private:
  fit_function fit_;
};

inline learner_factory scripted(scripted_learner::fit_function fit) {
  return [fit]() -> expected<std::unique_ptr<learner>> {
    return std::unique_ptr<learner>{new scripted_learner{fit}};
  };
}

/// The answer "this model, from so many examples".
inline fit_res trained(const std::vector<float>& values, int64_t num_examples = 1) {
  fit_res res{};
  res.num_examples = num_examples;
  res.model.tensors = vector_model(values);
  return res;
}

} // namespace flwr::test
