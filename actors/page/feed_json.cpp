#include "actors/page/feed_json.hpp"

#include "actors/fl/history_json.hpp"
#include "messages/printable.hpp"

#include <boost/json.hpp>

namespace flwr {
namespace {

namespace json = boost::json;

json::object run_json(const run_facts& run) {
  json::object object{
    {"id", run.id},           {"data", run.data},         {"partition", run.partition},
    {"model", run.model},     {"strategy", run.strategy}, {"rounds", run.rounds},
    {"clients", run.clients}, {"contract", nullptr},      {"chain_id", nullptr}};
  if (run.ledger) {
    object["contract"] = run.ledger->contract;
    object["chain_id"] = run.ledger->chain_id;
  }
  return object;
}

json::object client_json(client_id id, const client_row& row) {
  json::object object{{"client", static_cast<uint64_t>(id)}, {"state", name_of(row.state())}};
  if (!row.tasks.empty()) {
    auto& task = row.tasks.front();
    object["round"] = task.round;
    object["phase"] = name_of(task.what);
    if (task.total > 0) {
      object["done"] = task.done;
      object["total"] = task.total;
    }
  }
  if (row.refusals > 0)
    object["refusals"] = row.refusals;
  if (!row.reason.empty())
    object["reason"] = row.reason;
  return object;
}

json::object refusal_json(const refusal_row& row) {
  return {
    {"round", row.round},
    {"phase", row.what ? name_of(*row.what) : "join"},
    {"client", row.client ? json::value(static_cast<uint64_t>(*row.client)) : json::value(nullptr)},
    {"state", name_of(row.why)},
    {"reason", row.reason}};
}

json::object round_json(const round_row& row) {
  auto object = to_json_object(row.line);
  object.erase("fit_metrics"); // Of any names and lengths.
  object["block_number"] = optional_value(row.block_number);
  object["tested"] = row.tested;
  object["recorded"] = row.recorded;
  return object;
}

json::array open_json(const run_board& board) {
  json::array all;
  for (auto& [key, row] : board.open)
    all.push_back(json::object{{"round", key.first},
                               {"phase", name_of(key.second)},
                               {"sampled", row.sampled},
                               {"done", row.done},
                               {"failed", row.failed},
                               {"since", row.since}});
  return all;
}

json::array awaited_json(const run_board& board) {
  json::array all;
  for (auto& each : what_is_awaited(board))
    all.push_back(json::object{{"what", each.what}, {"since", each.since}});
  return all;
}

json::object states_json(const run_board& board) {
  json::object object;
  auto counts = clients_by_state(board);
  for (size_t i = 0; i < counts.size(); ++i)
    object[name_of(static_cast<client_state>(i))] = counts[i];
  return object;
}

json::value end_json(const run_board& board) {
  if (!board.end)
    return json::value(nullptr);
  auto& why = board.end->why;
  return json::object{{"done", !why},
                      {"reason", why ? printable_ascii(render(why), max_shown_reason_bytes) : ""}};
}

} // namespace

std::string feed_json(const run_board& board, uint64_t seen, double now) {
  json::object document{
    {"schema", "flwr-actor/feed/1"}, {"from", seen}, {"version", board.version}, {"now", now}};
  if (seen == 0)
    document["run"] = run_json(board.run);
  document["joined"] = board.joined;
  document["unlisted"] = board.unlisted;
  document["round"] = board.round;
  document["closed"] = board.totals.closed;
  document["recorded"] = board.totals.recorded;
  document["states"] = states_json(board);
  document["open"] = open_json(board);
  document["awaited"] = awaited_json(board);
  json::array clients, rounds, refusals;
  for (auto& [id, row] : board.clients)
    if (row.version > seen)
      clients.push_back(client_json(id, row));
  for (auto& [number, row] : board.rounds)
    if (row.version > seen)
      rounds.push_back(round_json(row));
  for (auto& row : board.refusals)
    if (row.version > seen)
      refusals.push_back(refusal_json(row));
  document["clients"] = std::move(clients);
  document["rounds"] = std::move(rounds);
  document["refusals"] = std::move(refusals);
  document["end"] = end_json(board);
  return json_text(document);
}

} // namespace flwr
