#include "actors/fl/strategy.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <limits>

using namespace flwr;

namespace {

std::string refusal(std::string_view text) {
  auto config = parse_strategy(text, {});
  if (config)
    return "taken";
  CHECK(code_of(config.error()) == ec::usage);
  return render(config.error());
}

} // namespace

TEST_CASE("parse_strategy keeps the defaults of keys that it isn't told") {
  strategy_config defaults{.fraction_fit = 0.25, .min_fit_clients = 7};
  CHECK(*parse_strategy("fedavg", defaults) == defaults);
}

TEST_CASE("parse_strategy reads every key") {
  auto config = parse_strategy("fedavg:fraction_fit=0.5,fraction_evaluate=0,min_fit_clients=3,"
                               "min_evaluate_clients=4,min_available_clients=5,"
                               "accept_failures=false,max_examples=1000",
                               {});
  REQUIRE(config);
  CHECK(*config == strategy_config{"fedavg", 0.5, 0, 3, 4, 5, false, 1000});
  CHECK(parse_strategy("fedavg:accept_failures=true", *config)->accept_failures);
}

TEST_CASE("parse_strategy refuses unknown names and keys, and suggests") {
  CHECK(refusal("fedavgg") == "unknown strategy 'fedavgg'; did you mean 'fedavg'? (known: fedavg)");
  CHECK(refusal("krum") == "unknown strategy 'krum' (known: fedavg)");
  CHECK(refusal("") == "unknown strategy '' (known: fedavg)");
  CHECK(refusal("fedavg:min_fit_client=3")
        == "unknown key of strategy fedavg 'min_fit_client'; did you mean 'min_fit_clients'? "
           "(known: accept_failures, fraction_evaluate, fraction_fit, max_examples, "
           "min_available_clients, min_evaluate_clients, min_fit_clients)");
  CHECK_THAT(refusal("fedavg:lr=3"), Catch::StartsWith("unknown key of strategy fedavg 'lr' ("));
  CHECK_THAT(refusal("fedavg:"), Catch::StartsWith("unknown key of strategy fedavg '' ("));
  CHECK_THAT(refusal("fedavg:max_examples=3,"),
             Catch::StartsWith("unknown key of strategy fedavg '' ("));
}

TEST_CASE("parse_strategy refuses values that don't parse") {
  CHECK(refusal("fedavg:fraction_fit") == "strategy: 'fraction_fit' isn't fraction_fit=a number");
  CHECK(refusal("fedavg:fraction_fit=half")
        == "strategy: 'fraction_fit=half' isn't fraction_fit=a number");
  CHECK(refusal("fedavg:fraction_fit=0.5x")
        == "strategy: 'fraction_fit=0.5x' isn't fraction_fit=a number");
  CHECK(refusal("fedavg:min_fit_clients=-1")
        == "strategy: 'min_fit_clients=-1' isn't min_fit_clients=a whole number");
  CHECK(refusal("fedavg:min_fit_clients=1.5")
        == "strategy: 'min_fit_clients=1.5' isn't min_fit_clients=a whole number");
  CHECK(refusal("fedavg:min_fit_clients=18446744073709551616")
        == "strategy: 'min_fit_clients=18446744073709551616' isn't min_fit_clients=a whole number");
  CHECK(refusal("fedavg:accept_failures=1")
        == "strategy: 'accept_failures=1' isn't accept_failures=true or false");
  CHECK(refusal("fedavg:max_examples=3,max_examples=3") == "strategy: max_examples is given twice");
}

TEST_CASE("parse_strategy refuses values out of range") {
  for (auto value : {"-0.1", "1.01", "inf", "nan", "-nan"})
    CHECK_THAT(refusal("fedavg:fraction_fit=" + std::string{value}),
               Catch::StartsWith("strategy: fraction_fit is ") && Catch::EndsWith("; use 0 .. 1"));
  CHECK(refusal("fedavg:fraction_evaluate=2")
        == "strategy: fraction_evaluate is 2.000000; use 0 .. 1");
  CHECK(refusal("fedavg:min_evaluate_clients=0")
        == "strategy: min_evaluate_clients is 0; use 1 or more");
  CHECK(refusal("fedavg:max_examples=0") == "strategy: max_examples is 0; use 1 .. 536870912");
  CHECK(refusal("fedavg:max_examples=536870913")
        == "strategy: max_examples is 536870913; use 1 .. 536870912");
  CHECK(refusal("fedavg:max_examples=536870912,fraction_fit=0") == "taken");
}

TEST_CASE("check refuses what options could bring in besides the strategy's text") {
  CHECK(check({}));
  CHECK_FALSE(check({.name = "fedprox"}));
  CHECK_FALSE(check({.fraction_fit = std::numeric_limits<double>::quiet_NaN()}));
  CHECK_FALSE(check({.min_fit_clients = 0}));
}

TEST_CASE("versioned_name is what the run description says") {
  CHECK(versioned_name({}) == "fedavg/1");
}

TEST_CASE("num_fit_clients is Flower's arithmetic") {
  // int(available * fraction) in Python 3, then max with the minimum.
  struct row {
    uint64_t available;
    double fraction;
    uint64_t cut;
  };
  for (auto [available, fraction, cut] :
       {row{10, 1.0, 10}, row{10, 0.3, 3}, row{10, 0.29, 2}, row{100, 0.29, 28}, row{100, 0.57, 56},
        row{1000, 0.999, 999}, row{7, 0.5, 3}, row{3, 0.0, 0}, row{0, 1.0, 0}}) {
    strategy_config config{.fraction_fit = fraction,
                           .fraction_evaluate = fraction,
                           .min_fit_clients = 1,
                           .min_evaluate_clients = 1,
                           .min_available_clients = 9};
    CHECK(num_fit_clients(config, available) == sample_size{std::max<uint64_t>(cut, 1), 9});
    if (fraction > 0)
      CHECK(num_evaluate_clients(config, available) == sample_size{std::max<uint64_t>(cut, 1), 9});
  }
}

TEST_CASE("num_fit_clients never falls below the minimum, even above the available") {
  CHECK(num_fit_clients({.fraction_fit = 0.1, .min_fit_clients = 5}, 3) == sample_size{5, 2});
}

TEST_CASE("num_evaluate_clients skips evaluation if its fraction is 0") {
  CHECK(num_evaluate_clients({.fraction_evaluate = 0}, 10) == std::nullopt);
}
