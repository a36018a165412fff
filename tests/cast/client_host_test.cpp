#include "actors/client_host.hpp"

#include "actors/chain/typed_messages.hpp"
#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/ledger_doubles.hpp"
#include "tests/support/models.hpp"
#include "tests/support/storage_doubles.hpp"

#include <catch2/catch.hpp>

#include <utility>

using namespace flwr;

namespace {

blob_store_actor::behavior_type idle_store(blob_store_actor::pointer) {
  return {
    [](atom::put, const blob_ptr&) -> caf::result<content_id> { return caf::error{ec::bug}; },
    [](atom::fetch, const content_id&, uint64_t) -> caf::result<blob_ptr> {
      return caf::error{ec::bug};
    },
    [](atom::pin, const std::vector<content_id>&) {},
  };
}

trainer_pool_actor::behavior_type idle_pool(trainer_pool_actor::pointer) {
  return {
    [](atom::fit, const fit_ins&) -> caf::result<fit_res> { return caf::error{ec::stopped}; },
    [](atom::evaluate, const evaluate_ins&) -> caf::result<evaluate_res> {
      return caf::error{ec::stopped};
    },
    [](atom::cancel, client_id, phase_kind, uint64_t) {},
  };
}

supervisor_actor::behavior_type listening_boss(supervisor_actor::pointer,
                                               std::shared_ptr<std::vector<caf::error>> over) {
  return {
    [=](atom::over, const run_outcome& how) { over->push_back(how.why); },
    [](atom::stop) {},
  };
}

/// What a watchtower was told; it isn't done before the test says so.
struct tower_desk {
  int given = 0;
  std::optional<caf::typed_response_promise<void>> finish;
};

test::late_double<watchtower_actor>::behavior_type
held_tower(test::late_double<watchtower_actor>::pointer self, std::shared_ptr<tower_desk> desk) {
  return {
    [=](atom::given, client_id, uint64_t, const content_id&) { ++desk->given; },
    [](atom::fit, const fit_res&) {},
    [=](atom::finish) -> caf::result<void> {
      desk->finish = self->make_response_promise<void>();
      return *desk->finish;
    },
    [](atom::head, const block_ref&) {},
    test::act_on_stage(),
  };
}

token_bearer_actor::behavior_type noting_bearer(token_bearer_actor::pointer,
                                                std::shared_ptr<std::vector<std::string>> tokens) {
  return {[=](atom::admit, const std::string& token) { tokens->push_back(token); }};
}

reporter_actor::behavior_type listening_reporter(reporter_actor::pointer,
                                                 std::shared_ptr<std::vector<std::string>> told) {
  return {
    [=](const event::any& what) {
      if (auto* note = std::get_if<event::note>(&what))
        told->push_back(note->line);
    },
    [](atom::finish, const run_outcome&) {},
  };
}

struct host_fixture : test::actor_fixture {
  host_fixture() {
    run.clients = 4;
    run.data = "synthetic";
    run.partition = "iid";
    run.model.name = "logistic";
    run.model.layout = test::vector_layout(2);
    run.model.genesis = {{9}, codec::raw, 1};
    publish();
    self->send(host, atom::start_v, spawn(listening_boss, over));
    settle();
  }

  void publish() {
    auto text = encode_description(run);
    REQUIRE(text);
    storage->blobs[words().description] = std::make_shared<const bytes>(text->begin(), text->end());
  }

  static greeting words(uint8_t which = 1) {
    greeting words;
    words.run = {which};
    words.description = {{8}, codec::raw, 1};
    words.genesis = {{9}, codec::raw, 1};
    words.chain_id = 31337;
    words.contract = {7};
    words.nonce = {6};
    return words;
  }

  client_storage open_storage() {
    return {spawn(idle_store), spawn(test::desk_uploader, storage),
            spawn(test::desk_fetcher, storage)};
  }

