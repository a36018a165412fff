#include "apps/journalled_run.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/audit/verdict_text.hpp"
#include "apps/ledger_folder.hpp"
#include "apps/run_files.hpp"
#include "apps/tool_verify.hpp"
#include "tests/apps/scratch_directory.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace flwr;
using Catch::Matchers::Contains;

namespace {

constexpr auto contract_text = "0x16821963828C32f2c88F75a00259a6550AA5c783";
const auto run_text = "0x" + std::string(64, 'a');

journal_meta usual_meta() {
  return {
    {"chain_id", "1718384498"}, {"contract", contract_text}, {"run", run_text}, {"rounds", "3"}};
}

journal_entry recorded_entry(uint64_t round, std::optional<tx_hash> transaction) {
  return {"recorded", round, std::nullopt, encode_recorded({round, transaction, 50'000})};
}

tx_hash hash(uint8_t number) { return {number}; }

struct state_directory : test::scratch_directory {
  std::filesystem::path root = path() / "state";

  run_directory held() const {
    auto directory = run_directory::open(root);
    REQUIRE(directory);
    return std::move(*directory);
  }

  std::filesystem::path add_run(const journal_meta& meta,
                                const std::vector<journal_entry>& entries = {}) const {
    auto run = held().create_run();
    REQUIRE(run);
    auto journal = journal_file::create(run->path / journal_name, meta);
    REQUIRE(journal);
    REQUIRE(journal->append(entries));
    return run->path;
  }
};

/// What the chain tells of the run with these commits.
run_report told(const std::vector<tx_hash>& commits) {
  run_report report;
  report.chain_id = embedded_chain_id;
  for (const auto& each : commits) {
    round_report round;
    round.round = report.rounds.size() + 1;
    round.transaction = each;
    report.rounds.push_back(round);
  }
  return report;
}

journalled_run journal_with(const recorded_commits& recorded) {
  return {embedded_chain_id, {}, {}, recorded, 3, recorded.size() == 3};
}

ledger_genesis founded_at(uint64_t timestamp) {
  ledger_genesis genesis;
  genesis.timestamp = timestamp;
  return genesis;
}

std::string refusal(const expected<embedded_ledger>& ledger) {
  REQUIRE_FALSE(ledger);
  CHECK(code_of(ledger.error()) == ec::corrupt);
  return render(ledger.error());
}

} // namespace

TEST_CASE("a journal tells which run it is of, where, and what was recorded") {
  state_directory state;
  state.add_run(usual_meta(), {recorded_entry(1, hash(7)), recorded_entry(2, hash(8))});
  state.add_run(usual_meta());
  auto first = read_journalled_run(state.root, 1);
  REQUIRE(first);
  CHECK(first->chain_id == embedded_chain_id);
  hash256 run;
  run.fill(0xaa);
  CHECK(first->run == run);
  CHECK(first->contract[0] == 0x16);
  CHECK(first->recorded == recorded_commits{{1, hash(7)}, {2, hash(8)}});
  auto newest = read_journalled_run(state.root, std::nullopt);
  REQUIRE(newest);
  CHECK(newest->recorded.empty());
}

TEST_CASE("a value of the journal that can't be is named, never used") {
  auto [key, value] = GENERATE(table<std::string, std::string>({{"contract", "0x12"},
                                                                {"contract", ""},
                                                                {"run", "0xaa"},
                                                                {"run", ""},
                                                                {"chain_id", "-1"},
                                                                {"chain_id", ""}}));
  state_directory state;
  auto meta = usual_meta();
  if (value.empty())
    meta.erase(key);
  else
    meta[key] = value;
  state.add_run(meta);
  verify_request request;
  request.state_dir = state.root;
  auto output = verify(request, {});
  REQUIRE_FALSE(output);
  CHECK(code_of(output.error()) == ec::corrupt);
  CHECK_THAT(render(output.error()), Contains("journal.sqlite: \"" + key + "\""));
}

TEST_CASE("a run without a ledger can't be verified") {
  state_directory state;
  auto meta = usual_meta();
  meta["chain_id"] = "0";
  state.add_run(meta);
  CHECK(read_journalled_run(state.root, {}).error() == ec::usage);
}

TEST_CASE("a report that has all recorded commits, or more, stays as it is") {
  auto report = told({hash(7), hash(8)});
  compare(journal_with({{1, hash(7)}}), report);
  compare(journal_with({{1, hash(7)}, {2, hash(8)}}), report);
  CHECK(verdict_of(report) == verdict::proven);
}

TEST_CASE("a recorded commit that the chain lacks is missing, and its round is named") {
  auto second = GENERATE(std::optional<tx_hash>{}, std::optional{hash(9)});
  auto report = told({hash(7)});
  if (second)
    report = told({hash(7), *second});
  compare(journal_with({{1, hash(7)}, {2, hash(8)}}), report);
  CHECK(verdict_of(report) == verdict::missing);
  CHECK_THAT(last_line_of(report),
             Contains("MISSING: round 2: commit") && Contains("0x0800") && Contains("older copy"));
}

TEST_CASE("rounds that the journal doesn't have, or that are still to come, are noted") {
  auto whole = told({hash(7), hash(8), hash(9)});
  compare(journal_with({{1, hash(7)}, {2, hash(8)}, {3, hash(9)}}), whole);
  CHECK(whole.notes.empty());
  auto part = told({hash(7), hash(8)});
  compare(journal_with({{1, hash(7)}}), part);
  REQUIRE(part.notes.size() == 2);
  CHECK_THAT(part.notes[0], Contains("the journal doesn't have 1 of these rounds"));
  CHECK_THAT(part.notes[1], Contains("the run isn't finished: 2 of 3 rounds"));
  auto other = told({hash(7)});
  compare(journal_with({{1, hash(8)}}), other);
  CHECK(other.notes.empty()); // It has worse.
}

TEST_CASE("a report from another chain is wrong") {
  auto report = told({hash(7)});
  report.chain_id = 1;
  compare(journal_with({{1, hash(7)}}), report);
  CHECK(last_line_of(report) == "WRONG: chain id: expected 1718384498, given 1");
}

TEST_CASE("a ledger is founded once, in a folder that is its owner's alone") {
  state_directory state;
  auto directory = state.held();
  REQUIRE(open_or_found_ledger(directory, founded_at(5)));
  struct stat found {};
  REQUIRE(::stat(directory.ledger().c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0700);
  auto again = open_or_found_ledger(directory, founded_at(6));
  REQUIRE(again);
  CHECK(again->genesis().timestamp == 5);
}

TEST_CASE("a ledger that is gone is founded again only if no run was recorded on it") {
  state_directory state;
  state.add_run(usual_meta(), {recorded_entry(1, std::nullopt)});
  REQUIRE(state.held().create_run()); // It never began.
  REQUIRE(open_or_found_ledger(state.held(), {}));
  state.add_run(usual_meta(), {recorded_entry(1, hash(7))});
  state.add_run(usual_meta());
  REQUIRE(open_or_found_ledger(state.held(), {}));
  std::filesystem::remove_all(state.held().ledger());
  CHECK_THAT(refusal(open_or_found_ledger(state.held(), {})), Contains("state/ledger is gone")
                                                                && Contains("run 3 was recorded")
                                                                && Contains("--state-dir"));
  CHECK_FALSE(std::filesystem::exists(state.held().ledger()));
}

TEST_CASE("no ledger is founded where a journal can't tell whether there was one") {
  state_directory state;
  auto run = state.add_run(usual_meta());
  state.write(std::filesystem::relative(run / journal_name, state.path()), "not a journal");
  CHECK_THAT(refusal(open_or_found_ledger(state.held(), {})),
             Contains("whether run 1") && Contains("journal.sqlite"));
}
