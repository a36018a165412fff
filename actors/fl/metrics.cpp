#include "actors/fl/metrics.hpp"

#include <algorithm>
#include <cmath>

namespace flwr {
namespace {

__int128 sort_and_count(std::vector<client_result>& results) {
  std::ranges::sort(results, {}, &client_result::client);
  __int128 examples = 0;
  for (const auto& result : results)
    examples += result.num_examples;
  return examples;
}

std::optional<double> number(const client_result& result, const std::string& key) {
  auto found = result.metrics.find(key);
  if (found == result.metrics.end())
    return std::nullopt;
  if (auto integer = std::get_if<int64_t>(&found->second))
    return static_cast<double>(*integer);
  if (auto real = std::get_if<double>(&found->second))
    return *real;
  return std::nullopt;
}

std::optional<double> weighted_avg(const std::vector<client_result>& results,
                                   const std::string& key) {
  double sum = 0;
  __int128 examples = 0;
  for (const auto& result : results) {
    auto value = number(result, key);
    if (!value)
      return std::nullopt;
    if (!std::isfinite(*value))
      continue;
    sum += static_cast<double>(result.num_examples) * *value;
    examples += result.num_examples;
  }
  auto average = sum / static_cast<double>(examples);
  return std::isfinite(average) ? std::optional{average} : std::nullopt;
}

} // namespace

client_result result_of(const fit_res& res) {
  return {.client = res.client, .num_examples = res.num_examples, .metrics = res.metrics};
}

client_result result_of(const evaluate_res& res) {
  return {res.client, res.num_examples, res.loss, res.metrics};
}

std::optional<double> weighted_loss_avg(std::vector<client_result> results) {
  auto examples = sort_and_count(results);
  if (examples <= 0)
    return std::nullopt;
  double sum = 0;
  for (const auto& result : results)
    sum += static_cast<double>(result.num_examples) * double{result.loss};
  return sum / static_cast<double>(examples);
}

std::optional<double> mean_loss(std::vector<client_result> results) {
  auto examples = sort_and_count(results);
  if (examples <= 0)
    return std::nullopt;
  double sum = 0;
  for (const auto& result : results)
    sum += double{result.loss};
  return sum / static_cast<double>(examples);
}

scalars weighted_metrics_avg(std::vector<client_result> results) {
  scalars averages;
  if (sort_and_count(results) <= 0)
    return averages;
  for (const auto& [key, value] : results.front().metrics) {
    if (key.starts_with("flwr_actor."))
      continue;
    if (auto average = weighted_avg(results, key))
      averages[key] = *average;
  }
  return averages;
}

} // namespace flwr
