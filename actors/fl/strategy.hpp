#pragma once

#include "actors/fl/exact_sum.hpp"
#include "messages/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flwr {

/// How a run samples, averages and treats failures. Defaults are those of Flower's FedAvg.
struct strategy_config {
  std::string name = "fedavg";
  double fraction_fit = 1;      ///< Of the available clients; 0: just `min_fit_clients`.
  double fraction_evaluate = 1; ///< 0: no evaluation by clients.
  uint64_t min_fit_clients = 2;
  uint64_t min_evaluate_clients = 2;
  uint64_t min_available_clients = 2; ///< Sampling waits for so many.
  bool accept_failures = true;        ///< Else one failure voids the round.
  int64_t max_examples = max_examples_limit;

  friend bool operator==(const strategy_config&, const strategy_config&) = default;
};

/// The value of `--strategy`: NAME[:key=value,...], the keys being `strategy_config`'s members.
///
/// @param defaults  What holds for keys that `text` doesn't name.
/// @returns         A strategy that passed `check`.
/// @errors          usage -- an unknown name or key (the words list the known ones and suggest the
///                  nearest), a key twice, a value that doesn't parse or is out of range.
expected<strategy_config> parse_strategy(std::string_view text, strategy_config defaults);

/// @errors  usage -- an unknown name; a fraction outside 0 .. 1; a minimum of 0; `max_examples`
///          outside 1 .. `max_examples_limit`.
expected<void> check(const strategy_config&);

/// The name for the run description, with the version of the arithmetic: "fedavg/1".
std::string versioned_name(const strategy_config&);

/// How many clients to sample, and how many must be available before.
struct sample_size {
  uint64_t clients = 0;
  uint64_t min_available = 0;

  friend bool operator==(const sample_size&, const sample_size&) = default;
};

/// Flower's arithmetic: the product is cut, then raised to the minimum. It can exceed `available`;
/// then everybody is asked.
/// Source: flwr 1.4, `FedAvg.num_fit_clients` and `num_evaluation_clients`.
sample_size num_fit_clients(const strategy_config&, uint64_t available);

/// @returns  Nothing if clients don't evaluate at all (`fraction_evaluate` is 0).
std::optional<sample_size> num_evaluate_clients(const strategy_config&, uint64_t available);

} // namespace flwr
