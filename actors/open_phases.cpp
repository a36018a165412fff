#include "actors/open_phases.hpp"

#include <algorithm>
#include <variant>

namespace flwr {

std::vector<client_id> ids_of(const cohort& who) {
  std::vector<client_id> ids;
  for (auto& [id, proxy] : who.members)
    ids.push_back(id);
  return ids;
}

counted tested(const evaluate_res& res) {
  return {.model = {},
          .num_examples = res.num_examples,
          .loss = res.loss,
          .metrics = res.metrics,
          .signer = {},
          .signature = {}};
}

open_phase::open_phase(phase_kind kind, uint64_t round, const cohort& who, time_point now)
  : book(kind, round, ids_of(who)), members(who.members.begin(), who.members.end()), started(now) {
  for (auto& [id, proxy] : members)
    unsent.insert(id);
}

bool open_phase::sent(client_id client, time_point now,
                      std::optional<std::chrono::milliseconds> timeout) {
  auto was_last = unsent.erase(client) > 0 && unsent.empty();
  if (was_last && timeout)
    deadline = now + *timeout;
  return was_last && timeout;
}

event::fit_closed open_phase::summary(bool accept_failures, time_point now) const {
  return {.round = book.round(),
          .results = book.successes(),
          .failures = book.failures(),
          .updates = book.accepted(accept_failures) ? book.successes() : 0,
          .model = {},
          .metrics = weighted_metrics_avg(book.results()),
          .fit = now - started,
          .aggregate = {},
          .ipfs = {}};
}

namespace {

struct finally {
  bool round_counts;

  final_outcome operator()(const counted& update) const {
    if (round_counts)
      return update;
    return refused{"the round is void: a client failed, and no failure is accepted"};
  }
  final_outcome operator()(const refused& answer) const { return answer; }
  final_outcome operator()(const silent& nothing) const { return nothing; }
  template <class Open>
  final_outcome operator()(const Open&) const {
    return silent{"the round was over"};
  }
};

} // namespace

std::map<client_id, final_outcome> open_phase::outcomes(bool round_counts) const {
  std::map<client_id, final_outcome> all;
  for (auto& [client, outcome] : book.outcomes())
    all.emplace(client, std::visit(finally{round_counts}, outcome));
  return all;
}

event::evaluate_closed evaluation::summary(uint64_t round, time_point now) const {
  event::evaluate_closed told{.round = round,
                              .results = 0,
                              .failures = 0,
                              .distributed = {},
                              .centralized = centralized,
                              .evaluate = now - started};
  if (!clients)
    return told;
  auto results = clients->book.results();
  told.results = clients->book.successes();
  told.failures = clients->book.failures();
  if (auto loss = weighted_loss_avg(results))
    told.distributed = event::score{*loss, weighted_metrics_avg(results)};
  return told;
}

template <class Visit>
void open_phases::each(Visit visit) {
  if (fit)
    visit(*fit);
  for (auto& [round, mine] : evaluations)
    if (mine.clients)
      visit(*mine.clients);
}

open_phase* open_phases::find(phase_kind kind, uint64_t round) {
  open_phase* found = nullptr;
  each([&](open_phase& mine) {
    if (mine.book.kind() == kind && mine.book.round() == round)
      found = &mine;
  });
  return found;
}

std::optional<time_point> open_phases::earliest_deadline() {
  std::optional<time_point> earliest;
  each([&](const open_phase& mine) {
    if (mine.deadline)
      earliest = std::min(earliest.value_or(*mine.deadline), *mine.deadline);
  });
  return earliest;
}

std::vector<std::pair<phase_kind, uint64_t>> open_phases::take_due(time_point now) {
  std::vector<std::pair<phase_kind, uint64_t>> due;
  each([&](open_phase& mine) {
    if (!mine.deadline || *mine.deadline > now)
      return;
    mine.deadline.reset();
    due.emplace_back(mine.book.kind(), mine.book.round());
  });
  return due;
}

} // namespace flwr
