#pragma once

#include "messages/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flwr {

/// Seconds that the steps of a round took; nothing where a step didn't happen.
struct round_seconds {
  std::optional<double> fit{};
  std::optional<double> aggregate{};
  std::optional<double> ipfs{};
  std::optional<double> chain{};
  std::optional<double> evaluate{};
};

/// A round, once it is evaluated and confirmed. Ids and hashes are text: "bafy...", "0x...".
struct round_line {
  uint64_t round = 0;
  std::string model_cid{};
  uint64_t updates = 0;  ///< Folded into the model; 0: the old model was committed.
  uint64_t failures = 0; ///< Refused or silent in the fit.
  uint64_t evaluate_results = 0;
  uint64_t evaluate_failures = 0;
  std::optional<double> loss{};      ///< As in Flower's list of losses.
  std::optional<double> loss_mean{}; ///< Per test example.
  std::optional<double> accuracy{};
  scalars fit_metrics{}; ///< The weighted averages.
  std::optional<std::string> tx{};
  std::optional<uint64_t> gas_used{};
  round_seconds seconds{};
};

/// (round, loss) in the order of the rounds; and by metric's name (round, value).
using loss_list = std::vector<std::pair<uint64_t, double>>;
using metric_lists = std::map<std::string, std::vector<std::pair<uint64_t, scalar>>>;

/// How a run ended.
struct run_end {
  bool done = true;     ///< All rounds were run.
  std::string reason{}; ///< Why not; printable ASCII.
};

/// A run's results: its rounds in order, and Flower's five lists.
struct history {
  std::vector<round_line> rounds{};
  std::optional<run_end> end{};          ///< Nothing while it goes on.
  std::optional<std::string> contract{}; ///< Nothing without a chain.
  std::optional<uint64_t> chain_id{};    ///< Nothing without a chain.
  std::string final_model_cid{};
  loss_list losses_distributed{};
  loss_list losses_centralized{};
  metric_lists metrics_distributed_fit{};
  metric_lists metrics_distributed{};
  metric_lists metrics_centralized{};
};

/// Appends each metric's value of a round to the metric's list.
void append_metrics(metric_lists& lists, uint64_t round, const scalars& metrics);

/// One JSON document on one line, schema `flwr-actor/run/1`, without a line break at its end.
/// Doubles have the shortest digits that read back as the same double; what JSON can't say
/// (infinities, NaN) and what doesn't apply is null; bytes are "0x" and hex. Lists are as Flower's,
/// (1, 2.5) being [1,2.5].
std::string to_json(const history&);

/// A table for spreadsheets (RFC 4180, lines end in "\n"): a header, then a line a round. What
/// doesn't apply is empty.
std::string to_csv(const history&);

} // namespace flwr
