#include "actors/fl/metrics.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <tuple>

using namespace flwr;

namespace {

client_result result(uint64_t client, int64_t examples, float loss, scalars metrics = {}) {
  return {client_id{client}, examples, loss, std::move(metrics)};
}

} // namespace

TEST_CASE("weighted_loss_avg weights by examples") {
  CHECK(weighted_loss_avg({result(0, 10, 1), result(1, 30, 3)}) == 2.5);
  CHECK(weighted_loss_avg({}) == std::nullopt);
  CHECK(weighted_loss_avg({result(0, 0, 1)}) == std::nullopt);
}

TEST_CASE("weighted_loss_avg takes the greatest counts that a wire can carry") {
  auto average = weighted_loss_avg({result(0, INT64_MAX, 1), result(1, INT64_MAX, 3)});
  CHECK(average == 2);
}

TEST_CASE("weighted_loss_avg lets NaN through") {
  auto nan = std::numeric_limits<float>::quiet_NaN();
  auto average = weighted_loss_avg({result(0, 1, nan), result(1, 1, 1)});
  REQUIRE(average);
  CHECK(std::isnan(*average));
}

TEST_CASE("mean_loss divides summed losses by all examples") {
  CHECK(mean_loss({result(0, 10, 20), result(1, 30, 60)}) == 2);
  CHECK(mean_loss({}) == std::nullopt);
}

TEST_CASE("weighted_metrics_avg takes the keys that every client gives as a number") {
  auto metrics = weighted_metrics_avg(
    {result(0, 10, 0, {{"accuracy", 0.5}, {"steps", int64_t{4}}, {"own", 1.0}, {"mixed", 1.0}}),
     result(1, 30, 0, {{"accuracy", 0.75}, {"steps", int64_t{8}}, {"mixed", std::string{"1"}}})});
  CHECK(metrics == scalars{{"accuracy", 0.6875}, {"steps", 7.0}});
}

TEST_CASE("weighted_metrics_avg leaves out text, bytes, booleans and the protocol's own keys") {
  CHECK(
    weighted_metrics_avg({result(
      0, 1, 0,
      {{"b", true}, {"s", std::string{"x"}}, {"x", bytes{1}}, {"flwr_actor.round", int64_t{1}}})})
    == scalars{});
  CHECK(weighted_metrics_avg({}) == scalars{});
}

TEST_CASE("weighted_metrics_avg leaves out a value that isn't finite, and what becomes of one") {
  auto bad =
    GENERATE(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
             -std::numeric_limits<double>::infinity());
  auto metrics =
    weighted_metrics_avg({result(0, 1'000, 0, {{"accuracy", bad}, {"lost", bad}, {"huge", 1e308}}),
                          result(1, 10, 0, {{"accuracy", 0.5}, {"lost", bad}, {"huge", 1e308}}),
                          result(2, 30, 0, {{"accuracy", 0.75}, {"lost", bad}, {"huge", 1e308}})});
  CHECK(metrics == scalars{{"accuracy", 0.6875}});
}

TEST_CASE("result_of takes all but the model of an answer") {
  fit_res fit;
  fit.client = client_id{3};
  fit.num_examples = 20;
  fit.metrics = {{"a", 1.0}};
  CHECK(result_of(fit) == result(3, 20, 0, {{"a", 1.0}}));
  evaluate_res evaluate{client_id{4}, 1, 10, 2.5f, {{"accuracy", 0.5}}};
  CHECK(result_of(evaluate) == result(4, 10, 2.5f, {{"accuracy", 0.5}}));
}

TEST_CASE("weighted averages don't depend on the order of the answers") {
  rc::prop("a shuffle changes no bit", [] {
    auto draws = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::tuple<int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(1, 100'000), rc::gen::inRange(-1 << 23, 1 << 23),
                     rc::gen::inRange(-60, 60))));
    std::vector<client_result> results;
    for (auto [examples, digits, exponent] : draws) {
      auto loss = std::ldexp(static_cast<float>(digits), exponent);
      results.push_back(result(results.size(), examples, loss, {{"loss", double{loss}}}));
    }
    auto shuffled = results;
    std::shuffle(shuffled.begin(), shuffled.end(),
                 std::mt19937_64{*rc::gen::arbitrary<uint64_t>()});
    RC_ASSERT(weighted_loss_avg(shuffled) == weighted_loss_avg(results));
    RC_ASSERT(mean_loss(shuffled) == mean_loss(results));
    RC_ASSERT(weighted_metrics_avg(shuffled) == weighted_metrics_avg(results));
  });
}
