/// What every CLIENT does, in this process or at the far end of a Join call: one suite for both
/// bodies.
///
/// A test program makes a fixture for its body, derived from `threaded_fixture`, and registers the
/// checks with it:
///
///     FLWR_CLIENT_SUITE(my_fixture, "at my place")
///
/// The fixture has `school`, made with its system and its probe, and `student`, the CLIENT whose
/// answers the school's are.
#pragma once

#include "actors/client.hpp"
#include "actors/ipfs/content_id.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/models.hpp"
#include "tests/support/threaded_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace flwr::test {

inline constexpr uint64_t held_round = 7;    ///< Answered when the test says so.
inline constexpr uint64_t refused_round = 8; ///< Not answered, but refused.

/// Of every kind that the wire has.
inline scalars some_metrics() {
  return {{"accuracy", 0.1}, {"steps", int64_t{-3}},        {"done", true},
          {"note", "plain"}, {"digest", bytes{0, 255, 10}}, {"huge", INT64_MIN}};
}

/// A TRAINER POOL that adds 1 to every value, and tells the probe which rounds it is asked for.
using school_pool = late_double<trainer_pool_actor>;

inline school_pool::behavior_type teach(school_pool::pointer self, caf::actor probe) {
  auto owed_fits = std::make_shared<std::vector<caf::typed_response_promise<fit_res>>>();
  auto owed_tests = std::make_shared<std::vector<caf::typed_response_promise<evaluate_res>>>();
  return {
    [=](atom::fit, const fit_ins& ins) -> caf::result<fit_res> {
      caf::anon_send(probe, atom::fit_v, ins.round);
      if (ins.round == held_round)
        return owed_fits->emplace_back(self->make_response_promise<fit_res>());
      if (ins.round == refused_round)
        return make_error(ec::rejected, "the learner threw: no samples");
      auto values = values_of(*ins.base.tensors);
      for (auto& value : values)
        ++value;
      fit_res res{};
      res.client = ins.client;
      res.round = ins.round;
      res.base = ins.base.id;
      res.num_examples = 10;
      res.model.tensors = vector_model(values);
      res.metrics = some_metrics();
      return res;
    },
    [=](atom::evaluate, const evaluate_ins& ins) -> caf::result<evaluate_res> {
      caf::anon_send(probe, atom::fit_v, ins.round);
      if (ins.round == held_round)
        return owed_tests->emplace_back(self->make_response_promise<evaluate_res>());
      if (ins.round == refused_round)
        return make_error(ec::rejected, "the learner threw: no samples");
      return evaluate_res{.client = {},
                          .round = ins.round,
                          .num_examples = 3,
                          .loss = values_of(*ins.model.tensors)[0] + 0.1F,
                          .metrics = some_metrics()};
    },
    [](atom::cancel, client_id, phase_kind, uint64_t) {},
    [=](atom::flush) {
      for (auto& reply : *owed_fits)
        reply.deliver(make_error(ec::stopped, "enough"));
      owed_fits->clear();
    },
  };
}

/// Keeps what it is told to, and gives it out.
inline ipfs_fetcher_actor::behavior_type cupboard(ipfs_fetcher_actor::pointer) {
  auto blobs = std::make_shared<std::map<content_id, blob_ptr>>();
  return {
    [=](atom::fetch, const content_id& id, uint64_t) -> caf::result<blob_ptr> {
      auto found = blobs->find(id);
      return found == blobs->end() ? caf::result<blob_ptr>{caf::error{ec::missing}}
                                   : caf::result<blob_ptr>{found->second};
    },
    [=](atom::keep, const content_id& id, const blob_ptr& blob) { (*blobs)[id] = blob; },
  };
}

/// Puts what it is given into the cupboard, under its real content id.
inline ipfs_uploader_actor::behavior_type naming_uploader(ipfs_uploader_actor::pointer self,
                                                          ipfs_fetcher_actor into) {
  return {
    [=](atom::upload, const blob_ptr& blob) {
      auto id = content_id_of(*blob, unixfs_v1_2025);
      self->send(into, atom::keep_v, id, blob);
      return id;
    },
    [](atom::pin, const std::vector<content_id>&) {},
  };
}

