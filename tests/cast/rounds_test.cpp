#include "actors/aggregator.hpp"
#include "actors/audit/journal_bodies.hpp"
#include "actors/client.hpp"
#include "actors/client_manager.hpp"
#include "actors/ipfs/block_files.hpp"
#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "actors/ipfs_fetcher.hpp"
#include "actors/ipfs_uploader.hpp"
#include "actors/recorder.hpp"
#include "actors/reporter.hpp"
#include "actors/round_coordinator.hpp"
#include "actors/supervisor.hpp"
#include "actors/trainer.hpp"
#include "actors/trainer_pool.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/learners.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>

using namespace flwr;
using namespace std::chrono_literals;
using test::trained;

namespace {

journal_actor::behavior_type journal_double(journal_actor::pointer,
                                            std::shared_ptr<std::vector<journal_entry>> written,
                                            std::shared_ptr<std::string> full_at) {
  return {[=](atom::append, const journal_entry& entry) -> caf::result<void> {
    if (entry.kind == *full_at)
      return make_error(ec::no_space, "journal: no space left");
    written->push_back(entry);
    return caf::unit;
  }};
}

/// The whole cast in one thread, with a store in memory and clients whose data is their number.
struct rounds_fixture : test::actor_fixture {
  /// Client k adds k + 1 to the model's first value, unless the test has another idea.
  static expected<fit_res> add_own_number(const fit_ins& ins, const std::stop_token&) {
    auto values = test::values_of(*ins.base.tensors);
    values[0] += static_cast<float>(static_cast<uint64_t>(ins.client) + 1);
    return trained(values);
  }

  void play(uint64_t clients, round_coordinator_config cfg) {
    auto store = own(spawn_block_store(sys, runs_on::scheduler, blocks));
    cast.reporter =
      own(spawn_reporter(sys, {.rounds = cfg.rounds,
                               .ledger = {},
                               .folder = {},
                               .bar = false,
                               .say = [this](const std::string& line) { said.push_back(line); },
                               .progress = {},
                               .data = [this](const std::string& document) { json = document; }}));
    cast.journal = spawn(journal_double, written, full_at);
    cast.uploader = own(spawn_ipfs_uploader(sys, store, retries()));
    cast.fetcher = own(spawn_ipfs_fetcher(sys, store, retries()));
    cast.recorder = own(
      spawn_recorder(sys, {.run = test::some_run(), .ledger = {}}, cast.uploader, cast.journal));
    auto genesis = test::vector_model({0, 0});
    cast.aggregator = own(spawn_aggregator(sys, genesis->layout, cfg.strategy.max_examples));
    cast.trainers = own(spawn_trainer_pool(
      sys, {.trainers = {spawn_trainer(sys, runs_on::scheduler, test::scripted(fit), {})}}));
    cast.clients = own(spawn_client_manager(sys,
                                            {.clients = clients,
                                             .seed = 1,
                                             .strategy = cfg.strategy,
                                             .run = test::some_run(),
                                             .join_timeout = {}},
                                            cast.journal, cast.reporter));
    for (uint64_t id = 0; id < clients; ++id)
      if (client_id{id} != absent)
        join(client_id{id}, genesis->layout);
    cfg.genesis = {*blocks->put(genesis->file), genesis};
    coordinator = own(spawn_round_coordinator(sys, cfg, cast));
    if (early_failure)
      self->send(coordinator, atom::failed_v, early_failure);
    auto boss = own(spawn_supervisor(
      sys, {.cast = {{"round coordinator", caf::actor_cast<caf::actor>(coordinator)}},
            .reporter = cast.reporter,
            .farewell = [this](farewell last) { over.push_back(std::move(last)); }}));
    self->send(coordinator, atom::start_v, boss);
    settle();
  }

