#include "actors/page/run_board.hpp"

#include "messages/printable.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

constexpr size_t names_shown = 5;

std::string text(uint64_t value) { return std::to_string(value); }

client_state state_of(const caf::error& why) {
  switch (code_of(why)) {
  case ec::rejected:
  case ec::corrupt:
    return client_state::refused;
  case ec::unreachable:
    return client_state::gone;
  default:
    return client_state::silent;
  }
}

auto is_task(uint64_t round, phase_kind what) {
  return [=](const client_task& task) { return task.round == round && task.what == what; };
}

/// Folds one fact into a board whose version and time are the fact's already.
struct folding {
  run_board& board;

  void operator()(const event::waiting& what) {
    board.joined = what.here;
    board.wait = awaited{"clients: " + text(what.here) + " of " + text(what.needed) + " are here",
                         board.now - what.since.count()};
  }

  void operator()(const event::joined& what) {
    ++board.joined;
    board.unlisted += row_of(what.client) ? 0 : 1;
  }

  void operator()(const event::lost& what) {
    board.joined -= std::min<uint64_t>(board.joined, 1);
    if (auto* row = row_of(what.client))
      row->away = true;
  }

  void operator()(const event::returned& what) {
    ++board.joined;
    if (auto* row = row_of(what.client)) {
      row->away = false;
      if (row->last == client_state::gone)
        praise(*row, client_state::ready);
    }
  }

  void operator()(const event::turned_away& what) {
    drop_oldest_at_the_join();
    push_refusal({.round = board.round,
                  .what = {},
                  .client = what.client,
                  .why = client_state::refused,
                  .reason = printable_ascii(render(what.why), max_shown_reason_bytes),
                  .version = board.version});
  }

  void operator()(const event::left& what) {
    board.joined -= std::min<uint64_t>(board.joined, 1);
    if (auto* row = row_of(what.client)) {
      row->last = client_state::gone;
      row->tasks.clear();
    }
  }

  void operator()(const event::phase_started& what) {
    board.round = std::max(board.round, what.round);
    if (what.what == phase_kind::fit)
      board.wait.reset();
    if (what.sampled == 0)
      return;
    board.open[{what.round, what.what}] = {.sampled = what.sampled, .since = board.now};
    for (auto client : what.clients)
      if (auto* row = row_of(client))
        row->tasks.push_back({.round = what.round, .what = what.what});
  }

  void operator()(const event::training& what) {
    auto row = board.clients.find(what.client);
    if (row == board.clients.end())
      return;
    auto& tasks = row->second.tasks;
    auto task = std::ranges::find_if(tasks, is_task(what.round, phase_kind::fit));
    if (task == tasks.end())
      return; // It has answered; trainers aren't waited for.
    task->done = what.done;
    task->total = what.total;
    row->second.version = board.version;
  }

  void operator()(const event::answered& what) {
    if (auto phase = board.open.find({what.round, what.what}); phase != board.open.end()) {
      ++phase->second.done;
      phase->second.failed += what.why ? 1 : 0;
    }
    if (auto* row = row_of(what.client)) {
      std::erase_if(row->tasks, is_task(what.round, what.what));
      if (what.why)
        blame(*row, what);
      else if (!hides_refusal(*row, what.what))
        praise(*row, client_state::answered);
    }
    auto& totals = what.what == phase_kind::fit ? board.totals.updates : board.totals.tests;
    if (what.why)
      note_refusal(what, totals);
    else if (what.what == phase_kind::evaluate)
      ++totals.counted; // Whether a fit counts is known when it is closed.
  }

  static void blame(client_row& row, const event::answered& what) {
    row.last = state_of(what.why);
    row.last_what = what.what;
    row.reason = printable_ascii(render(what.why), max_shown_reason_bytes);
    ++row.refusals;
  }

  static bool hides_refusal(const client_row& row, phase_kind what) {
    return row.last == client_state::refused && row.last_what == phase_kind::fit
           && what == phase_kind::evaluate;
  }

  static void praise(client_row& row, client_state how) {
    row.last = how;
    row.reason.clear();
  }

  void note_refusal(const event::answered& what, answer_totals& totals) {
    auto why = state_of(what.why);
    ++(why == client_state::refused ? totals.refused : totals.silent);
    push_refusal({.round = what.round,
                  .what = what.what,
                  .client = what.client,
                  .why = why,
                  .reason = printable_ascii(render(what.why), max_shown_reason_bytes),
                  .version = board.version});
  }

  /// Strangers don't push the clients' refusals out.
  void drop_oldest_at_the_join() {
    auto at_the_join = [](const refusal_row& row) { return !row.what; };
    if (std::ranges::count_if(board.refusals, at_the_join) >= max_join_refusal_rows)
      board.refusals.erase(std::ranges::find_if(board.refusals, at_the_join));
  }

  void push_refusal(refusal_row row) {
    board.refusals.push_back(std::move(row));
    if (board.refusals.size() > max_refusal_rows)
      board.refusals.pop_front();
  }

  void operator()(const event::fit_closed& what) {
    close_phase(what.round, phase_kind::fit);
    auto& row = round_of(what.round);
    enter(row.line, what);
    row.closed_at = board.now;
    auto& totals = board.totals;
    ++totals.closed;
    totals.failed += what.updates == 0 ? 1 : 0;
    totals.updates.counted += what.updates;
    totals.fit.add(what.fit.count());
    totals.aggregate.add(what.aggregate.count());
    totals.ipfs.add(what.ipfs.count());
  }