/// The CLIENT in this process that all answers come from in the end, and whom it needs.
struct client_school {
  client_school(caf::actor_system& sys, const caf::actor& probe)
    : pool(sys.spawn(teach, probe)), fetcher(sys.spawn(cupboard)),
      uploader(sys.spawn(naming_uploader, fetcher)) {
    caf::anon_send(fetcher, atom::keep_v, base.id, base.tensors->file);
  }

  client_actor client(caf::actor_system& sys, bool with_tensors) const {
    return spawn_client(sys, {.id = id,
                              .run = some_run(),
                              .key = key_of(id),
                              .layout = base.tensors->layout,
                              .fetcher = fetcher,
                              .uploader = uploader,
                              .trainers = pool,
                              .keeper = {},
                              .watchtower = {},
                              .kept = {},
                              .with_tensors = with_tensors,
                              .profile = unixfs_v1_2025});
  }

  void close(threaded_fixture& with) const {
    with.end(pool);
    with.end(uploader);
    with.end(fetcher);
  }

  static model_ref named(parameters_ptr tensors) {
    return {content_id_of(*tensors->file, unixfs_v1_2025), std::move(tensors)};
  }

  static constexpr client_id id{0};
  model_ref base = named(vector_model({1.5F, -2, 1e-30F}));
  model_ref update = named(vector_model({2.5F, -1, 1}));
  school_pool pool;
  ipfs_fetcher_actor fetcher;
  ipfs_uploader_actor uploader;
};

template <class Fixture>
struct client_suite : Fixture {
  using Fixture::school;
  using Fixture::self;
  using Fixture::student;
  static constexpr auto patience = threaded_fixture::patience;

  fit_ins to_fit(uint64_t round) const {
    return {.client = school.id,
            .round = round,
            .base = {school.base.id, {}},
            .config = {{"lr", 0.5}},
            .refused = {}};
  }

  evaluate_ins to_evaluate(uint64_t round) const {
    return {.client = school.id, .round = round, .model = {school.base.id, {}}, .config = {}};
  }

  auto fit(uint64_t round) {
    return this->template ask<fit_res>(student, atom::fit_v, to_fit(round));
  }

  auto evaluate(uint64_t round) {
    return this->template ask<evaluate_res>(student, atom::evaluate_v, to_evaluate(round));
  }

  /// Until the school works on that round.
  void await_work(uint64_t round) {
    for (uint64_t asked = 0; asked != round;) {
      asked = 0;
      self->receive([&](atom::fit, uint64_t which) { asked = which; },
                    caf::after(patience) >> [] {});
      REQUIRE(asked != 0);
    }
  }

  /// How a request ended; `timeout` only if it never did.
  template <class Res, class Request>
  caf::error end_of(Request request) {
    caf::error why;
    request.receive([](const Res&) {}, [&](const caf::error& err) { why = err; });
    return why;
  }

  // -- the checks --------------------------------------------------------------------------------

  void fits() {
    auto reply = fit(3);
    INFO((reply.error ? render(reply.error) : ""));
    REQUIRE(reply.value);
    CHECK(reply.value->round == 3);
    CHECK(reply.value->base == school.base.id);
    CHECK(reply.value->num_examples == 10);
    CHECK(reply.value->model.id == school.update.id);
    if (reply.value->model.tensors) // Else they are in the store.
      CHECK(*reply.value->model.tensors->file == *school.update.tensors->file);
    CHECK(reply.value->metrics == some_metrics());
    CHECK(signer_of(*reply.value, school.id, some_run()) == address_of_client(school.id));
  }

  void evaluates() {
    auto reply = evaluate(3);
    INFO((reply.error ? render(reply.error) : ""));
    REQUIRE(reply.value);
    CHECK(reply.value->round == 3);
    CHECK(reply.value->num_examples == 3);
    CHECK(reply.value->loss == 1.5F + 0.1F);
    CHECK(reply.value->metrics == some_metrics());
  }

