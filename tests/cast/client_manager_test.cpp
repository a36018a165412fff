#include "actors/client_manager.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/chain/address.hpp"
#include "tests/support/coordinator_double.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/storage_doubles.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

client_actor::behavior_type idle_client(client_actor::pointer self) {
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

/// Who has come, who has left, and who was lost for a while.
struct comings {
  std::vector<client_id> joined, left, lost, returned;
};

reporter_actor::behavior_type listener(reporter_actor::pointer,
                                       std::shared_ptr<std::vector<uint64_t>> joined,
                                       std::shared_ptr<comings> seen) {
  return {
    [=](const event::any& what) {
      if (auto* waiting = std::get_if<event::waiting>(&what))
        joined->push_back(waiting->here);
      else if (auto* newcomer = std::get_if<event::joined>(&what))
        seen->joined.push_back(newcomer->client);
      else if (auto* leaver = std::get_if<event::left>(&what))
        seen->left.push_back(leaver->client);
      else if (auto* loser = std::get_if<event::lost>(&what))
        seen->lost.push_back(loser->client);
      else if (auto* prodigal = std::get_if<event::returned>(&what))
        seen->returned.push_back(prodigal->client);
    },
    [](atom::finish, const run_outcome&) {},
  };
}

struct client_manager_fixture : test::coordinator_fixture {
  /// With the key of client `whose`.
  auto join_as(uint64_t id, client_id whose) {
    return ask<void>(manager, atom::joined_v, client_id{id}, test::address_of_client(whose),
                     spawn(idle_client));
  }

  auto join(uint64_t id) { return join_as(id, client_id{id}); }

  /// Joins, and answers who did.
  client_actor enter(uint64_t id) {
    auto who = spawn(idle_client);
    CHECK(
      ask<void>(manager, atom::joined_v, client_id{id}, test::address_of_client(client_id{id}), who)
        ->done);
    return who;
  }

  cohort sample(phase_kind what, uint64_t round) {
    auto reply = ask<cohort>(manager, atom::sample_v, sample_request{what, round});
    REQUIRE(reply->value);
    return *reply->value;
  }

  std::vector<uint64_t> sampled_ids(phase_kind what, uint64_t round) {
    std::vector<uint64_t> ids;
    for (auto& [id, proxy] : sample(what, round).members)
      ids.push_back(static_cast<uint64_t>(id));
    return ids;
  }

  void wait_for_clients() {
    self->send(manager, atom::await_v, coordinator);
    settle();
  }

  static strategy_config half() {
    strategy_config strategy;
    strategy.fraction_fit = 0.5;
    return strategy;
  }

  auto join_plain(const client_actor& who) { return ask<client_id>(manager, atom::joined_v, who); }

  test::desk_ptr desk = std::make_shared<test::storage_desk>();
  std::shared_ptr<std::vector<uint64_t>> joined = std::make_shared<std::vector<uint64_t>>();
  std::shared_ptr<comings> seen = std::make_shared<comings>();
  reporter_actor reporter = spawn(listener, joined, seen);
  client_manager_actor manager = own(spawn_client_manager(
    sys, {.clients = 8, .seed = 3, .strategy = half(), .run = test::some_run(), .join_timeout = {}},
    spawn(test::desk_journal, desk), reporter));
};

} // namespace

TEST_CASE_METHOD(client_manager_fixture, "client manager is ready when everybody has joined") {
  wait_for_clients();
  for (uint64_t id = 0; id < 7; ++id)
    CHECK(join(id)->done);
  CHECK(join(0)->done); // The same again is nobody new.
  CHECK(heard->ready == 0);
  CHECK(join(7)->done);
  CHECK(heard->ready == 1);
  join(7);
  CHECK(heard->ready == 1);
}

TEST_CASE_METHOD(client_manager_fixture,
                 "client manager is ready at once for whom it waited long") {
  for (uint64_t id = 0; id < 8; ++id)
    join(id);
  wait_for_clients();
  CHECK(heard->ready == 1);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager says every 5 s whom it waits for") {
  wait_for_clients();
  CHECK(*joined == std::vector<uint64_t>{0});
  join(4);
  advance(4s);
  CHECK(joined->size() == 1);
  advance(1s);
  CHECK(*joined == std::vector<uint64_t>{0, 1});
}

TEST_CASE_METHOD(client_manager_fixture, "client manager refuses an id outside the population") {
  auto reply = join(8);
  CHECK(reply->error == ec::rejected);
  CHECK_THAT(render(reply->error), Catch::Contains("no client 8")
                                     && Catch::Contains("ids from 0 to 7")
                                     && Catch::Contains("--cid"));
}

