/// How the tests of `verify_run` run it, and what they look at.
#pragma once

#include "actors/audit/replay.hpp"
#include "actors/audit/verdict_text.hpp"
#include "tests/support/recorded_run.hpp"

#include <catch2/catch.hpp>

namespace flwr::test {

inline run_report verified(recorded_run& run, unsigned threads = 1) {
  return verify_run(run.seen(), run.contract, {.threads = threads});
}

/// What has to be named.
struct named {
  std::string what; ///< How it begins.
  std::optional<uint64_t> round;
  std::optional<uint64_t> client;
  verdict kind = verdict::wrong;
  std::string given{}; ///< What it holds.
};

inline void check_named(const run_report& report, const named& expected) {
  auto cause = cause_of(report);
  REQUIRE(cause);
  INFO(line_of(*cause));
  CHECK(cause->kind == expected.kind);
  CHECK(cause->round.value_or(0) == expected.round.value_or(0));
  CHECK(cause->client.has_value() == expected.client.has_value());
  if (cause->client && expected.client)
    CHECK(static_cast<uint64_t>(*cause->client) == *expected.client);
  CHECK_THAT(cause->what, Catch::StartsWith(expected.what));
  CHECK_THAT(cause->given, Catch::Contains(expected.given));
}

inline const counted& update_of(const round_record& record, uint64_t client) {
  return std::get<counted>(record.invited.at(client_id{client}));
}

inline counted& update_in(round_record& record, uint64_t client) {
  return std::get<counted>(record.invited.at(client_id{client}));
}

inline void flip(bytes& data, size_t bit) { data[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8); }

inline void flip_last(bytes& data) { flip(data, 8 * data.size() - 1); }

/// The place of a round's commit among the logs.
inline placed_log& log_of_round(recorded_run& run, uint64_t round) {
  return *std::ranges::find(run.ledger.logs, run.commits[round - 1], &placed_log::transaction);
}

inline bool all_proven(const run_report& report, size_t rounds) {
  INFO(last_line_of(report));
  CHECK(report.rounds.size() == rounds);
  return verdict_of(report) == verdict::proven;
}

} // namespace flwr::test
