#include "actors/audit/verdict_text.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

using namespace flwr;

namespace {

content_id id_of(uint8_t last) {
  content_id id;
  id.digest.back() = last;
  return id;
}

finding wrong(uint64_t round, std::optional<client_id> client, std::string what) {
  return {verdict::wrong, round, client, std::move(what), "this", "that", {}};
}

finding missing(uint64_t round, const content_id& blob) {
  return {verdict::missing, round, {}, "manifest", {}, "nobody has it", blob};
}

run_report some_report() {
  run_report report;
  report.chain_id = 0x666c7772;
  report.contract.fill(0xaa);
  report.run.fill(0xbb);
  report.aggregator.fill(0xdd);
  report.head.number = 12;
  report.head.hash.fill(0xcc);
  for (uint64_t round = 1; round <= 3; ++round)
    report.rounds.push_back(
      {round, id_of(1), 2, {}, 3 + round, report.aggregator, {}, {}, true, {}});
  return report;
}

run_report broken_report() {
  auto report = some_report();
  report.rounds[0].silent = {client_id{0}, client_id{2}};
  report.rounds[0].sampling_proven = false;
  report.rounds[1].findings = {missing(2, id_of(2)), missing(2, id_of(3))};
  report.rounds[2].refused = {client_id{1}};
  report.rounds[2].findings = {wrong(3, client_id{1}, "signature")};
  report.open = true;
  report.notes = {"the run goes on"};
  return report;
}

} // namespace

TEST_CASE("a proven run says so, in a line a round") {
  auto report = some_report();
  CHECK(verdict_of(report) == verdict::proven);
  CHECK_FALSE(cause_of(report));
  CHECK(line_of(report.rounds[1])
        == "round 2: PROVEN, 2 updates, model "
           "bafkreiaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaae, transaction 0x"
             + std::string(64, '0'));
  CHECK(last_line_of(report) == "3 rounds PROVEN");
  report.rounds.resize(1);
  CHECK(last_line_of(report) == "1 round PROVEN");
}

TEST_CASE("a run's first line says which it is, and whether its list of trainers is open") {
  auto line = line_of(some_report());
  CHECK_THAT(line, Catch::StartsWith("run 0xbbbb") && Catch::Contains("chain 1718384498")
                     && Catch::Contains("as of block 12 (0xcccc"));
  CHECK_THAT(line, !Catch::Contains("OPEN"));
  CHECK_THAT(line_of(broken_report()), Catch::Contains("OPEN"));
}

TEST_CASE("what is wrong comes before what is missing, and both say where and what") {
  auto report = broken_report();
  CHECK(verdict_of(report) == verdict::wrong);
  CHECK(verdict_of(report.rounds[1].findings) == verdict::missing);
  CHECK(line_of(report.rounds[1]) == "round 2: MISSING, manifest: nobody has it; and 1 more");
  CHECK(line_of(report.rounds[2])
        == "round 3: WRONG, client 1: signature: expected this, given that");
  CHECK(last_line_of(report) == "WRONG: round 3, client 1: signature: expected this, given that");
  report.rounds.pop_back();
  CHECK(last_line_of(report) == "MISSING: round 2: manifest: nobody has it");
  report.findings = {{verdict::wrong, {}, {}, "contract", "ours", "another", {}}};
  CHECK(last_line_of(report) == "WRONG: contract: expected ours, given another");
}

TEST_CASE("what nobody can prove is listed") {
  CHECK(
    claims_of(broken_report())
    == std::vector<std::string>{
      "membership: the list of trainers is open",
      "numbers of examples and metrics: as each client has signed them",
      "round 1: silent: 0, 2",
      "round 1: that the sampled clients are the seed's choice, which depends on who had joined",
      "round 3: refused: 1",
    });
  CHECK(claims_of({}).empty());
}

TEST_CASE("who aggregates is told where it changes") {
  auto report = some_report();
  report.rounds[1].aggregator = report.rounds[2].aggregator = address{1};
  CHECK(claims_of(report).back()
        == "round 2: a new aggregator: 0x0100000000000000000000000000000000000000, before "
           "0xDDdDddDdDdddDDddDDddDDDDdDdDDdDDdDDDDDDd");
  report.rounds[0].aggregator = address{1};
  CHECK_THAT(claims_of(report).back(), Catch::StartsWith("round 1: a new aggregator"));
}

TEST_CASE("a report's JSON is the golden file's") {
  std::ifstream file{FLWR_GOLDEN "/verify.json", std::ios::binary};
  std::string golden{std::istreambuf_iterator<char>{file}, {}};
  auto text = json_of(broken_report());
  INFO(text);
  CHECK(boost::json::parse(text) == boost::json::parse(golden));
}