TEST_CASE_METHOD(client_manager_fixture, "client manager binds id and key for good, on disk") {
  CHECK(join(3)->done);
  REQUIRE(desk->entries.size() == 1);
  CHECK(decode_bound(desk->entries[0]) == test::address_of_client(client_id{3}));
  CHECK(desk->entries[0].client == client_id{3});
  CHECK(join(3)->done); // Again, after a lost connection: nothing new to write.
  CHECK(desk->entries.size() == 1);
  auto other_key = join_as(3, client_id{4});
  CHECK(other_key->error == ec::rejected);
  CHECK_THAT(render(other_key->error),
             Catch::Contains("client id 3 is held by another key, "
                             + to_text(test::address_of_client(client_id{3})))
               && Catch::Contains("--state-dir"));
  auto other_id = join_as(5, client_id{3});
  CHECK(other_id->error == ec::rejected);
  CHECK_THAT(render(other_id->error), Catch::Contains("this key is client 3's, not client 5's"));
}

TEST_CASE_METHOD(client_manager_fixture,
                 "client manager takes nobody in whom it can't write down") {
  desk->refuse_append = make_error(ec::no_space, "journal: no space left");
  wait_for_clients();
  CHECK(join(3)->error == ec::no_space);
  CHECK(heard->trouble == ec::no_space);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager binds once who joins twice at a time") {
  for (int twice = 0; twice < 2; ++twice)
    self->send(manager, atom::joined_v, client_id{3}, test::address_of_client(client_id{3}),
               spawn(idle_client));
  settle();
  CHECK(desk->entries.size() == 1);
  CHECK(sample(phase_kind::evaluate, 1).available == 1);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager ends while a binding is being written") {
  desk->hold_appends = true;
  auto joining = join(3);
  CHECK(joining->pending());
  self->monitor(manager);
  end(manager);
  CHECK_FALSE(joining->pending());
  bool gone = false;
  self->receive([&](const caf::down_msg&) { gone = true; });
  CHECK(gone);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager samples by seed and round alone") {
  for (uint64_t id = 8; id-- > 0;)
    join(id);
  auto first = sampled_ids(phase_kind::fit, 1);
  CHECK(first.size() == 4);
  CHECK(std::ranges::is_sorted(first));
  CHECK(sampled_ids(phase_kind::fit, 1) == first);
  bool differs = false;
  for (uint64_t round = 2; round < 10; ++round)
    differs |= sampled_ids(phase_kind::fit, round) != first;
  CHECK(differs);
  CHECK(sampled_ids(phase_kind::evaluate, 1).size() == 8);
  CHECK(sample(phase_kind::fit, 1).available == 8);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager keeps one proxy per client id") {
  for (uint64_t id = 0; id < 8; ++id)
    join(id);
  auto before = sample(phase_kind::evaluate, 1).members;
  join(2);
  CHECK(sample(phase_kind::evaluate, 1).members == before);
}

TEST_CASE_METHOD(client_manager_fixture,
                 "client manager ends with its proxies, and by their bugs") {
  join(0);
  join(1);
  auto proxies = sample(phase_kind::evaluate, 1).members;
  self->monitor(manager);
  self->send_exit(proxies[0].second, caf::exit_reason::kill);
  settle();
  caf::error why;
  self->receive([&](const caf::down_msg& msg) { why = msg.reason; });
  CHECK(why == caf::exit_reason::kill);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager gives plain clients ids of their own") {
  wait_for_clients();
  auto first = spawn(idle_client), second = spawn(idle_client);
  CHECK(join_plain(first)->value == client_id{first_plain_id});
  CHECK(join_plain(second)->value == client_id{first_plain_id + 1});
  for (uint64_t id = 0; id < 6; ++id)
    join(id);
  CHECK(heard->ready == 1);
  CHECK(join_plain(spawn(idle_client))->error == ec::rejected);
  CHECK(sampled_ids(phase_kind::evaluate, 1).back() == first_plain_id + 1);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager forgets a plain client that has left") {
  auto plain = spawn(idle_client);
  join_plain(plain);
  join(0);
  auto proxy = sample(phase_kind::evaluate, 1).members.back().second;
  instruct(
    proxy, atom::evaluate_v,
    evaluate_ins{.client = client_id{first_plain_id}, .round = 1, .model = {}, .config = {}});
  end(plain);
  CHECK(sampled_ids(phase_kind::evaluate, 1) == std::vector<uint64_t>{0});
  CHECK(seen->joined == std::vector{client_id{first_plain_id}, client_id{0}});
  CHECK(seen->left == std::vector{client_id{first_plain_id}});
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == ec::unreachable);
  CHECK(join_plain(spawn(idle_client))->value == client_id{first_plain_id + 1});
}