  void says_the_same_twice() {
    auto first = fit(3), second = fit(3);
    REQUIRE(first.value);
    REQUIRE(second.value);
    CHECK(second.value->signature == first.value->signature);
    CHECK(second.value->model.id == first.value->model.id);
    CHECK(evaluate(3).value->loss == evaluate(3).value->loss);
  }

  void refuses_older_rounds() {
    CHECK(fit(4).value);
    auto older = fit(3);
    CHECK(older.error == ec::rejected);
    CHECK_THAT(render(older.error), Catch::Contains("signs no other one"));
    CHECK(fit(5).value);
  }

  void passes_refusals_on() {
    auto reply = fit(refused_round);
    CHECK(reply.error == ec::rejected);
    CHECK_THAT(render(reply.error), Catch::Contains("the learner threw: no samples"));
    auto tested = evaluate(refused_round);
    CHECK(tested.error == ec::rejected);
    CHECK_THAT(render(tested.error), Catch::Contains("the learner threw: no samples"));
    CHECK(fit(refused_round + 1).value);
    CHECK(evaluate(refused_round + 1).value);
  }

  void heeds_cancel() {
    auto request = self->request(student, patience, atom::fit_v, to_fit(held_round));
    await_work(held_round);
    self->send(student, atom::cancel_v, phase_kind::fit, held_round);
    self->send(student, atom::cancel_v, phase_kind::evaluate, uint64_t{99}); // Of nothing.
    self->send(school.pool, atom::flush_v);
    auto why = end_of<fit_res>(std::move(request));
    CHECK_THAT(render(why), Catch::Contains("enough"));
    CHECK(fit(held_round + 2).value);
    CHECK(evaluate(held_round + 2).value);
  }

  void answers_fits_on_exit() {
    auto request = self->request(student, patience, atom::fit_v, to_fit(held_round));
    await_work(held_round);
    self->send_exit(student, caf::error{ec::stopped});
    gives_up(end_of<fit_res>(std::move(request)));
  }

  void answers_evaluations_on_exit() {
    auto request = self->request(student, patience, atom::evaluate_v, to_evaluate(held_round));
    await_work(held_round);
    self->send_exit(student, caf::error{ec::stopped});
    gives_up(end_of<evaluate_res>(std::move(request)));
  }

  void gives_up(const caf::error& why) {
    INFO(render(why));
    CHECK((why == ec::stopped || why == ec::unreachable));
    self->wait_for(student);
    CHECK(fit(1).error == caf::sec::request_receiver_down);
  }
};

} // namespace flwr::test

#define FLWR_CLIENT_CHECK(fixture, name, check)                                                    \
  TEST_CASE_METHOD(flwr::test::client_suite<fixture>, name) { check(); }

#define FLWR_CLIENT_SUITE(fixture, where)                                                          \
  FLWR_CLIENT_CHECK(fixture, "a client " where " answers to a fit", fits)                          \
  FLWR_CLIENT_CHECK(fixture, "a client " where " answers to an evaluation", evaluates)             \
  FLWR_CLIENT_CHECK(fixture, "a client " where " says the same thing twice", says_the_same_twice)  \
  FLWR_CLIENT_CHECK(fixture, "a client " where " signs nothing about an older round",              \
                    refuses_older_rounds)                                                          \
  FLWR_CLIENT_CHECK(fixture, "a client " where " passes on what its trainer refuses",              \
                    passes_refusals_on)                                                            \
  FLWR_CLIENT_CHECK(fixture, "a client " where " is there for the round after a cancelled one",    \
                    heeds_cancel)                                                                  \
  FLWR_CLIENT_CHECK(fixture, "a client " where " answers a fit that it owes when it ends",         \
                    answers_fits_on_exit)                                                          \
  FLWR_CLIENT_CHECK(fixture, "a client " where " answers an evaluation that it owes when it ends", \
                    answers_evaluations_on_exit)
