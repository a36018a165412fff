// JOIN CLIENT and JOIN SESSION with gRPC between them.
#include "actors/net/flower_channel.hpp"
#include "actors/net/join_client.hpp"
#include "tests/net/flower_server_fixture.hpp"

#include <string>
#include <vector>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

client_host_actor::behavior_type hotel(client_host_actor::pointer, seat place, caf::actor probe) {
  return {
    [](atom::start, const supervisor_actor&) {},
    [=](atom::greet, client_id id, const greeting& words) {
      auto mine = place;
      mine.proof.client = id;
      mine.proof.signature[0] ^= words.nonce[0];
      return mine;
    },
    [=](atom::left, client_id id, const caf::error& why) {
      caf::anon_send(probe, atom::left_v, id, why);
    },
  };
}

/// Answers at once, but to the rounds that it is told to think about.
client_actor::behavior_type student(client_actor::pointer self, caf::actor probe,
                                    uint64_t thinks_about) {
  return {
    [=](atom::fit, const fit_ins& ins) -> caf::result<fit_res> {
      caf::anon_send(probe, atom::fit_v, ins.round);
      if (ins.round == thinks_about)
        return self->make_response_promise<fit_res>(); // Nobody keeps it.
      fit_res res{};
      res.round = ins.round;
      res.num_examples = 10;
      res.model = some_model(static_cast<float>(ins.round));
      return res;
    },
    [](atom::evaluate, const evaluate_ins& ins) {
      evaluate_res res{};
      res.num_examples = 3;
      res.loss = ins.model.tensors ? values_of(*ins.model.tensors)[0] : 0.5F;
      return res;
    },
    [](atom::cancel, phase_kind, uint64_t) {},
  };
}

struct joining_fixture : flower_server_fixture {
  static constexpr uint64_t hard_round = 9;

  // Sessions say goodbye, clients end their calls, then the channel goes.
  ~joining_fixture() {
    for (auto& joiner : joiners)
      end(joiner);
    channel.reset();
    if (host)
      end(host);
    end(client);
  }

  void send_clients(uint16_t to, uint64_t clients = 1, bool with_tensors = false) {
    seat place{client, {{}, {9}, {}}, base.tensors->layout, with_tensors};
    place.proof.signature[0] = wrong_key ? 0xff : 0;
    host = sys.spawn(hotel, place, caf::actor{self});
    channel = std::make_shared<flower_channel>("127.0.0.1:" + std::to_string(to));
    for (uint64_t id = 0; id < clients; ++id)
      joiners.push_back(spawn_join_client(sys, client_config(client_id{id})));
  }

  join_client_config client_config(client_id id) {
    join_client_config cfg;
    cfg.id = id;
    cfg.server = "the server";
    cfg.server_host = "127.0.0.1";
    cfg.host = host;
    cfg.dial = [to = channel](join_client_actor who) { return to->join(std::move(who)); };
    cfg.pauses.first = 50ms;
    cfg.pauses.cap = 200ms;
    cfg.patience = 30s;
    cfg.jitter = [] { return 0.5; };
    return cfg;
  }

  std::pair<client_id, caf::error> next_to_leave() {
    std::pair<client_id, caf::error> gone{client_id{UINT64_MAX}, {}};
    self->receive(
      [&](atom::left, client_id id, const caf::error& why) {
        gone = {id, why};
      },
      caf::after(patience) >> [] {});
    return gone;
  }

  /// The round that a client was asked to fit in next; 0 if none was.
  uint64_t next_fit() {
    uint64_t asked = 0;
    self->receive([&](atom::fit, uint64_t round) { asked = round; }, caf::after(patience) >> [] {});
    return asked;
  }

  /// A port that nobody listens on.
  uint16_t free_port() {
    listen();
    auto number = port();
    server.reset();
    return number;
  }

  void listen_again(uint16_t number) {
    flower_server_config cfg;
    cfg.port = number;
    listen(std::move(cfg));
  }

