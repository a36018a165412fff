#include "actors/audit/inquiry.hpp"
#include "actors/audit/verdict_text.hpp"

#include <boost/json.hpp>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr auto schema = "flwr-actor/verify/1";

const char* word_of(verdict what) {
  constexpr const char* words[]{"proven", "missing", "wrong"};
  return words[static_cast<size_t>(what)];
}

json::object to_json(const finding& what) {
  json::object members{{"verdict", word_of(what.kind)}, {"what", what.what}};
  if (what.round)
    members.emplace("round", *what.round);
  if (what.client)
    members.emplace("client", static_cast<uint64_t>(*what.client));
  if (what.blob)
    members.emplace("cid", shown(*what.blob));
  if (what.kind == verdict::missing) {
    members.emplace("why", what.given);
  } else {
    members.emplace("expected", what.expected);
    members.emplace("given", what.given);
  }
  return members;
}

json::array to_json(std::span<const finding> findings) {
  json::array list;
  for (const auto& each : findings)
    list.emplace_back(to_json(each));
  return list;
}

json::array to_json(std::span<const client_id> clients) {
  json::array list;
  for (auto each : clients)
    list.emplace_back(static_cast<uint64_t>(each));
  return list;
}

json::object to_json(const round_report& round) {
  return {{"round", round.round},
          {"verdict", word_of(verdict_of(round.findings))},
          {"updates", round.updates},
          {"model_cid", shown(round.model)},
          {"tx", shown(round.transaction)},
          {"block_number", round.block_number},
          {"aggregator", shown(round.aggregator)},
          {"refused", to_json(round.refused)},
          {"silent", to_json(round.silent)},
          {"sampling", round.sampling_proven ? "proven" : "claimed"},
          {"findings", to_json(round.findings)}};
}

} // namespace

std::string json_of(const run_report& report) {
  json::array rounds;
  for (const auto& each : report.rounds)
    rounds.emplace_back(to_json(each));
  json::array claims;
  for (const auto& each : claims_of(report))
    claims.emplace_back(each);
  return json::serialize(
    json::object{{"schema", schema},
                 {"verdict", word_of(verdict_of(report))},
                 {"chain_id", report.chain_id},
                 {"contract", shown(report.contract)},
                 {"run", shown(report.run)},
                 {"block", {{"number", report.head.number}, {"hash", shown(report.head.hash)}}},
                 {"aggregator", shown(report.aggregator)},
                 {"open", report.open},
                 {"rounds", std::move(rounds)},
                 {"claimed", std::move(claims)},
                 {"notes", json::array(report.notes.begin(), report.notes.end())},
                 {"findings", to_json(report.findings)}});
}

} // namespace flwr
