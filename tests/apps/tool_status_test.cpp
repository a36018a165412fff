#include "apps/tool_status.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/run_directory.hpp"
#include "apps/run_files.hpp"
#include "tests/apps/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace flwr;
using Catch::Matchers::Contains;

namespace {

journal_entry entry(std::string kind, uint64_t round, const std::string& body) {
  journal_entry made;
  made.kind = std::move(kind);
  made.round = round;
  made.body.assign(body.begin(), body.end());
  return made;
}

content_id model(uint8_t number) { return {.digest = {number}}; }

journal_entry closed(uint64_t round) {
  auto body = encode_closed({model(static_cast<uint8_t>(round)), 2, 0});
  return entry("closed", round, {body.begin(), body.end()});
}

/// A state directory whose server has ended.
struct state_directory : test::scratch_directory {
  std::filesystem::path root = path() / "state";

  run_directory held() const {
    auto directory = run_directory::open(root);
    REQUIRE(directory);
    return std::move(*directory);
  }

  /// Adds a run of three rounds with this journal.
  std::filesystem::path add_run(const std::vector<journal_entry>& entries,
                                const journal_meta& meta = {{"rounds", "3"},
                                                            {"genesis", "bafygenesis"}}) const {
    auto run = held().create_run();
    REQUIRE(run);
    auto journal = journal_file::create(run->path / journal_name, meta);
    REQUIRE(journal);
    REQUIRE(journal->append(entries));
    return run->path;
  }

  void add_history(const std::filesystem::path& run, std::string_view text) const {
    write(std::filesystem::relative(run / history_json_name, path()), text);
  }
};

run_status status(const state_directory& state, std::optional<uint64_t> run = {}) {
  auto found = read_status(state.root, run);
  INFO((found ? "" : render(found.error())));
  REQUIRE(found);
  return *found;
}

} // namespace

TEST_CASE("a run that nobody is at work on is unfinished") {
  state_directory state;
  state.add_run({closed(1)});
  auto found = status(state);
  CHECK(found.run == 1);
  CHECK(found.state == "unfinished");
  CHECK(found.rounds == 3);
  CHECK(found.rounds_done == 1);
  CHECK(found.model_cid == to_text(model(1)));
  CHECK_FALSE(found.loss);
}

TEST_CASE("a run whose server holds the lock is running, unless it is over or an older one") {
  state_directory state;
  state.add_run({});
  state.add_run({closed(1), entry("finished", 1, "")});
  state.add_run({});
  auto server = state.held();
  CHECK(status(state).state == "running");
  CHECK(status(state).model_cid == "bafygenesis");
  CHECK(status(state, 2).state == "finished");
  CHECK(status(state, 1).state == "unfinished");
}

TEST_CASE("looking at a run keeps no server out") {
  state_directory state;
  state.add_run({});
  status(state);
  CHECK(run_directory::open(state.root));
}

TEST_CASE("loss and accuracy are those of the last round whose test is known") {
  state_directory state;
  auto run = state.add_run({closed(1), closed(2)});
  state.add_history(run, R"({"schema":"flwr-actor/run/1","rounds":[
    {"round":1,"loss":20.5,"accuracy":0.25},{"round":2,"loss":null,"accuracy":null}]})");
  auto found = status(state);
  CHECK(found.loss == 20.5);
  CHECK(found.tested_round == 1);
  CHECK(found.accuracy == 0.25);
  CHECK(to_text(found)
        == "run 1: unfinished, 2 of 3 rounds done\nloss:     20.5 (round 1)\naccuracy: 0.25\n"
           "model:    "
             + to_text(model(2)) + "\n");
  CHECK(to_json(found)
        == R"({"schema":"flwr-actor/status/1","run":1,"state":"unfinished","rounds":3,)"
           R"("rounds_done":2,"contract":null,"model_cid":")"
             + to_text(model(2)) + R"(","tested_round":1,"loss":2.05E1,"accuracy":2.5E-1})");
}

TEST_CASE("a run on a ledger has a contract, one without a ledger has none") {
  auto chain_id = GENERATE("0", "1718384498");
  state_directory state;
  state.add_run({}, {{"rounds", "3"},
                     {"genesis", "bafygenesis"},
                     {"chain_id", chain_id},
                     {"contract", "0x16821963828C32f2c88F75a00259a6550AA5c783"}});
  auto on_ledger = std::string_view{chain_id} != "0";
  CHECK(status(state).contract == (on_ledger ? "0x16821963828C32f2c88F75a00259a6550AA5c783" : ""));
  CHECK((to_text(status(state)).find("contract: 0x1682") != std::string::npos) == on_ledger);
}

TEST_CASE("a state directory that can't serve is refused as usage") {
  state_directory state;
  CHECK(read_status(state.root, {}).error() == ec::usage);
  state.held();
  CHECK(read_status(state.root, {}).error() == ec::usage);
  state.add_run({});
  auto no_such_run = read_status(state.root, 2);
  REQUIRE_FALSE(no_such_run);
  CHECK(no_such_run.error() == ec::usage);
  CHECK_THAT(render(no_such_run.error()), Contains("no run 2; the newest is 1"));
}

TEST_CASE("a run that never began is missing") {
  state_directory state;
  REQUIRE(state.held().create_run());
  CHECK(read_status(state.root, {}).error() == ec::missing);
}

TEST_CASE("journals and histories that break their rules are named") {
  state_directory state;
  auto refused = [&] {
    auto found = read_status(state.root, {});
    REQUIRE_FALSE(found);
    CHECK(found.error() == ec::corrupt);
    return render(found.error());
  };
  state.add_run({}, {{"genesis", "bafygenesis"}});
  CHECK_THAT(refused(), Contains("journal.sqlite: no number of rounds"));
  state.add_run({closed(1), entry("closed", 2, R"({"model":7})")});
  CHECK_THAT(refused(), Contains("journal.sqlite: ") && Contains("closed"));
  auto run = state.add_run({});
  for (auto text : {"", "{", "[]", R"({"rounds":1})"}) {
    state.add_history(run, text);
    CHECK_THAT(refused(), Contains("history.json: isn't a history"));
  }
}