  client_host_config config() {
    client_host_config cfg;
    for (uint64_t id = 0; id < 2; ++id)
      cfg.keys.emplace(client_id{id}, test::key_of(client_id{id}));
    cfg.reporter = spawn(listening_reporter, told);
    cfg.reach = [this](const greeting&) { return open_storage(); };
    cfg.open_storage = [this](const greeting&, const description&) { return open_storage(); };
    cfg.hire = [this](const description&) -> expected<trainer_pool_actor> {
      ++hired;
      return refuse_hire ? expected<trainer_pool_actor>{refuse_hire} : spawn(idle_pool);
    };
    cfg.open_writer = [this](const greeting& said,
                             const description&) -> expected<std::optional<client_writer>> {
      tokens->push_back(said.token);
      return std::optional{client_writer{spawn(test::desk_uploader, storage), bearer}};
    };
    cfg.watch = [this](const greeting&, const description&, const run_identity&,
                       const ipfs_fetcher_actor&) -> expected<client_watch> {
      return client_watch{spawn(test::scripted_chain, std::make_shared<test::chain_script>()),
                          watchtower};
    };
    cfg.remember = [this](const greeting& said) -> expected<client_memories> {
      if (refuse_memory)
        return refuse_memory;
      client_memories all;
      for (uint64_t id = 0; id < 2; ++id)
        all.emplace(client_id{id}, kept_memory{folder.path() / (std::to_string(id) + ".json"),
                                               {.run = said.run, .answer = {}}});
      return all;
    };
    return cfg;
  }

  auto greet(uint64_t id, const greeting& with = words()) {
    return ask<seat>(host, atom::greet_v, client_id{id}, with);
  }

  void leave(uint64_t id, const caf::error& why = {}) {
    self->send(host, atom::left_v, client_id{id}, why);
    settle();
  }

  /// The watchtower has checked all.
  void finish_watch() {
    REQUIRE(tower->finish);
    within(watchtower, [this] { deliver_done(*std::exchange(tower->finish, std::nullopt)); });
  }

  temporary_directory folder;
  description run;
  std::shared_ptr<std::vector<std::string>> told = std::make_shared<std::vector<std::string>>();
  int hired = 0;
  caf::error refuse_hire, refuse_memory;
  std::shared_ptr<std::vector<caf::error>> over = std::make_shared<std::vector<caf::error>>();
  test::desk_ptr storage = std::make_shared<test::storage_desk>();
  std::shared_ptr<tower_desk> tower = std::make_shared<tower_desk>();
  std::shared_ptr<std::vector<std::string>> tokens = std::make_shared<std::vector<std::string>>();
  token_bearer_actor bearer = spawn(noting_bearer, tokens);
  test::late_double<watchtower_actor> watchtower = spawn(held_tower, tower);
  client_host_actor host = own(spawn_client_host(sys, runs_on::scheduler, config()));
};

} // namespace

TEST_CASE_METHOD(host_fixture, "host seats each of its clients with a proof of its key") {
  for (uint64_t id = 0; id < 2; ++id) {
    auto reply = greet(id);
    INFO((reply->error ? render(reply->error) : ""));
    REQUIRE(reply->value);
    auto& proof = reply->value->proof;
    CHECK(proof.client == client_id{id});
    CHECK(proof.key == test::address_of_client(client_id{id}));
    auto nonce = words().nonce;
    join_statement statement{words().run, client_id{id}, {nonce.begin(), nonce.end()}};
    CHECK(
      recover(digest_of(statement, run_domain(31337, {7})), *signature_from_bytes(proof.signature))
      == proof.key);
    CHECK(*reply->value->layout == *run.model.layout);
    CHECK_FALSE(reply->value->with_tensors);
  }
  CHECK(hired == 1);
}

TEST_CASE_METHOD(host_fixture, "host gives the same client when the connection is another") {
  auto first = greet(0), second = greet(0);
  REQUIRE(second->value);
  CHECK(first->value->client == second->value->client);
}

