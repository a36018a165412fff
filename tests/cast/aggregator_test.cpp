#include "actors/aggregator.hpp"

#include "tests/support/actor_fixture.hpp"
#include "tests/support/learners.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace flwr;

namespace {

struct aggregator_fixture : test::actor_fixture {
  auto fold(const std::vector<float>& values, int64_t num_examples, uint64_t round = 1) {
    auto res = test::trained(values, num_examples);
    res.round = round;
    return ask<void>(aggregator, atom::fold_v, res);
  }

  void begin(uint64_t round) {
    self->send(aggregator, atom::begin_v, round);
    settle();
  }

  auto finish(uint64_t round) { return ask<parameters_ptr>(aggregator, atom::finish_v, round); }

  aggregator_actor aggregator = own(spawn_aggregator(sys, test::vector_layout(2), 1000));
};

} // namespace

TEST_CASE_METHOD(aggregator_fixture, "aggregator averages by the numbers of examples") {
  begin(1);
  CHECK(fold({1, 10}, 1)->done);
  CHECK(fold({5, 30}, 3)->done);
  auto average = finish(1);
  REQUIRE(average->value);
  CHECK(test::values_of(**average->value) == std::vector<float>{4, 25});
}

TEST_CASE_METHOD(aggregator_fixture, "aggregator refuses an update whole and stays as it was") {
  begin(1);
  CHECK(fold({1, 10}, 1)->done);
  CHECK(fold({7, std::numeric_limits<float>::infinity()}, 1)->error == ec::corrupt);
  CHECK(fold({7}, 1)->error == ec::corrupt);
  CHECK(fold({7, 7}, 0)->error == ec::rejected);
  CHECK(fold({7, 7}, 1001)->error == ec::rejected);
  CHECK(fold({7, 7}, 1, 2)->error == ec::rejected);
  CHECK(test::values_of(**finish(1)->value) == std::vector<float>{1, 10});
}

TEST_CASE_METHOD(aggregator_fixture,
                 "aggregator has one round at a time and forgets the one before") {
  CHECK(fold({1, 1}, 1)->error == ec::rejected);
  begin(1);
  CHECK(finish(1)->error == ec::rejected); // Nothing was folded.
  begin(1);
  fold({1, 1}, 1);
  begin(2);
  CHECK(fold({1, 1}, 1)->error == ec::rejected);
  CHECK(finish(1)->error == ec::rejected);
  CHECK(fold({3, 3}, 1, 2)->done);
  CHECK(test::values_of(**finish(2)->value) == std::vector<float>{3, 3});
  CHECK(finish(2)->error == ec::rejected);
}
