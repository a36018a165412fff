#include "actors/audit/replay.hpp"

#include "actors/audit/omissions.hpp"
#include "actors/audit/roster.hpp"
#include "actors/audit/round_replay.hpp"
#include "actors/audit/run_on_chain.hpp"
#include "actors/audit/run_plan.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace flwr {
namespace {

/// Takes rounds as they are done, and hands them on in order.
class in_order {
public:
  in_order(roster& members, run_report& into, const verify_observer& observer)
    : members_(members), into_(into), observer_(observer) {}

  /// Where somebody may have been left out: known when all rounds are.
  const std::vector<incomplete_round>& incomplete() const { return incomplete_; }

  void take(replayed_round round) {
    std::lock_guard lock{mutex_};
    auto number = round.report.round;
    waiting_.emplace(number, std::move(round));
    while (auto next = waiting_.extract(into_.rounds.size() + 1))
      hand_on(std::move(next.mapped()));
  }

private:
  void hand_on(replayed_round round) {
    members_.admit(round);
    if (round.has_submissions && verdict_of(round.report.findings) != verdict::wrong)
      incomplete_.push_back({round.report.round, std::move(*round.invited)});
    into_.rounds.push_back(std::move(round.report));
    if (observer_.round)
      observer_.round(into_.rounds.back());
  }

  std::mutex mutex_;
  roster& members_;
  run_report& into_;
  const verify_observer& observer_;
  std::map<uint64_t, replayed_round> waiting_;
  std::vector<incomplete_round> incomplete_;
};

void replay_rounds(const evidence& from, const run_on_chain& run, const run_plan& plan,
                   unsigned threads, in_order& done) {
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (auto i = next++; i < run.commits.size(); i = next++)
      done.take(replay_round(from, run, plan, run.commits[i]));
  };
  std::vector<std::jthread> others;
  auto useful = std::min<size_t>(threads, run.commits.size());
  for (size_t i = 1; i < useful; ++i)
    others.emplace_back(work);
  work();
}

/// How many rounds at a time fit into the memory; 0 is noted.
unsigned threads_for(const run_plan& plan, const verify_limits& limits, const inquiry& note) {
  auto each = round_bytes(*plan.what.model.layout);
  auto room = limits.max_memory_bytes / each;
  if (room == 0)
    note.failed("memory",
                make_error(ec::missing, "a round takes " + shown(each) + " bytes; given are "
                                          + shown(limits.max_memory_bytes)));
  return static_cast<unsigned>(std::min<uint64_t>(limits.threads, room));
}

void check_started(const run_on_chain& run, const inquiry& note) {
  if (run.commits.empty())
    note.failed("rounds", make_error(ec::missing, "no round is committed yet"));
}

bool is_expected(const run_on_chain& run, const verify_limits& limits, const inquiry& note) {
  return !limits.expected_run || note.same("run", *limits.expected_run, run.identity.run);
}

/// If another block has taken the head's place, whatever was read may come from two histories.
void check_head(const evidence& from, run_report& report) {
  auto what = "block " + shown(report.head.number);
  auto now = from.block(report.head.number);
  if (now && now->block == report.head)
    return;
  inquiry note{report.findings};
  if (!now)
    return note.failed(what, now.error());
  report.findings.clear();
  report.rounds.clear();
  note.failed(what, make_error(ec::missing, "another has taken its place; verify again"));
}

} // namespace

run_report verify_run(const evidence& from, const address& contract, const verify_limits& limits,
                      const verify_observer& observer) {
  run_report report;
  report.contract = contract;
  inquiry note{report.findings};
  run_on_chain run;
  auto readable = read_run(from, contract, note, run) && is_expected(run, limits, note);
  report.chain_id = run.chain_id;
  report.run = run.identity.run;
  report.head = run.head;
  report.aggregator = run.terms.aggregator;
  report.open = run.terms.open;
  if (report.head == block_ref{})
    return report;
  if (observer.run && report.run != hash256{})
    observer.run(report);
  auto plan = readable ? read_plan(from, run, limits.max_model_bytes, note) : std::nullopt;
  if (plan)
    check_started(run, note);
  if (auto threads = plan ? threads_for(*plan, limits, note) : 0) {
    roster members{from, run, *plan};
    in_order done{members, report, observer};
    replay_rounds(from, run, *plan, threads, done);
    for (const auto& round : done.incomplete())
      judge_omissions(from, run, *plan, round, members.clients(), note);
  }
  check_head(from, report);
  return report;
}

} // namespace flwr