TEST_CASE_METHOD(host_fixture, "host goes over to the server's next run, if it may sign for it") {
  auto before = greet(0);
  REQUIRE(before->value);
  self->monitor(before->value->client);
  bearer = spawn(noting_bearer, tokens); // Those of the run before are ended with it.
  watchtower = spawn(held_tower, tower);
  auto after = greet(1, words(2));
  REQUIRE(after->value);
  CHECK(hired == 2);
  bool gone = false;
  self->receive([&](const caf::down_msg&) { gone = true; }, caf::after(caf::timespan{0}) >> [] {});
  CHECK(gone); // Nobody signs for the run before any more.
  auto again = greet(0, words(2));
  REQUIRE(again->value);
  CHECK(again->value->client != before->value->client);
  CHECK(over->empty());

  refuse_memory = make_error(ec::usage, "client 0 has signed for another run");
  CHECK(greet(0, words(3))->error == ec::usage);
}

TEST_CASE_METHOD(host_fixture, "host says what is wrong with a run, and may be greeted again") {
  SECTION("this machine can't take part") {
    refuse_hire = make_error(ec::usage, "seed is 1, but 2 here");
    CHECK(greet(0)->error == ec::usage);
    refuse_hire = {};
  }
  SECTION("the description isn't there") {
    storage->blobs.clear();
    CHECK(greet(0)->error == ec::missing);
    publish();
  }
  SECTION("the description isn't one") {
    storage->blobs[words().description] = std::make_shared<const bytes>(bytes{'{', '}'});
    CHECK(greet(0)->error == ec::corrupt);
    publish();
  }
  SECTION("the genesis model isn't the description's") {
    auto lie = words();
    lie.genesis = {{10}, codec::raw, 1};
    CHECK(greet(0, lie)->error == ec::corrupt);
  }
  CHECK(greet(0)->value);
}

TEST_CASE_METHOD(host_fixture, "host knows nobody else's clients") {
  CHECK(greet(2)->error == ec::bug);
}

TEST_CASE_METHOD(host_fixture, "host tells when all its clients have left, and the first trouble") {
  SECTION("in peace") {
    REQUIRE(greet(0)->value);
    leave(0);
    CHECK(over->empty());
    leave(1);
    CHECK(over->empty());
    finish_watch();
    REQUIRE(over->size() == 1);
    CHECK_FALSE(over->front());
    CHECK(std::filesystem::exists(folder / "0.json"));
  }
  SECTION("in trouble") {
    REQUIRE(greet(0)->value);
    leave(0, make_error(ec::rejected, "held by another key"));
    REQUIRE(told->size() >= 2);
    CHECK_THAT(told->front(), Catch::Contains("logistic on synthetic, 4 clients"));
    CHECK(told->back() == "client 0 has left: held by another key");
    leave(1, make_error(ec::unreachable, "later"));
    REQUIRE(over->size() == 1);
    CHECK(over->front() == ec::rejected);
  }
}

TEST_CASE_METHOD(host_fixture, "host warns at once of a node of another chain") {
  REQUIRE(greet(0)->value);
  CHECK(std::ranges::any_of(*told, [](const auto& line) {
    return line.find("of chain 7, but the run is on chain 31337") != std::string::npos;
  }));
}

TEST_CASE_METHOD(host_fixture, "host tells once why clients leave for one and the same reason") {
  leave(0, make_error(ec::usage, "another seed"));
  leave(1, make_error(ec::usage, "another seed"));
  CHECK(told->size() == 1);
}

TEST_CASE_METHOD(host_fixture, "host's clients tell the watchtower what they are given") {
  auto reply = greet(0);
  REQUIRE(reply->value);
  ask<evaluate_res>(reply->value->client, atom::evaluate_v, evaluate_ins{{}, 1, {}, {}});
  ask<fit_res>(reply->value->client, atom::fit_v, fit_ins{{}, 2, {}, {}, {}});
  CHECK(tower->given == 2);
}

TEST_CASE_METHOD(host_fixture, "host has each client write by the token of its newest greeting") {
  auto say = [this](uint64_t id, const std::string& token) {
    auto said = words();
    said.token = token;
    greet(id, said);
  };
  say(0, "one");
  say(1, "two");
  say(0, "three");
  CHECK(*tokens == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE_METHOD(host_fixture, "host ends with all whom it has spawned") {
  REQUIRE(greet(0)->value);
  self->monitor(host);
  end(host);
  bool gone = false;
  self->receive([&](const caf::down_msg&) { gone = true; });
  CHECK(gone);
}