  void operator()(const event::evaluate_closed& what) {
    close_phase(what.round, phase_kind::evaluate);
    if (what.round == 0)
      return; // The genesis model has no line in the history.
    auto& row = round_of(what.round);
    enter(row.line, what);
    row.tested = true;
    board.totals.evaluate.add(what.evaluate.count());
  }

  void operator()(const event::round_recorded& what) {
    auto& row = round_of(what.what.round);
    enter(row.line, what);
    row.block_number = what.what.block_number;
    row.recorded = true;
    ++board.totals.recorded;
    board.totals.gas_used += what.what.gas_used.value_or(0);
    board.totals.chain.add(what.chain.count());
  }

  void operator()(const event::ended& what) {
    board.end = what.how;
    for (auto& [id, row] : board.clients)
      if (!row.tasks.empty()) {
        row.tasks.clear();
        row.version = board.version;
      }
    board.open.clear();
  }

  void operator()(const event::note&) {}
  void operator()(const event::server_away&) {}
  void operator()(const event::server_back&) {}

  // -- rows --------------------------------------------------------------------------------------

  /// The client's row, which is going to change; null if there is no room for one.
  client_row* row_of(client_id client) {
    auto found = board.clients.find(client);
    if (found == board.clients.end() && board.clients.size() >= max_client_rows)
      return nullptr;
    auto& row = board.clients[client];
    row.version = board.version;
    return &row;
  }

  round_row& round_of(uint64_t round) {
    auto& row = board.rounds[round];
    row.line.round = round;
    row.version = board.version;
    if (board.rounds.size() > max_round_rows && board.rounds.begin()->first != round)
      board.rounds.erase(board.rounds.begin());
    return row;
  }

  /// Nobody is waited for any more, even where the coordinator has given somebody up.
  void close_phase(uint64_t round, phase_kind what) {
    if (board.open.erase({round, what}) == 0)
      return;
    for (auto& [id, row] : board.clients)
      if (std::erase_if(row.tasks, is_task(round, what)) > 0)
        row.version = board.version;
  }
};

/// "client 3", "clients 3, 5 and 7 more": who still has to answer.
std::string names_of_missing(const run_board& board, uint64_t round, phase_kind what) {
  std::string names;
  size_t count = 0;
  for (auto& [id, row] : board.clients)
    if (std::ranges::any_of(row.tasks, is_task(round, what)) && ++count <= names_shown)
      names += (names.empty() ? "" : ", ") + text(static_cast<uint64_t>(id));
  if (count == 0)
    return "";
  if (count > names_shown)
    names += " and " + text(count - names_shown) + " more";
  return (count == 1 ? ": client " : ": clients ") + names;
}

awaited awaited_of(const run_board& board, uint64_t round, phase_kind what, const phase_row& row) {
  auto label = "round " + text(round) + ": ";
  auto missing = row.sampled - std::min(row.sampled, row.done);
  if (missing == 0)
    return {label + (what == phase_kind::fit ? "the average of the updates" : "the last words"),
            row.since};
  return {label + text(missing) + " of " + text(row.sampled) + " clients to "
            + (what == phase_kind::fit ? "train" : "test the model")
            + names_of_missing(board, round, what),
          row.since};
}

} // namespace

void span_histogram::add(double seconds) {
  for (size_t i = 0; i < bounds.size(); ++i)
    counts[i] += seconds <= bounds[i] ? 1 : 0;
  ++count;
  sum += seconds;
}

void apply(run_board& board, const event::any& what, double now) {
  ++board.version;
  board.now = now;
  std::visit(folding{board}, what);
}

std::vector<awaited> what_is_awaited(const run_board& board) {
  std::vector<awaited> all;
  if (board.end)
    return all;
  if (board.wait)
    all.push_back(*board.wait);
  else if (board.round == 0 && board.open.empty())
    all.push_back({"the first round to begin", 0});
  for (auto& [key, row] : board.open)
    all.push_back(awaited_of(board, key.first, key.second, row));
  for (auto& [round, row] : board.rounds) {
    if (!row.tested && !board.open.contains({round, phase_kind::evaluate}))
      all.push_back({"round " + text(round) + ": the test of its model", row.closed_at});
    if (!row.recorded)
      all.push_back({"round " + text(round)
                       + (board.run.ledger ? ": its commit on the ledger" : ": its record"),
                     row.closed_at});
  }
  std::ranges::stable_sort(all, {}, &awaited::since);
  return all;
}

const round_row* newest_tested(const run_board& board) {
  auto found = std::ranges::find_if(board.rounds.rbegin(), board.rounds.rend(),
                                    [](auto& each) { return each.second.tested; });
  return found == board.rounds.rend() ? nullptr : &found->second;
}

std::array<uint64_t, 6> clients_by_state(const run_board& board) {
  std::array<uint64_t, 6> counts{};
  for (auto& [id, row] : board.clients)
    ++counts[static_cast<size_t>(row.state())];
  return counts;
}

const char* name_of(phase_kind what) { return what == phase_kind::fit ? "fit" : "evaluate"; }

const char* name_of(client_state what) {
  static constexpr std::array names{"ready", "working", "answered", "refused", "silent", "gone"};
  return names[static_cast<size_t>(what)];
}

} // namespace flwr
