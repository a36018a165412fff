#include "actors/audit/verdict_text.hpp"

#include "actors/audit/inquiry.hpp"
#include "messages/client_names.hpp"

#include <algorithm>

namespace flwr {
namespace {

std::string counted_as(uint64_t count, const std::string& thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

std::string place_of(const finding& what) {
  std::string place;
  if (what.round)
    place += "round " + shown(*what.round);
  if (what.client)
    place += std::string{place.empty() ? "" : ", "} + name_of(*what.client);
  return place.empty() ? place : place + ": ";
}

std::string words_of(const finding& what) {
  if (what.kind == verdict::missing)
    return what.what + ": " + what.given;
  return what.what + ": expected " + what.expected + ", given " + what.given;
}

std::string claim_of(const round_report& round, const char* word,
                     std::span<const client_id> clients) {
  return "round " + shown(round.round) + ": " + word + ": " + shown(clients);
}

} // namespace

const char* name_of(verdict what) {
  constexpr const char* names[]{"PROVEN", "MISSING", "WRONG"};
  return names[static_cast<size_t>(what)];
}

std::string line_of(const finding& what) { return place_of(what) + words_of(what); }

std::string line_of(const run_report& report) {
  return "run " + shown(report.run) + " of contract " + shown(report.contract) + " on chain "
         + shown(report.chain_id) + ", as of block " + shown(report.head.number) + " ("
         + shown(report.head.hash) + ")"
         + (report.open ? "; its list of trainers is OPEN: anybody may be one" : "");
}

std::string line_of(const round_report& round) {
  auto kind = verdict_of(round.findings);
  auto line = "round " + shown(round.round) + ": " + name_of(kind) + ", ";
  if (kind == verdict::proven)
    return line + counted_as(round.updates, "update") + ", model " + shown(round.model)
           + ", transaction " + shown(round.transaction);
  auto cause = *std::ranges::find(round.findings, kind, &finding::kind);
  cause.round.reset(); // It has been said.
  line += line_of(cause);
  auto more = static_cast<uint64_t>(std::ranges::count(round.findings, kind, &finding::kind)) - 1;
  return more == 0 ? line : line + "; and " + shown(more) + " more";
}

std::vector<std::string> claims_of(const run_report& report) {
  std::vector<std::string> claims;
  if (report.open)
    claims.emplace_back("membership: the list of trainers is open");
  if (!report.rounds.empty())
    claims.emplace_back("numbers of examples and metrics: as each client has signed them");
  const auto* aggregator = &report.aggregator;
  for (const auto& round : report.rounds) {
    if (round.aggregator != *aggregator)
      claims.push_back("round " + shown(round.round) + ": a new aggregator: "
                       + shown(round.aggregator) + ", before " + shown(*aggregator));
    aggregator = &round.aggregator;
    if (!round.silent.empty())
      claims.push_back(claim_of(round, "silent", round.silent));
    if (!round.refused.empty())
      claims.push_back(claim_of(round, "refused", round.refused));
    if (!round.sampling_proven)
      claims.push_back(
        "round " + shown(round.round)
        + ": that the sampled clients are the seed's choice, which depends on who had joined");
  }
  return claims;
}

std::string last_line_of(const run_report& report) {
  if (auto cause = cause_of(report))
    return std::string{name_of(cause->kind)} + ": " + line_of(*cause);
  return counted_as(report.rounds.size(), "round") + " PROVEN";
}

} // namespace flwr
