#pragma once

#include "messages/parameters.hpp"

#include <optional>
#include <vector>

namespace flwr {

/// What one client reported, without its model: the input of all weighted averages.
struct client_result {
  client_id client{};
  int64_t num_examples = 0;
  float loss = 0; ///< Of an evaluation; 0 for a fit.
  scalars metrics{};

  friend bool operator==(const client_result&, const client_result&) = default;
};

client_result result_of(const fit_res&);
client_result result_of(const evaluate_res&);

/// sum n * loss / sum n in double, summed by ascending client id, so that the order of `results`
/// changes no bit. With the tutorial's summed losses this is Flower's `losses_distributed`.
/// @returns  Nothing for no results or no examples.
/// Source: flwr 1.4, `weighted_loss_avg`.
std::optional<double> weighted_loss_avg(std::vector<client_result> results);

/// The loss per example where each client's `loss` is a sum over its examples: sum loss / sum n,
/// summed by ascending client id.
/// @returns  Nothing for no results or no examples.
std::optional<double> mean_loss(std::vector<client_result> results);

/// The averages of metrics, weighted by the number of examples, as doubles: of each key that every
/// client gives as an integer or a double. Others, and `flwr_actor.*`, are left out. Summed by
/// ascending client id. A client whose value is infinite or NaN has no part in that key's average,
/// and an average that isn't finite is left out.
/// @returns  Empty for no results or no examples.
scalars weighted_metrics_avg(std::vector<client_result> results);

} // namespace flwr
