#include "actors/fl/history.hpp"

#include "actors/fl/history_json.hpp"
#include "actors/fl/python_repr.hpp"

#include <boost/json.hpp>

#include <cmath>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

namespace flwr {
namespace {

namespace json = boost::json;

std::string hex_of(const bytes& data) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "0x";
  for (auto byte : data)
    (text += digits[byte >> 4]) += digits[byte & 0xf];
  return text;
}

json::value scalar_value(const scalar& value) {
  return std::visit(
    [](const auto& plain) {
      if constexpr (std::is_same_v<std::decay_t<decltype(plain)>, bytes>)
        return json::value(hex_of(plain));
      else
        return json::value(plain);
    },
    value);
}

json::object metrics_object(const scalars& metrics) {
  json::object object;
  for (const auto& [key, value] : metrics)
    object[key] = scalar_value(value);
  return object;
}

json::array list_of(const loss_list& losses) {
  json::array list;
  for (auto [round, loss] : losses)
    list.push_back(json::array{round, loss});
  return list;
}

json::object lists_of(const metric_lists& metrics) {
  json::object object;
  for (const auto& [key, values] : metrics) {
    json::array list;
    for (const auto& [round, value] : values)
      list.push_back(json::array{round, scalar_value(value)});
    object[key] = std::move(list);
  }
  return object;
}

json::value end_of(const std::optional<run_end>& end) {
  if (!end)
    return json::value(nullptr);
  return json::value(json::object{{"done", end->done}, {"reason", end->reason}});
}

json::object seconds_object(const round_seconds& seconds) {
  return {{"fit", optional_value(seconds.fit)},
          {"aggregate", optional_value(seconds.aggregate)},
          {"ipfs", optional_value(seconds.ipfs)},
          {"chain", optional_value(seconds.chain)},
          {"evaluate", optional_value(seconds.evaluate)}};
}

// Boost.JSON writes 0.25 as 2.5E-1 and NaN as NaN; all else is left to it.
void append(std::string& text, const json::value& value) {
  const char* separator = "";
  if (auto array = value.if_array()) {
    text += '[';
    for (const auto& element : *array) {
      text += std::exchange(separator, ",");
      append(text, element);
    }
    text += ']';
  } else if (auto object = value.if_object()) {
    text += '{';
    for (const auto& [key, member] : *object) {
      (text += std::exchange(separator, ",")) += json::serialize(key) + ":";
      append(text, member);
    }
    text += '}';
  } else if (auto real = value.if_double()) {
    text += std::isfinite(*real) ? python_repr(*real) : "null";
  } else {
    text += json::serialize(value);
  }
}

std::string field(const std::optional<double>& value) { return value ? python_repr(*value) : ""; }

std::string field(const std::optional<uint64_t>& value) {
  return value ? std::to_string(*value) : "";
}

std::string csv_line(std::initializer_list<std::string> fields) {
  std::string line;
  for (const auto& text : fields)
    (line += text) += ',';
  line.back() = '\n';
  return line;
}

} // namespace

json::object to_json_object(const round_line& line) {
  return {{"round", line.round},
          {"model_cid", line.model_cid},
          {"updates", line.updates},
          {"failures", line.failures},
          {"evaluate_results", line.evaluate_results},
          {"evaluate_failures", line.evaluate_failures},
          {"loss", optional_value(line.loss)},
          {"loss_mean", optional_value(line.loss_mean)},
          {"accuracy", optional_value(line.accuracy)},
          {"fit_metrics", metrics_object(line.fit_metrics)},
          {"tx", optional_value(line.tx)},
          {"gas_used", optional_value(line.gas_used)},
          {"seconds", seconds_object(line.seconds)}};
}

std::string json_text(const json::value& value) {
  std::string text;
  append(text, value);
  return text;
}

void append_metrics(metric_lists& lists, uint64_t round, const scalars& metrics) {
  for (const auto& [key, value] : metrics)
    lists[key].emplace_back(round, value);
}

std::string to_json(const history& run) {
  json::array rounds;
  for (const auto& line : run.rounds)
    rounds.push_back(to_json_object(line));
  json::object document{{"schema", "flwr-actor/run/1"},
                        {"rounds", std::move(rounds)},
                        {"end", end_of(run.end)},
                        {"contract", optional_value(run.contract)},
                        {"chain_id", optional_value(run.chain_id)},
                        {"final_model_cid", run.final_model_cid},
                        {"losses_distributed", list_of(run.losses_distributed)},
                        {"losses_centralized", list_of(run.losses_centralized)},
                        {"metrics_distributed_fit", lists_of(run.metrics_distributed_fit)},
                        {"metrics_distributed", lists_of(run.metrics_distributed)},
                        {"metrics_centralized", lists_of(run.metrics_centralized)}};
  return json_text(document);
}

std::string to_csv(const history& run) {
  std::string table =
    "round,model_cid,updates,failures,evaluate_results,evaluate_failures,loss,loss_mean,accuracy,"
    "tx,gas_used,seconds_fit,seconds_aggregate,seconds_ipfs,seconds_chain,seconds_evaluate\n";
  for (const auto& line : run.rounds) {
    const auto& seconds = line.seconds;
    table += csv_line({std::to_string(line.round), line.model_cid, std::to_string(line.updates),
                       std::to_string(line.failures), std::to_string(line.evaluate_results),
                       std::to_string(line.evaluate_failures), field(line.loss),
                       field(line.loss_mean), field(line.accuracy), line.tx.value_or(""),
                       field(line.gas_used), field(seconds.fit), field(seconds.aggregate),
                       field(seconds.ipfs), field(seconds.chain), field(seconds.evaluate)});
  }
  return table;
}

} // namespace flwr