  bool wrong_key = false;
  client_actor client = sys.spawn(student, caf::actor{self}, hard_round);
  client_host_actor host;
  std::shared_ptr<flower_channel> channel;
  std::vector<join_client_actor> joiners;
};

} // namespace

TEST_CASE_METHOD(joining_fixture, "a fit goes to a client and back, in either exchange of ours") {
  auto with_tensors = GENERATE(false, true);
  terms.exchange = with_tensors ? wire::exchange::with_tensors : wire::exchange::ipfs;
  listen();
  send_clients(port(), 1, with_tensors);
  auto session = next_session();
  auto outcome = outcome_of(begin_fit(session, 4));
  REQUIRE(outcome);
  CHECK(outcome->round == 4);
  CHECK(outcome->num_examples == 10);
  CHECK(outcome->model.id == some_model(4).id);
  CHECK(bool(outcome->model.tensors) == with_tensors);
  evaluate_ins ins{};
  ins.model = {base.id, nullptr};
  auto tested = ask<evaluate_res>(session, atom::evaluate_v, ins);
  REQUIRE(tested.value);
  CHECK(tested.value->loss == (with_tensors ? 1 : 0.5));
}

TEST_CASE_METHOD(joining_fixture, "at the server's goodbye clients leave in peace") {
  listen();
  send_clients(port());
  self->send_exit(next_session(), caf::exit_reason::user_shutdown);
  CHECK(next_to_leave() == std::pair{client_id{0}, caf::error{}});
}

TEST_CASE_METHOD(joining_fixture, "at the server's goodbye clients leave in the midst of a fit") {
  listen();
  send_clients(port());
  auto session = next_session();
  auto request = begin_fit(session, hard_round);
  CHECK(next_fit() == hard_round);
  self->send_exit(session, caf::exit_reason::user_shutdown);
  CHECK(next_to_leave() == std::pair{client_id{0}, caf::error{}});
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
}

TEST_CASE_METHOD(joining_fixture, "a client that is refused leaves with the reason") {
  wrong_key = true;
  listen();
  send_clients(port());
  auto [id, why] = next_to_leave();
  CHECK(why == ec::rejected);
  CHECK_THAT(render(why), Contains("not the key's proof"));
}

TEST_CASE_METHOD(joining_fixture, "clients wait for a server that starts after them") {
  auto number = free_port();
  send_clients(number);
  listen_again(number);
  CHECK(next_newcomer().first == client_id{0});
}

TEST_CASE_METHOD(joining_fixture, "clients come back to a server that was away in mid-fit") {
  listen();
  auto number = port();
  send_clients(number);
  auto request = begin_fit(next_session(), hard_round);
  CHECK(next_fit() == hard_round);
  server.reset();
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
  listen_again(number);
  auto outcome = outcome_of(begin_fit(next_session(), 10));
  REQUIRE(outcome);
  CHECK(outcome->round == 10);
}

TEST_CASE_METHOD(joining_fixture, "a client ends in the midst of a fit, and its call with it") {
  listen();
  send_clients(port());
  auto request = begin_fit(next_session(), hard_round);
  CHECK(next_fit() == hard_round);
  end(joiners.front());
  joiners.clear();
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
}

TEST_CASE_METHOD(joining_fixture, "hundreds of clients share a connection") {
  constexpr uint64_t clients = 300;
  listen();
  send_clients(port(), clients);
  std::vector<client_actor> sessions;
  for (uint64_t i = 0; i < clients; ++i)
    sessions.push_back(next_session());
  for (auto& session : sessions)
    CHECK(outcome_of(begin_fit(session, 1)));
  for (auto& session : sessions)
    self->send_exit(session, caf::exit_reason::user_shutdown);
  for (uint64_t i = 0; i < clients; ++i)
    CHECK_FALSE(next_to_leave().second);
}
