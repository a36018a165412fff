#pragma once

#include "actors/fl/history.hpp"
#include "messages/events.hpp"

#include <map>
#include <optional>
#include <string>

namespace flwr {

/// Where a run's rounds are committed.
struct ledger_place {
  std::string contract; ///< As "0x..." text.
  uint64_t chain_id = 0;
};

/// Enters into a round's line what a fact says of it; the line's number is the caller's.
void enter(round_line&, const event::fit_closed&);
void enter(round_line&, const event::evaluate_closed&);
void enter(round_line&, const event::round_recorded&);

/// Puts a run's history together from events that come in any order: a round's line enters when
/// its fit is closed, its model tested and its record confirmed, and all rounds before it have
/// entered. Part of the REPORTER's state; not thread-safe.
class round_lines {
public:
  /// Nothing without a chain.
  explicit round_lines(const std::optional<ledger_place>& where = {});

  void note(const event::fit_closed&);
  void note(const event::evaluate_closed&);
  void note(const event::round_recorded&);

  void note(const run_outcome&);

  /// Moves the next complete rounds into the history. @returns  Whether there were any.
  bool advance();

  const history& so_far() const { return history_; }

private:
  struct unfinished {
    std::optional<event::fit_closed> fit;
    std::optional<event::evaluate_closed> evaluate;
    std::optional<event::round_recorded> record;
  };

  void enter(const unfinished& what);

  std::map<uint64_t, unfinished> open_;
  history history_;
};

} // namespace flwr
