#include "actors/trainer.hpp"

#include "actors/trainer_pool.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/learners.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace flwr;
using test::scripted;
using test::trained;

namespace {

fit_ins instruction(uint64_t client = 4, uint64_t round = 2) {
  fit_ins ins{};
  ins.client = client_id{client};
  ins.round = round;
  ins.base = {{.digest = {9}}, test::vector_model({1, 2})};
  return ins;
}

struct trainer_fixture : test::actor_fixture {
  auto fit_with(test::scripted_learner::fit_function fit) {
    auto trainer = own(spawn_trainer(sys, runs_on::scheduler, scripted(std::move(fit)), {}));
    return ask<fit_res>(trainer, atom::fit_v, instruction(), std::stop_token{});
  }
};

/// A TRAINER that answers when the test says so.
struct jobs {
  std::vector<fit_ins> fits;
  std::vector<std::stop_token> stops;
  std::vector<caf::typed_response_promise<fit_res>> owed;
  int evaluations = 0;
};
using trainer_double = test::late_double<trainer_actor>;

trainer_double::behavior_type late_trainer(trainer_double::pointer self,
                                           std::shared_ptr<jobs> seen) {
  return {
    [=](atom::fit, const fit_ins& ins, const std::stop_token& stop) -> caf::result<fit_res> {
      seen->fits.push_back(ins);
      seen->stops.push_back(stop);
      return seen->owed.emplace_back(self->make_response_promise<fit_res>());
    },
    [=](atom::evaluate, const evaluate_ins&, const std::stop_token&) -> caf::result<evaluate_res> {
      ++seen->evaluations;
      return evaluate_res{};
    },
    test::act_on_stage(),
  };
}

struct trainer_pool_fixture : test::actor_fixture {
  auto fit(uint64_t client) { return ask<fit_res>(pool, atom::fit_v, instruction(client)); }

  void finish(size_t job) {
    within(trainers[job % 2], [=, this] { seen->owed[job].deliver(trained({1, 2})); });
  }

  static inline const uint64_t model_bytes = test::vector_model({1, 2})->file->size();
  std::shared_ptr<jobs> seen = std::make_shared<jobs>();
  std::vector<trainer_double> trainers{sys.spawn(late_trainer, seen),
                                       sys.spawn(late_trainer, seen)};
  trainer_pool_actor pool = own(spawn_trainer_pool(
    sys, {.trainers = {trainers[1], trainers[0]}, .inbound_bytes = 2 * model_bytes}));
};

} // namespace

TEST_CASE_METHOD(trainer_fixture, "trainer fills in whose answer to what it is") {
  auto reply = fit_with([](auto&, auto&) { return trained({3, 4}, 7); });
  REQUIRE(reply->value);
  CHECK(reply->value->client == client_id{4});
  CHECK(reply->value->round == 2);
  CHECK(reply->value->base.digest[0] == 9);
  CHECK(reply->value->num_examples == 7);
}

TEST_CASE_METHOD(trainer_fixture, "trainer turns what a learner throws into its client's failure") {
  auto known = fit_with([](auto&, auto&) -> fit_res { throw std::runtime_error{"no data"}; });
  CHECK(known->error == ec::rejected);
  CHECK(render(known->error) == "the learner threw: no data");
  CHECK(fit_with([](auto&, auto&) -> fit_res { throw 7; })->error == ec::rejected);
}

TEST_CASE_METHOD(trainer_fixture, "trainer refuses answers that can't be used") {
  CHECK(fit_with([](auto&, auto&) { return fit_res{}; })->error == ec::rejected);
  CHECK(fit_with([](auto&, auto&) { return trained({1, 2}, 0); })->error == ec::rejected);
  CHECK(fit_with([](auto&, auto&) { return trained({1, 2}, -1); })->error == ec::rejected);
  CHECK(fit_with([](auto&, auto&) { return trained({1, 2, 3}); })->error == ec::rejected);
}

TEST_CASE_METHOD(trainer_pool_fixture, "pool lends each trainer to one client at a time") {
  auto first = fit(1), second = fit(2), third = fit(3);
  CHECK(seen->fits.size() == 2);
  finish(0);
  REQUIRE(first->value);
  CHECK(seen->fits.size() == 2); // Its update still fills the budget.
  first->value->ticket.reset();
  settle();
  CHECK(seen->fits.size() == 3);
  CHECK(third->pending());
}

TEST_CASE_METHOD(trainer_pool_fixture, "pool tests models even when there is no room for updates") {
  auto first = fit(1), second = fit(2), third = fit(3);
  finish(0);
  CHECK(ask<evaluate_res>(pool, atom::evaluate_v, evaluate_ins{})->value);
  CHECK(seen->evaluations == 1);
  CHECK(seen->fits.size() == 2);
}

TEST_CASE_METHOD(trainer_pool_fixture, "pool stops a fit that nobody waits for") {
  auto first = fit(1), second = fit(2), third = fit(3);
  self->send(pool, atom::cancel_v, client_id{1}, phase_kind::fit, uint64_t{2});
  self->send(pool, atom::cancel_v, client_id{3}, phase_kind::fit, uint64_t{2});
  settle();
  CHECK(seen->stops[0].stop_requested());
  CHECK_FALSE(seen->stops[1].stop_requested());
  CHECK(third->error == ec::stopped);
}

TEST_CASE_METHOD(trainer_pool_fixture, "pool stops everything and ends its trainers when it ends") {
  auto first = fit(1), second = fit(2), third = fit(3);
  end(pool);
  CHECK(third->error == ec::stopped);
  CHECK(seen->stops[0].stop_requested());
  auto late = ask<fit_res>(trainers[0], atom::fit_v, instruction(), std::stop_token{});
  CHECK(late->error == caf::sec::request_receiver_down);
}
