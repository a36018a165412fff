#include "actors/page/metrics_text.hpp"

#include "actors/fl/python_repr.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace flwr {
namespace {

std::string number(uint64_t value) { return std::to_string(value); }

std::string number(double value) {
  if (std::isnan(value))
    return "NaN";
  return std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : python_repr(value);
}

using labels = std::vector<std::pair<std::string_view, std::string>>;

std::string text_of(const labels& all) {
  std::string text;
  for (auto& [name, value] : all)
    ((text += text.empty() ? "{" : ",") += name) += "=\"" + label_value(value) + "\"";
  return text.empty() ? text : text + "}";
}

class exposition {
public:
  /// What the samples that follow are of.
  exposition& family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += "# HELP " + name_ + " " + std::string{help} + "\n# TYPE " + name_ + " "
             + std::string{type} + "\n";
    return *this;
  }

  template <class Number>
  exposition& sample(Number value, const labels& with = {}, std::string_view suffix = "") {
    ((text_ += name_) += suffix) += text_of(with) + " " + number(value) + "\n";
    return *this;
  }

  exposition& histogram(const span_histogram& spans, const std::string& phase) {
    for (size_t i = 0; i < spans.bounds.size(); ++i)
      sample(spans.counts[i], {{"phase", phase}, {"le", number(spans.bounds[i])}}, "_bucket");
    sample(spans.count, {{"phase", phase}, {"le", "+Inf"}}, "_bucket");
    return sample(spans.sum, {{"phase", phase}}, "_sum")
      .sample(spans.count, {{"phase", phase}}, "_count");
  }

  std::string take() { return std::move(text_); }

private:
  std::string name_, text_;
};

void add_run(exposition& to, const run_board& board) {
  auto& run = board.run;
  to.family("flwr_actor_run_info", "gauge", "What is learned, on which ledger; always 1.")
    .sample(uint64_t{1}, {{"run", run.id},
                          {"data", run.data},
                          {"model", run.model},
                          {"strategy", run.strategy},
                          {"contract", run.ledger ? run.ledger->contract : ""},
                          {"chain_id", run.ledger ? number(run.ledger->chain_id) : ""},
                          {"version", FLWR_VERSION}});
  to.family("flwr_actor_run_over", "gauge", "Whether the run is over.")
    .sample(uint64_t{board.end ? 1u : 0u});
  to.family("flwr_actor_run_failed", "gauge", "Whether it ended with an error.")
    .sample(uint64_t{board.end && board.end->why ? 1u : 0u});
}

void add_rounds(exposition& to, const run_board& board) {
  auto& totals = board.totals;
  to.family("flwr_actor_rounds_asked", "gauge", "Rounds that the run is to have.")
    .sample(board.run.rounds);
  to.family("flwr_actor_round", "gauge", "The newest round that has begun; 0 before the first.")
    .sample(board.round);
  to.family("flwr_actor_rounds_closed_total", "counter", "Rounds that have their global model.")
    .sample(totals.closed);
  to.family("flwr_actor_rounds_failed_total", "counter",
            "Closed rounds in which nothing counted, so that they kept the model before.")
    .sample(totals.failed);
  to.family("flwr_actor_rounds_committed_total", "counter",
            "Rounds that stand on the ledger, or without one in the journal.")
    .sample(totals.recorded);
  to.family("flwr_actor_gas_used_total", "counter", "Gas of the rounds' commits.")
    .sample(totals.gas_used);
  to.family("flwr_actor_phase_seconds", "histogram", "How long a round's phases took.")
    .histogram(totals.fit, "fit")
    .histogram(totals.aggregate, "aggregate")
    .histogram(totals.ipfs, "ipfs")
    .histogram(totals.chain, "chain")
    .histogram(totals.evaluate, "evaluate");
}

void add_answers(exposition& to, const char* name, const char* help, const answer_totals& all) {
  to.family(name, "counter", help)
    .sample(all.counted, {{"outcome", "counted"}})
    .sample(all.refused, {{"outcome", "refused"}})
    .sample(all.silent, {{"outcome", "silent"}});
}

void add_clients(exposition& to, const run_board& board) {
  to.family("flwr_actor_clients_asked", "gauge", "Clients that the run is to have.")
    .sample(board.run.clients);
  to.family("flwr_actor_clients_joined", "gauge", "Clients that are here.").sample(board.joined);
  to.family("flwr_actor_clients", "gauge", "Clients by state, the first 4096 of them.");
  auto counts = clients_by_state(board);
  for (size_t i = 0; i < counts.size(); ++i)
    to.sample(counts[i], {{"state", name_of(static_cast<client_state>(i))}});
  to.family("flwr_actor_clients_awaited", "gauge", "Clients that haven't answered yet, by phase.");
  std::array<uint64_t, 2> missing{};
  for (auto& [key, row] : board.open)
    missing[key.second == phase_kind::fit ? 0 : 1] += row.sampled - std::min(row.sampled, row.done);
  to.sample(missing[0], {{"phase", "fit"}}).sample(missing[1], {{"phase", "evaluate"}});
  add_answers(to, "flwr_actor_updates_total", "Updates of clients, by what became of them.",
              board.totals.updates);
  add_answers(to, "flwr_actor_tests_total", "Tests by clients, by what became of them.",
              board.totals.tests);
}

void add_quality(exposition& to, const run_board& board) {
  auto* tested = newest_tested(board);
  if (!tested)
    return;
  auto& line = tested->line;
  to.family("flwr_actor_tested_round", "gauge", "The newest round whose model was tested.")
    .sample(line.round);
  if (line.loss)
    to.family("flwr_actor_loss", "gauge", "Its loss, as in Flower's list of losses.")
      .sample(*line.loss);
  if (line.loss_mean)
    to.family("flwr_actor_loss_mean", "gauge", "Its loss per test example.")
      .sample(*line.loss_mean);
  if (line.accuracy)
    to.family("flwr_actor_accuracy", "gauge", "Its share of right answers, 0 to 1.")
      .sample(*line.accuracy);
}

void add_process(exposition& to, const vital_signs& vital) {
  if (vital.longest_callback_seconds)
    to.family("flwr_actor_grpc_longest_callback_seconds", "gauge",
              "The longest that one of our callbacks has kept a thread of gRPC's.")
      .sample(*vital.longest_callback_seconds);
  to.family("flwr_actor_feed_listeners", "gauge", "Pages that are open.").sample(vital.listeners);
  to.family("process_resident_memory_bytes", "gauge", "Memory of the process that is in RAM.")
    .sample(vital.process.resident_bytes);
  to.family("process_threads", "gauge", "Threads of the process.").sample(vital.process.threads);
  to.family("process_cpu_seconds_total", "counter", "Processor time, of user and system.")
    .sample(vital.process.cpu_seconds);
}

} // namespace

std::string label_value(std::string_view raw) {
  std::string text;
  for (char c : raw)
    if (c == '\n')
      text += "\\n";
    else
      (text += c == '\\' || c == '"' ? "\\" : "") += c;
  return text;
}

std::string metrics_text(const run_board& board, const vital_signs& vital) {
  exposition to;
  add_run(to, board);
  add_rounds(to, board);
  add_clients(to, board);
  add_quality(to, board);
  add_process(to, vital);
  return to.take();
}

} // namespace flwr
