#include "actors/fl/flower_lines.hpp"

#include "actors/fl/python_repr.hpp"

#include <string_view>

namespace flwr {
namespace {

std::string round_name(phase_kind kind, uint64_t round) {
  return (kind == phase_kind::fit ? "fit_round " : "evaluate_round ") + std::to_string(round);
}

template <class List>
std::string list_repr(const List& values) {
  std::string text;
  for (const auto& [round, value] : values)
    text += (text.empty() ? "(" : ", (") + std::to_string(round) + ", " + python_repr(value) + ")";
  return "[" + text + "]";
}

std::string lists_repr(const metric_lists& lists) {
  std::string text;
  for (const auto& [key, values] : lists)
    text +=
      (text.empty() ? "" : ", ") + python_repr(std::string_view{key}) + ": " + list_repr(values);
  return "{" + text + "}";
}

} // namespace

std::string starting_line() { return "FL starting"; }

std::string finished_line(double seconds) { return "FL finished in " + python_repr(seconds); }

std::string sampled_line(phase_kind kind, uint64_t round, size_t sampled, size_t available) {
  return round_name(kind, round) + ": strategy sampled " + std::to_string(sampled)
         + " clients (out of " + std::to_string(available) + ")";
}

std::string cancelled_line(phase_kind kind, uint64_t round) {
  return round_name(kind, round) + ": no clients selected, cancel";
}

std::string received_line(phase_kind kind, uint64_t round, size_t results, size_t failures) {
  return round_name(kind, round) + " received " + std::to_string(results) + " results and "
         + std::to_string(failures) + " failures";
}

std::string initial_line(double loss, const scalars& metrics) {
  return "initial parameters (loss, other metrics): " + python_repr(loss) + ", "
         + python_repr(metrics);
}

std::string progress_line(uint64_t round, double loss, const scalars& metrics, double seconds) {
  return "fit progress: (" + std::to_string(round) + ", " + python_repr(loss) + ", "
         + python_repr(metrics) + ", " + python_repr(seconds) + ")";
}

std::vector<std::string> history_lines(const history& run) {
  return {"app_fit: losses_distributed " + list_repr(run.losses_distributed),
          "app_fit: metrics_distributed_fit " + lists_repr(run.metrics_distributed_fit),
          "app_fit: metrics_distributed " + lists_repr(run.metrics_distributed),
          "app_fit: losses_centralized " + list_repr(run.losses_centralized),
          "app_fit: metrics_centralized " + lists_repr(run.metrics_centralized)};
}

} // namespace flwr