  void join(client_id id, const layout_ptr& layout) {
    self->send(cast.clients, atom::joined_v, id, test::address_of_client(id),
               id == silent ? own(sys.spawn(mute))
                            : own(spawn_client(sys, {.id = id,
                                                     .run = test::some_run(),
                                                     .key = test::key_of(id),
                                                     .layout = layout,
                                                     .fetcher = cast.fetcher,
                                                     .uploader = cast.uploader,
                                                     .trainers = cast.trainers,
                                                     .keeper = {},
                                                     .watchtower = {},
                                                     .kept = {},
                                                     .profile = {}})));
  }

  /// A CLIENT that never answers.
  static client_actor::behavior_type mute(client_actor::pointer self) {
    return {
      [=](atom::fit, const fit_ins&) -> caf::result<fit_res> {
        return self->make_response_promise<fit_res>();
      },
      [=](atom::evaluate, const evaluate_ins&) -> caf::result<evaluate_res> {
        return self->make_response_promise<evaluate_res>();
      },
      [](atom::cancel, phase_kind, uint64_t) {},
    };
  }

  static retry_config retries() {
    return {.policy = {}, .attempt_timeout = 30s, .jitter = [] { return 1.0; }};
  }

  bool was_said(const std::string& words) const {
    return std::ranges::any_of(
      said, [&](const auto& line) { return line.find(words) != std::string::npos; });
  }

  size_t journalled(const std::string& kind) const {
    return static_cast<size_t>(std::ranges::count(*written, kind, &journal_entry::kind));
  }

  test::scripted_learner::fit_function fit = add_own_number;
  std::optional<client_id> silent, absent;
  caf::error early_failure; // Before the coordinator is started.
  std::shared_ptr<block_files> blocks =
    std::make_shared<block_files>(block_files::in_memory(unixfs_v1_2025));
  std::shared_ptr<std::vector<journal_entry>> written =
    std::make_shared<std::vector<journal_entry>>();
  std::shared_ptr<std::string> full_at = std::make_shared<std::string>(); // A journal entry's kind.
  round_coordinator_cast cast;
  round_coordinator_actor coordinator;
  std::vector<std::string> said;
  std::string json;
  std::vector<farewell> over;
};

} // namespace

TEST_CASE_METHOD(rounds_fixture, "a disk that fails before the start ends the run") {
  early_failure = make_error(ec::no_space, "blocks: no space left");
  play(2, {.rounds = 3, .genesis = {}, .strategy = {}, .round_timeout = {}});
  REQUIRE(over.size() == 1);
  CHECK(over[0].outcome.why == ec::no_space);
  CHECK(journalled("cohort") == 0);
}

TEST_CASE_METHOD(rounds_fixture, "a disk that fails while clients are waited for begins no round") {
  absent = client_id{1};
  play(2, {.rounds = 3, .genesis = {}, .strategy = {}, .round_timeout = {}});
  CHECK(over.empty());
  // The last client comes before the supervisor's order to end does.
  self->send(coordinator, atom::failed_v, make_error(ec::no_space, "blocks: no space left"));
  self->send(coordinator, atom::ready_v);
  settle();
  REQUIRE(over.size() == 1);
  CHECK(over[0].outcome.why == ec::no_space);
  CHECK(journalled("cohort") == 0);
}

TEST_CASE_METHOD(rounds_fixture, "three rounds average what the clients learn") {
  play(2, {.rounds = 3, .genesis = {}, .strategy = {}, .round_timeout = {}});
  REQUIRE(over.size() == 1);
  CHECK_FALSE(over[0].outcome.why);
  // (1 + 2) / 2 more in each round; the loss is 100 less the first value.
  CHECK(was_said("app_fit: losses_distributed [(1, 98.5), (2, 97.0), (3, 95.5)]"));
  CHECK(was_said("fit_round 3 received 2 results and 0 failures"));
  CHECK(journalled("cohort") == 3);
  CHECK(journalled("answer") == 6);
  CHECK(journalled("closed") == 3);
  CHECK(journalled("recorded") == 3);
  CHECK(journalled("finished") == 1);
  CHECK(decode_finished(written->back()));
  CHECK(json.find(R"("schema":"flwr-actor/run/1")") != std::string::npos);
}

