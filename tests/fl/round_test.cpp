#include "actors/fl/round.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

using namespace flwr;

namespace {

constexpr client_id one{1}, two{2}, three{3}, stranger{9};

phase fit_of_three() { return {phase_kind::fit, 5, {three, one, two}}; }

std::string refusal(const expected<void>& result) {
  if (result)
    return "taken";
  CHECK(code_of(result.error()) == ec::rejected);
  return render(result.error());
}

template <class Outcome>
bool is(const phase& phase, client_id client) {
  return std::holds_alternative<Outcome>(phase.outcomes().at(client));
}

} // namespace

TEST_CASE("a phase is complete when every invited client has an outcome") {
  auto fit = fit_of_three();
  CHECK(fit.open() == 3);
  REQUIRE(fit.answer(two));
  CHECK(fit.open() == 3);
  CHECK(fit.awaited_clients() == std::vector{one, three});
  REQUIRE(fit.count(two, {.num_examples = 20}));
  REQUIRE(fit.refuse(one, "not finite"));
  CHECK_FALSE(fit.complete());
  REQUIRE(fit.lose(three, "gone"));
  CHECK(fit.complete());
  CHECK(fit.successes() == 1);
  CHECK(fit.failures() == 2);
}

TEST_CASE("a phase lists its clients by ascending id") {
  auto fit = fit_of_three();
  REQUIRE(fit.refuse(three, "not finite"));
  REQUIRE(fit.count(one, {.num_examples = 20, .metrics = {{"accuracy", 0.5}}}));
  fit.close("no answer within 90 s");
  std::vector<client_id> ids;
  for (const auto& [client, what] : fit.outcomes())
    ids.push_back(client);
  CHECK(ids == std::vector{one, two, three});
  CHECK(std::get<refused>(fit.outcomes().at(three)).reason == "not finite");
  CHECK(std::get<silent>(fit.outcomes().at(two)).reason == "no answer within 90 s");
  CHECK(fit.results() == std::vector<client_result>{{one, 20, 0, {{"accuracy", 0.5}}}});
}

TEST_CASE("a phase takes one answer a client, and none of a stranger") {
  auto fit = fit_of_three();
  REQUIRE(fit.answer(one));
  CHECK(refusal(fit.answer(one)) == "fit of round 5: client 1 has answered");
  REQUIRE(fit.count(one, {.num_examples = 20}));
  CHECK(refusal(fit.answer(one)) == "fit of round 5: client 1 is counted");
  CHECK(refusal(fit.count(one, {.num_examples = 99})) == "fit of round 5: client 1 is counted");
  CHECK(refusal(fit.lose(one, "gone")) == "fit of round 5: client 1 is counted");
  CHECK(std::get<counted>(fit.outcomes().at(one)).num_examples == 20);
  CHECK(refusal(fit.answer(stranger)) == "fit of round 5: client 9 wasn't invited");
  CHECK(refusal(fit.refuse(stranger, "x")) == "fit of round 5: client 9 wasn't invited");
  CHECK(fit.outcomes().size() == 3);
}

TEST_CASE("a phase keeps its first word about a failed client") {
  phase evaluate{phase_kind::evaluate, 2, {one, two}};
  REQUIRE(evaluate.refuse(one, "NaN"));
  REQUIRE(evaluate.lose(two, "gone"));
  CHECK(refusal(evaluate.count(one, {})) == "evaluate of round 2: client 1 was refused");
  CHECK(refusal(evaluate.answer(two)) == "evaluate of round 2: client 2 is given up");
  CHECK(refusal(evaluate.refuse(two, "x")) == "evaluate of round 2: client 2 is given up");
  CHECK(std::get<silent>(evaluate.outcomes().at(two)).reason == "gone");
}

TEST_CASE("close gives up who is awaited, and lets answers that have come be decided") {
  auto fit = fit_of_three();
  REQUIRE(fit.answer(one));
  fit.close("too late");
  CHECK(is<answered>(fit, one));
  CHECK(is<silent>(fit, two));
  CHECK_FALSE(fit.complete());
  CHECK(refusal(fit.answer(two)) == "fit of round 5: client 2 is given up");
  REQUIRE(fit.lose(one, "its model could not be fetched"));
  CHECK(fit.complete());
}

TEST_CASE("a phase is accepted with failures only if failures are accepted") {
  phase fit{phase_kind::fit, 1, {one, two}};
  REQUIRE(fit.count(one, {.num_examples = 1}));
  CHECK_FALSE(fit.accepted(true)); // Not complete.
  fit.close("too late");
  CHECK(fit.accepted(true));
  CHECK_FALSE(fit.accepted(false));
}

TEST_CASE("a phase without failures is accepted either way") {
  phase fit{phase_kind::fit, 1, {one}};
  REQUIRE(fit.count(one, {.num_examples = 1}));
  CHECK(fit.accepted(true));
  CHECK(fit.accepted(false));
}

TEST_CASE("a phase without a result isn't accepted, nor is one that invited nobody") {
  phase fit{phase_kind::fit, 1, {one}}, nobody{phase_kind::fit, 1, {}};
  fit.close("too late");
  CHECK_FALSE(fit.accepted(true));
  CHECK(nobody.complete());
  CHECK_FALSE(nobody.accepted(true));
}

TEST_CASE("a phase's counts always add up") {
  rc::prop("for any steps in any order", [] {
    auto fit = fit_of_three();
    auto steps = *rc::gen::container<std::vector<std::pair<int, uint64_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 5), rc::gen::inRange<uint64_t>(0, 5)));
    for (auto [step, id] : steps) {
      auto before = fit.open();
      client_id client{id};
      expected<void> taken;
      if (step == 0)
        taken = fit.answer(client);
      else if (step == 1)
        taken = fit.count(client, {});
      else if (step == 2)
        taken = fit.refuse(client, "x");
      else if (step == 3)
        taken = fit.lose(client, "x");
      else
        fit.close("late");
      RC_ASSERT(fit.open() + fit.failures() + fit.successes() == 3u);
      RC_ASSERT(taken || fit.open() == before);
      RC_ASSERT(fit.results().size() == fit.successes());
    }
    size_t open = 0;
    for (const auto& [client, what] : fit.outcomes())
      open += std::holds_alternative<awaited>(what) || std::holds_alternative<answered>(what);
    RC_ASSERT(open == fit.open());
  });
}
