#include "actors/trainer.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

// What a learner throws must not end the actor: its words become the client's failure.
template <class Result, class Work>
expected<Result> guarded(Work work) {
  try {
    return work();
  } catch (const std::exception& problem) {
    return make_error(ec::rejected, std::string{"the learner threw: "} + problem.what());
  } catch (...) {
    return make_error(ec::rejected, "the learner threw something that isn't a std::exception");
  }
}

expected<fit_res> checked(expected<fit_res> res, const fit_ins& ins) {
  if (!res)
    return res;
  if (!res->model.tensors)
    return make_error(ec::rejected, "the learner returned no model");
  if (res->num_examples < 1)
    return make_error(ec::rejected, "the learner says it trained on "
                                      + std::to_string(res->num_examples) + " examples");
  if (*res->model.tensors->layout != *ins.base.tensors->layout)
    return make_error(ec::rejected, "the learner returned a model of another layout");
  res->client = ins.client;
  res->round = ins.round;
  res->base = ins.base.id;
  return res;
}

expected<evaluate_res> checked(expected<evaluate_res> res, const evaluate_ins& ins) {
  if (!res)
    return res;
  if (res->num_examples < 1)
    return make_error(ec::rejected, "the learner says it tested on "
                                      + std::to_string(res->num_examples) + " examples");
  res->client = ins.client.value_or(client_id{});
  res->round = ins.round;
  return res;
}

struct trainer_state {
  static inline const char* name = "flwr.trainer";

  explicit trainer_state(trainer_actor::stateful_pointer<trainer_state> self) : self(self) {}

  caf::result<fit_res> fit(const fit_ins& ins, const std::stop_token& stop) {
    if (auto ready = hire(); !ready)
      return ready.error();
    return checked(guarded<fit_res>([&] { return hired->fit(ins, stop, observer(ins)); }), ins);
  }

  caf::result<evaluate_res> evaluate(const evaluate_ins& ins, const std::stop_token& stop) {
    if (auto ready = hire(); !ready)
      return ready.error();
    return checked(guarded<evaluate_res>([&] { return hired->evaluate(ins, stop); }), ins);
  }

  expected<void> hire() {
    if (hired)
      return caf::unit;
    auto made = guarded<std::unique_ptr<learner>>(factory);
    if (!made)
      return made.error();
    hired = std::move(*made);
    return caf::unit;
  }

  step_observer observer(const fit_ins& ins) {
    if (!reporter)
      return [](uint64_t, uint64_t) {};
    return [this, client = ins.client, round = ins.round](uint64_t done, uint64_t total) {
      auto now = std::chrono::steady_clock::now();
      if (done < total && now - last_told < 100ms)
        return;
      last_told = now;
      self->send(reporter, event::any{event::training{client, round, done, total}});
    };
  }

  trainer_actor::stateful_pointer<trainer_state> self;
  learner_factory factory;
  reporter_actor reporter;
  std::unique_ptr<learner> hired;
  std::chrono::steady_clock::time_point last_told{};
};

trainer_actor::behavior_type trainer(trainer_actor::stateful_pointer<trainer_state> self,
                                     learner_factory factory, reporter_actor reporter) {
  self->state.factory = std::move(factory);
  self->state.reporter = std::move(reporter);
  return {
    [self](atom::fit, const fit_ins& ins, const std::stop_token& stop) {
      return self->state.fit(ins, stop);
    },
    [self](atom::evaluate, const evaluate_ins& ins, const std::stop_token& stop) {
      return self->state.evaluate(ins, stop);
    },
  };
}

} // namespace

trainer_actor spawn_trainer(caf::actor_system& sys, runs_on where, learner_factory factory,
                            reporter_actor reporter) {
  return spawn_on(where, sys, trainer, std::move(factory), std::move(reporter));
}

} // namespace flwr