TEST_CASE_METHOD(client_manager_fixture,
                 "who was sampled and has left since is a failure of the round all the same") {
  auto plain = spawn(idle_client);
  join_plain(plain);
  auto proxy = sample(phase_kind::evaluate, 1).members.back().second;
  end(plain);
  instruct(
    proxy, atom::evaluate_v,
    evaluate_ins{.client = client_id{first_plain_id}, .round = 1, .model = {}, .config = {}});
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == ec::unreachable);
  self->monitor(proxy);
  proxy = nullptr;
  settle();
  bool gone = false;
  self->receive([&](const caf::down_msg&) { gone = true; }, caf::after(caf::timespan{0}) >> [] {});
  CHECK(gone);
}

struct hasty_manager_fixture : client_manager_fixture {
  hasty_manager_fixture() {
    auto strategy = half();
    strategy.min_available_clients = 2;
    manager = own(spawn_client_manager(
      sys,
      {.clients = 8, .seed = 3, .strategy = strategy, .run = test::some_run(), .join_timeout = 60s},
      spawn(test::desk_journal, desk), reporter));
  }
};

TEST_CASE_METHOD(hasty_manager_fixture, "client manager starts with who is there in time") {
  wait_for_clients();
  join(0);
  join(1);
  advance(59s);
  CHECK(heard->ready == 0);
  advance(1s);
  CHECK(heard->ready == 1);
  CHECK_FALSE(heard->trouble);
}

TEST_CASE_METHOD(hasty_manager_fixture, "client manager gives up where too few come in time") {
  wait_for_clients();
  join(0);
  advance(60s);
  CHECK(heard->ready == 0);
  CHECK(heard->trouble == ec::timeout);
  CHECK_THAT(render(heard->trouble), Catch::Contains("1 of 8 clients are here in time"));
}

// -- between rounds -----------------------------------------------------------------------------

struct begun_manager_fixture : hasty_manager_fixture {
  begun_manager_fixture() {
    for (uint64_t id = 0; id < 8; ++id)
      clients.push_back(enter(id));
    wait_for_clients();
    CHECK(heard->ready == 1);
  }

  /// All but so many lose their connections.
  void leave_but(size_t count) {
    for (size_t i = count; i < clients.size(); ++i)
      end(clients[i]);
    clients.resize(count);
  }

  std::vector<client_actor> clients;
};

TEST_CASE_METHOD(begun_manager_fixture, "client manager needs only the least for later rounds") {
  leave_but(2);
  wait_for_clients();
  CHECK(heard->ready == 2);
  CHECK(seen->lost.size() == 6);
  CHECK(sample(phase_kind::fit, 2).available == 8); // Those that are gone are sampled, too.
}

TEST_CASE_METHOD(begun_manager_fixture, "client manager waits for the least to come back") {
  leave_but(1);
  joined->clear();
  wait_for_clients();
  CHECK(heard->ready == 1);
  CHECK(*joined == std::vector<uint64_t>{1});
  enter(5);
  CHECK(heard->ready == 2);
  CHECK(seen->returned == std::vector{client_id{5}});
}

TEST_CASE_METHOD(begun_manager_fixture, "client manager gives up whom it waited for too long") {
  leave_but(1);
  wait_for_clients();
  advance(59s);
  CHECK_FALSE(heard->trouble);
  advance(1s);
  CHECK(heard->trouble == ec::timeout);
  CHECK_THAT(render(heard->trouble), Catch::Contains("1 of 8 clients are here")
                                       && Catch::Contains("at least 2 are needed"));
}

TEST_CASE_METHOD(begun_manager_fixture, "an older wait's timer ends no later one") {
  advance(30s);
  leave_but(1);
  wait_for_clients();
  advance(31s); // The first wait's 60 s are over.
  CHECK_FALSE(heard->trouble);
  enter(3);
  CHECK(heard->ready == 2);
}

TEST_CASE_METHOD(begun_manager_fixture, "who takes a connection's place isn't lost") {
  auto again = enter(0);
  end(clients[0]);
  CHECK(seen->lost.empty());
  wait_for_clients();
  CHECK(heard->ready == 2);
}

TEST_CASE_METHOD(client_manager_fixture, "client manager gives up where nobody can come back") {
  auto strategy = half();
  strategy.min_available_clients = 2;
  manager = own(spawn_client_manager(sys,
                                     {.clients = 2,
                                      .seed = 3,
                                      .strategy = strategy,
                                      .run = test::some_run(),
                                      .join_timeout = {},
                                      .may_return = false},
                                     spawn(test::desk_journal, desk), reporter));
  enter(0);
  auto second = enter(1);
  wait_for_clients();
  CHECK(heard->ready == 1);
  end(second);
  CHECK_FALSE(heard->trouble); // A round is under way, and goes on with what it has.
  wait_for_clients();
  CHECK(heard->trouble == ec::missing);
}
