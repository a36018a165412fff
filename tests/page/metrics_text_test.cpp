#include "actors/page/metrics_text.hpp"

#include "tests/page/facts.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <sstream>

using namespace flwr;
using namespace flwr::test;

namespace {

constexpr client_id a{0}, b{1};

std::string metrics(const run_board& board, std::optional<double> callback = 0.0015) {
  return metrics_text(
    board, {.process = {1 << 20, 7, 2.5}, .listeners = 2, .longest_callback_seconds = callback});
}

run_board after_a_round() {
  return board_of({event::joined{a}, event::joined{b}, fit_begins(1, {a, b}),
                   answer(0, phase_kind::fit, 1),
                   answer(1, phase_kind::fit, 1, make_error(ec::rejected, "it is NaN")),
                   closed(1, 1), tested(1, 0.1 + 0.2, 1.0 / 3), committed(1), fit_begins(2, {a})});
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("a run's metrics have the board's numbers") {
  auto text = metrics(after_a_round());
  for (auto* line : {
         "# TYPE flwr_actor_rounds_committed_total counter",
         "flwr_actor_rounds_asked 3",
         "flwr_actor_round 2",
         "flwr_actor_rounds_committed_total 1",
         "flwr_actor_rounds_closed_total 1",
         "flwr_actor_rounds_failed_total 0",
         "flwr_actor_gas_used_total 56623",
         "flwr_actor_clients_asked 3",
         "flwr_actor_clients_joined 2",
         R"(flwr_actor_clients{state="working"} 1)",
         R"(flwr_actor_clients{state="refused"} 1)",
         R"(flwr_actor_clients_awaited{phase="fit"} 1)",
         R"(flwr_actor_updates_total{outcome="counted"} 1)",
         R"(flwr_actor_updates_total{outcome="refused"} 1)",
         R"(flwr_actor_updates_total{outcome="silent"} 0)",
         "flwr_actor_tested_round 1",
         "flwr_actor_loss 0.30000000000000004",
         "flwr_actor_accuracy 0.3333333333333333",
         R"(flwr_actor_phase_seconds_bucket{phase="fit",le="0.1"} 0)",
         R"(flwr_actor_phase_seconds_bucket{phase="fit",le="0.3"} 1)",
         R"(flwr_actor_phase_seconds_bucket{phase="fit",le="+Inf"} 1)",
         R"(flwr_actor_phase_seconds_sum{phase="fit"} 0.25)",
         R"(flwr_actor_phase_seconds_count{phase="evaluate"} 1)",
         "flwr_actor_grpc_longest_callback_seconds 0.0015",
         "flwr_actor_feed_listeners 2",
         "process_resident_memory_bytes 1048576",
         "process_threads 7",
         "process_cpu_seconds_total 2.5",
         "flwr_actor_run_over 0",
       }) {
    INFO(line);
    CHECK(has_line(text, line));
  }
}

TEST_CASE("what isn't there has no sample: no test, no gRPC port") {
  auto text = metrics(board_of({}), std::nullopt);
  CHECK(text.find("flwr_actor_accuracy") == text.npos);
  CHECK(text.find("longest_callback") == text.npos);
  CHECK(has_line(text, "flwr_actor_rounds_committed_total 0"));
}

TEST_CASE("the end is a number, too") {
  auto board = after_a_round();
  apply(board, event::ended{{make_error(ec::stopped, "interrupted")}}, 9);
  CHECK(has_line(metrics(board), "flwr_actor_run_over 1"));
  CHECK(has_line(metrics(board), "flwr_actor_run_failed 1"));
}

TEST_CASE("every metric has one HELP and one TYPE, before its samples, and ends in a line break") {
  auto text = metrics(after_a_round());
  std::istringstream lines{text};
  std::set<std::string> known;
  std::string type;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    std::string first, second, name;
    words >> first >> second >> name;
    if (second == "HELP")
      CHECK(known.insert(name).second);
    else if (second == "TYPE")
      type = name;
    else
      CHECK(first.substr(0, type.size()) == type);
  }
  CHECK(text.back() == '\n');
}

TEST_CASE("labels are escaped, and numbers that aren't finite are spelled as Prometheus does") {
  CHECK(label_value("a\\b\"c\nd") == "a\\\\b\\\"c\\nd");
  auto infinite = std::numeric_limits<double>::infinity();
  CHECK(
    has_line(metrics(board_of({closed(1, 1), tested(1, infinite, 0)})), "flwr_actor_loss +Inf"));
  CHECK(
    has_line(metrics(board_of({closed(1, 1), tested(1, std::nan(""), 0)})), "flwr_actor_loss NaN"));
}
