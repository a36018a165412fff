#include "actors/watchtower.hpp"

#include "actors/chain/run_events.hpp"
#include "tests/support/ledger_doubles.hpp"
#include "tests/support/storage_doubles.hpp"
#include "tests/support/watched_run.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

constexpr address contract{7};

reporter_actor::behavior_type noting(reporter_actor::pointer,
                                     std::shared_ptr<std::vector<std::string>> notes) {
  return {
    [=](const event::any& what) { notes->push_back(std::get<event::note>(what).line); },
    [](atom::finish, const run_outcome&) {},
  };
}

struct watchtower_fixture : actor_fixture {
  watchtower_fixture() {
    auto run = some_run().run;
    script->call_answer.assign(run.begin(), run.end());
    settle();
    head(0);
  }

  void sign(uint64_t round) {
    for (uint64_t id = 0; id < 2; ++id)
      self->send(tower, atom::fit_v, update_of(client_id{id}, round));
    settle();
  }

  /// The server's commit of a round, with its manifest, gets into a block.
  void commit(const manifest& what, uint64_t block) {
    auto text = *encode_manifest(what.run, what.record);
    content_id id{.digest = {0x3a, uint8_t(what.record.round)}};
    storage->blobs[id] = std::make_shared<const bytes>(text.begin(), text.end());
    round_committed event{commit_of(what, id), {}, 0};
    script->logs.push_back({log_of(event, contract), {block, {}}, {}, 0});
    script->newest.block.number = block;
  }

  void head(uint64_t number) {
    REQUIRE(script->listeners.size() == 1);
    self->send(script->listeners[0], atom::head_v, block_ref{number, {}});
    settle();
  }

  auto finish() { return ask<void>(tower, atom::finish_v); }

  chain_script_ptr script = std::make_shared<chain_script>();
  desk_ptr storage = std::make_shared<storage_desk>();
  std::shared_ptr<std::vector<std::string>> notes = std::make_shared<std::vector<std::string>>();
  watchtower_actor tower = own(spawn_watchtower(
    sys,
    {.run = some_run(),
     .contract = contract,
     .genesis = model_of_round(0),
     .clients = 2,
     .confirmations = 2},
    spawn(scripted_chain, script), spawn(desk_fetcher, storage), spawn(noting, notes)));
};

} // namespace

TEST_CASE_METHOD(watchtower_fixture, "watchtower has nothing to say of an honest run") {
  for (uint64_t round = 1; round <= 3; ++round) {
    sign(round);
    commit(manifest_of_round(round), round);
    head(round + 1);
    self->send(tower, atom::given_v, client_id{0}, round, model_of_round(round));
  }
  CHECK(finish()->done);
  CHECK(notes->empty());
  CHECK(storage->calls.size() == 3);
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower looks at commits that are deep enough") {
  sign(1);
  commit(manifest_of_round(1), 5);
  head(5);
  CHECK(storage->calls.empty());
  head(6);
  CHECK(storage->calls == std::vector<std::string>{"fetch"});
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower reads no manifest that has none of its clients") {
  commit(manifest_of_round(1), 1);
  head(2);
  CHECK(storage->calls.empty());
  CHECK(finish()->done);
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower warns of a server that leaves a client out") {
  sign(1);
  auto what = manifest_of_round(1);
  what.record.invited[client_id{1}] = silent{"nothing came"};
  commit(what, 1);
  head(2);
  REQUIRE(notes->size() == 1);
  CHECK_THAT(notes->front(), Contains("WARNING: round 1: client 1: it has signed an update"));
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower warns of a model that isn't the chain's") {
  self->send(tower, atom::given_v, client_id{0}, uint64_t{1}, model_of_round(9));
  commit(manifest_of_round(1), 1);
  head(2);
  REQUIRE(notes->size() == 1);
  CHECK_THAT(notes->front(), Contains("which isn't the one on the chain"));
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower warns of a contract of another run") {
  script->call_answer[0] ^= 1;
  commit(manifest_of_round(1), 1);
  head(2);
  CHECK(*notes
        == std::vector<std::string>{"WARNING: the contract is another run's than the server says"});
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower warns of a manifest that can't be read") {
  sign(1);
  commit(manifest_of_round(1), 1);
  SECTION("it isn't there") { storage->blobs.clear(); }
  SECTION("it isn't one") {
    storage->blobs.begin()->second = std::make_shared<const bytes>(bytes{'{', '}'});
  }
  head(2);
  REQUIRE(notes->size() == 1);
  CHECK_THAT(notes->front(), Contains("WARNING: round 1: its manifest can't be read: "));
  CHECK(finish()->done);
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower asks a node again that couldn't answer") {
  sign(1);
  commit(manifest_of_round(1), 1);
  script->refuse_logs = make_error(ec::unreachable, "no route");
  head(2);
  script->refuse_logs = {};
  advance(1s);
  CHECK(storage->calls.size() == 1);
  CHECK(notes->empty());
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower looks at once when the run is over") {
  sign(1);
  commit(manifest_of_round(1), 1);
  script->newest.block.number = 2;
  CHECK(finish()->done);
  CHECK(notes->empty());
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower says what it couldn't check, and why") {
  sign(1);
  sign(2);
  auto words = "no commit was found on the chain";
  SECTION("nothing was committed") {}
  SECTION("the chain can't be read") {
    script->refuse_logs = make_error(ec::unreachable, "no route");
    words = "no route";
    script->newest.block.number = 9;
  }
  auto reply = finish();
  CHECK(reply->pending());
  advance(5s);
  CHECK(reply->done);
  REQUIRE(notes->size() == 1);
  CHECK_THAT(notes->front(),
             Contains("WARNING: rounds 1, 2 couldn't be checked: ") && Contains(words));
}

TEST_CASE_METHOD(watchtower_fixture, "watchtower answers when it ends") {
  sign(1);
  auto reply = finish();
  end(tower);
  CHECK(reply->error);
}
