#pragma once

#include "actors/fl/round.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace flwr {

using time_point = caf::actor_clock::time_point;

/// The ids of a cohort, ascending.
std::vector<client_id> ids_of(const cohort&);

/// What a test counts for.
counted tested(const evaluate_res&);

/// A phase whose instructions are out: the books, and when they must be closed.
/// Part of the ROUND COORDINATOR's state; not thread-safe.
struct open_phase {
  open_phase(phase_kind kind, uint64_t round, const cohort& who, time_point now);

  /// Notes that a client has got its instruction, or never will. The deadline is set, once, when
  /// nobody is left. @returns  Whether it was set now.
  bool sent(client_id client, time_point now, std::optional<std::chrono::milliseconds> timeout);

  /// Of a fit that is over: what the reporter hears. Model, aggregation and storage are still to
  /// be filled in; a round whose failures aren't accepted has 0 updates.
  event::fit_closed summary(bool accept_failures, time_point now) const;

  /// Of a fit that is over: what became of everybody who was invited. In a round that is void
  /// nothing counts.
  std::map<client_id, final_outcome> outcomes(bool round_counts) const;

  phase book;
  std::map<client_id, client_proxy_actor> members;
  std::set<client_id> unsent;
  time_point started;
  std::optional<time_point> deadline; ///< Gone again once it has passed.
};

/// The tests of one round's model.
struct evaluation {
  content_id model;
  time_point started;
  bool sampling = false; ///< The cohort isn't known yet.
  bool central = false;  ///< The central score is awaited.
  std::optional<open_phase> clients;
  std::optional<event::score> centralized;

  bool complete() const { return !sampling && !central && (!clients || clients->book.complete()); }

  /// What the reporter hears when it is complete.
  event::evaluate_closed summary(uint64_t round, time_point now) const;
};

/// All phases that are open at a time: at most one fit, and the tests of earlier rounds' models.
struct open_phases {
  /// Null if there is no such phase, or not any more.
  open_phase* find(phase_kind kind, uint64_t round);

  std::optional<time_point> earliest_deadline();

  /// Whose deadline has come; their deadlines are taken from them.
  std::vector<std::pair<phase_kind, uint64_t>> take_due(time_point now);

  std::optional<open_phase> fit;
  std::map<uint64_t, evaluation> evaluations; ///< By round.

private:
  template <class Visit>
  void each(Visit visit);
};

} // namespace flwr