TEST_CASE_METHOD(rounds_fixture, "an update that isn't finite is refused and the round goes on") {
  fit = [](const fit_ins& ins, const std::stop_token& stop) -> expected<fit_res> {
    return ins.client == client_id{1} ? trained({std::numeric_limits<float>::quiet_NaN(), 0})
                                      : add_own_number(ins, stop);
  };
  play(2, {.rounds = 2, .genesis = {}, .strategy = {}, .round_timeout = {}});
  REQUIRE(over.size() == 1);
  CHECK_FALSE(over[0].outcome.why);
  CHECK(was_said("fit_round 2 received 1 results and 1 failures"));
  CHECK(was_said("fit of client 1 doesn't count"));
  CHECK(was_said("losses_distributed [(1, 99.0), (2, 98.0)]"));
}

TEST_CASE_METHOD(rounds_fixture, "a failure voids the round where none is accepted") {
  fit = [](const fit_ins& ins, const std::stop_token& stop) -> expected<fit_res> {
    if (ins.client == client_id{1} && ins.round == 1)
      return make_error(ec::rejected, "out of memory");
    return add_own_number(ins, stop);
  };
  strategy_config strict;
  strict.accept_failures = false;
  play(2, {.rounds = 2, .genesis = {}, .strategy = strict, .round_timeout = {}});
  CHECK(was_said("round 1 failed: it keeps the model of the round before"));
  CHECK(was_said("losses_distributed [(1, 100.0), (2, 98.5)]"));
}

TEST_CASE_METHOD(rounds_fixture,
                 "a client that never answers is silent when the deadline has passed") {
  silent = client_id{0};
  play(2, {.rounds = 2, .genesis = {}, .strategy = {}, .round_timeout = 90s});
  CHECK(over.empty());
  advance(89s);
  CHECK_FALSE(was_said("fit_round 1 received"));
  advance(1s);
  CHECK(was_said("fit_round 1 received 1 results and 1 failures"));
  CHECK(was_said("no answer before the round's deadline"));
  for (int phase = 0; phase < 4; ++phase)
    advance(90s);
  REQUIRE(over.size() == 1);
  CHECK_FALSE(over[0].outcome.why);
  CHECK(was_said("fit_round 2 received 1 results and 1 failures"));
}

TEST_CASE_METHOD(rounds_fixture, "central evaluation tests the genesis model, too") {
  play(2, {.rounds = 1,
           .genesis = {},
           .strategy = {},
           .clients_evaluate = false,
           .central_evaluation = true,
           .round_timeout = {}});
  CHECK(was_said("losses_centralized [(0, 100.0), (1, 98.5)]"));
  CHECK(was_said("losses_distributed []"));
}

TEST_CASE_METHOD(rounds_fixture, "a strategy's fraction decides how many are asked") {
  strategy_config half;
  half.fraction_fit = 0.5;
  half.fraction_evaluate = 0;
  half.min_fit_clients = 1;
  play(6, {.rounds = 1, .genesis = {}, .strategy = half, .round_timeout = {}});
  CHECK(was_said("fit_round 1: strategy sampled 3 clients (out of 6)"));
  CHECK(was_said("fit_round 1 received 3 results and 0 failures"));
  CHECK_FALSE(was_said("evaluate_round 1 received"));
  REQUIRE(over.size() == 1);
}

TEST_CASE_METHOD(rounds_fixture, "a journal that fails ends the run, whatever was to be written") {
  *full_at = GENERATE("bound", "cohort", "answer", "closed", "recorded", "finished");
  CAPTURE(*full_at);
  play(2, {.rounds = 2, .genesis = {}, .strategy = {}, .round_timeout = {}});
  REQUIRE(over.size() == 1);
  CHECK(over[0].outcome.why == ec::no_space);
  CHECK(journalled("finished") == 0);
}
