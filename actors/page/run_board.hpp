/// The state of a run as people see it: a value, folded from facts. Pure; not thread-safe.
#pragma once

#include "actors/round_lines.hpp"
#include "messages/events.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flwr {

/// A board has room for so many; a run may have more. What a page is sent stays below 4 MiB.
inline constexpr size_t max_client_rows = 4096;
inline constexpr size_t max_round_rows = 1000;
inline constexpr size_t max_refusal_rows = 100;
inline constexpr ptrdiff_t max_join_refusal_rows = 20; ///< Of these.
inline constexpr size_t max_shown_reason_bytes = 200;

/// What is known of a run before it begins. All texts are ASCII.
struct run_facts {
  std::string id; ///< "0x..."
  std::string data, partition, model, strategy;
  std::optional<ledger_place> ledger; ///< Nothing without a chain.
  uint64_t rounds = 0;                ///< Asked for.
  uint64_t clients = 0;               ///< The population.
};

enum class client_state : uint8_t {
  ready,    ///< It is here, and wasn't asked for anything yet.
  working,  ///< It is asked, and hasn't answered.
  answered, ///< Its last answer counts.
  refused,  ///< Its last answer doesn't, or its last update: a test that counts doesn't hide that.
  silent,   ///< It didn't answer in time, or couldn't.
  gone,     ///< It is away.
};

/// What a client is asked for.
struct client_task {
  uint64_t round = 0;
  phase_kind what = phase_kind::fit;
  uint64_t done = 0, total = 0; ///< Batches, if they are known: `total` > 0.
};

struct client_row {
  client_state last = client_state::ready; ///< When nothing is asked of it.
  std::vector<client_task> tasks;          ///< Not answered yet, the oldest first.
  phase_kind last_what = phase_kind::fit;  ///< What `last` is about.
  std::string reason;                      ///< Of `last`; printable ASCII.
  bool away = false;                       ///< Its connection is lost.
  uint64_t refusals = 0; ///< Answers that didn't count, and those that never came.
  uint64_t version = 0;  ///< Of the board, when this changed.

  client_state state() const {
    return away ? client_state::gone : tasks.empty() ? last : client_state::working;
  }
};

/// An answer that doesn't count, or somebody who may not join.
struct refusal_row {
  uint64_t round = 0;
  std::optional<phase_kind> what;           ///< Nothing: at the join.
  std::optional<client_id> client;          ///< Nothing: nobody knows.
  client_state why = client_state::refused; ///< Or `silent`, or `gone`.
  std::string reason;
  uint64_t version = 0;
};

/// A round that has its global model.
struct round_row {
  round_line line; ///< As in the history, once it is tested and recorded.
  std::optional<uint64_t> block_number;
  bool tested = false, recorded = false;
  double closed_at = 0; ///< In the board's seconds.
  uint64_t version = 0;
};

/// A phase that is under way.
struct phase_row {
  uint64_t sampled = 0, done = 0, failed = 0;
  double since = 0;
};

/// How spans are distributed; in seconds.
struct span_histogram {
  static constexpr std::array<double, 10> bounds{.01, .03, .1, .3, 1, 3, 10, 30, 100, 300};

  std::array<uint64_t, bounds.size()> counts{}; ///< Of spans up to the bound: cumulative.
  uint64_t count = 0;
  double sum = 0;

  void add(double seconds);
};

/// What has come of answers to a phase's instructions.
struct answer_totals {
  uint64_t counted = 0, refused = 0, silent = 0;
};

/// What only grows.
struct run_totals {
  uint64_t closed = 0, failed = 0, recorded = 0; ///< Rounds. Failed: kept their base model.
  uint64_t gas_used = 0;                         ///< Of the commits.
  answer_totals updates, tests;
  span_histogram fit, aggregate, ipfs, chain, evaluate;
};

/// Something that the run waits for.
struct awaited {
  std::string what;
  double since = 0;
};

struct run_board {
  run_facts run;
  uint64_t version = 1; ///< Grows with every fact; so 0 is older than any board.
  double now = 0;       ///< Of the last fact: seconds since the board was made.

  uint64_t joined = 0;         ///< Clients that are here.
  std::optional<awaited> wait; ///< For more of them.
  uint64_t round = 0;          ///< The newest that has begun.
  std::map<client_id, client_row> clients;
  uint64_t unlisted = 0; ///< Clients without a row.
  std::map<std::pair<uint64_t, phase_kind>, phase_row> open;
  std::map<uint64_t, round_row> rounds; ///< The newest ones.
  std::deque<refusal_row> refusals;     ///< The last ones, in order.
  run_totals totals;
  std::optional<run_outcome> end;
};

/// Folds a fact that came at `now`, in the board's seconds.
void apply(run_board&, const event::any&, double now);

/// What the run waits for; the oldest first. Nothing when it is over.
std::vector<awaited> what_is_awaited(const run_board&);

/// The last round that was tested; null if none was.
const round_row* newest_tested(const run_board&);

/// How many of the listed clients are in each state, by its number.
std::array<uint64_t, 6> clients_by_state(const run_board&);

/// "fit", "evaluate"; "ready", "working", ...
const char* name_of(phase_kind);
const char* name_of(client_state);

} // namespace flwr
