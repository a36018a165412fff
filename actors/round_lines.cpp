#include "actors/round_lines.hpp"

#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"
#include "messages/printable.hpp"

#include <utility>

namespace flwr {
namespace {

std::optional<double> number(const scalars& metrics, const std::string& key) {
  auto found = metrics.find(key);
  if (found == metrics.end() || !std::holds_alternative<double>(found->second))
    return std::nullopt;
  return std::get<double>(found->second);
}

} // namespace

void enter(round_line& line, const event::fit_closed& what) {
  line.model_cid = to_text(what.model);
  line.updates = what.updates;
  line.failures = what.failures;
  line.fit_metrics = what.metrics;
  line.seconds.fit = what.fit.count();
  line.seconds.aggregate = what.aggregate.count();
  line.seconds.ipfs = what.ipfs.count();
}

void enter(round_line& line, const event::evaluate_closed& what) {
  line.evaluate_results = what.results;
  line.evaluate_failures = what.failures;
  line.seconds.evaluate = what.evaluate.count();
  auto& best = what.distributed ? what.distributed : what.centralized;
  if (!best)
    return;
  line.loss = best->loss;
  line.loss_mean = number(best->metrics, "loss_mean");
  line.accuracy = number(best->metrics, "accuracy");
}

void enter(round_line& line, const event::round_recorded& what) {
  if (auto& transaction = what.what.transaction)
    line.tx = to_0x(*transaction);
  line.gas_used = what.what.gas_used;
  line.seconds.chain = what.chain.count();
}

round_lines::round_lines(const std::optional<ledger_place>& where) {
  if (!where)
    return;
  history_.contract = where->contract;
  history_.chain_id = where->chain_id;
}

void round_lines::note(const event::fit_closed& what) { open_[what.round].fit = what; }

void round_lines::note(const event::evaluate_closed& what) {
  if (what.centralized) {
    history_.losses_centralized.emplace_back(what.round, what.centralized->loss);
    append_metrics(history_.metrics_centralized, what.round, what.centralized->metrics);
  }
  if (what.round > 0)
    open_[what.round].evaluate = what;
}

void round_lines::note(const event::round_recorded& what) { open_[what.what.round].record = what; }

void round_lines::note(const run_outcome& how) {
  history_.end = how.why ? run_end{false, printable_ascii(render(how.why))} : run_end{};
}

bool round_lines::advance() {
  auto before = history_.rounds.size();
  for (auto next = open_.find(before + 1); next != open_.end();
       next = open_.find(history_.rounds.size() + 1)) {
    if (!next->second.fit || !next->second.evaluate || !next->second.record)
      break;
    enter(open_.extract(next).mapped());
  }
  return history_.rounds.size() > before;
}

void round_lines::enter(const unfinished& what) {
  auto round = what.fit->round;
  round_line line{.round = round};
  flwr::enter(line, *what.fit);
  flwr::enter(line, *what.evaluate);
  flwr::enter(line, *what.record);
  if (auto& score = what.evaluate->distributed) {
    history_.losses_distributed.emplace_back(round, score->loss);
    append_metrics(history_.metrics_distributed, round, score->metrics);
  }
  append_metrics(history_.metrics_distributed_fit, round, what.fit->metrics);
  history_.final_model_cid = line.model_cid;
  history_.rounds.push_back(std::move(line));
}

} // namespace flwr
