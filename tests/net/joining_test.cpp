// JOIN CLIENT and JOIN SESSION with gRPC between them.
#include "actors/net/connection_acceptor.hpp"
#include "tests/net/joining_fixture.hpp"
#include "tests/net/raw_client.hpp"
#include "tests/net/raw_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <tuple>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

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

/// Gives back the model that it was sent.
client_actor::behavior_type parrot(client_actor::pointer) {
  return {
    [](atom::fit, const fit_ins& ins) {
      fit_res res{};
      res.round = ins.round;
      res.num_examples = 1;
      res.model = ins.base;
      return res;
    },
    [](atom::evaluate, const evaluate_ins&) { return evaluate_res{}; },
    [](atom::cancel, phase_kind, uint64_t) {},
  };
}

/// Tells the probe why the server is away.
reporter_actor::behavior_type worrier(reporter_actor::pointer, caf::actor probe) {
  return {
    [=](const event::any& what) {
      caf::anon_send(probe, std::get<event::server_away>(what).words);
    },
    [](atom::finish, const run_outcome&) {},
  };
}

/// Whoever isn't a server of ours: it hears what its guests say first, answers and hangs up.
class other_server {
public:
  explicit other_server(std::string words) {
    auto made = connection_acceptor::listen("127.0.0.1", 0, 0, [=](int, int guest) {
      std::array<char, 1024> heard{};
      pollfd speech{guest, POLLIN, 0};
      poll(&speech, 1, 10'000);
      std::ignore = recv(guest, heard.data(), heard.size(), 0);
      send(guest, words.data(), words.size(), MSG_NOSIGNAL);
      close(guest);
    });
    REQUIRE(made);
    acceptor_ = std::move(*made);
  }

  uint16_t port() const { return acceptor_->port(); }

private:
  std::unique_ptr<connection_acceptor> acceptor_;
};

struct joining_test : joining_fixture {
  static constexpr uint64_t hard_round = 9;

  joining_test() { client = sys.spawn(student, caf::actor{self}, hard_round); }

  /// The round that a client was asked to fit in next; 0 if none was.
  uint64_t next_fit() {
    uint64_t asked = 0;
    self->receive([&](atom::fit, uint64_t round) { asked = round; }, caf::after(patience) >> [] {});
    return asked;
  }

  /// The base has so many numbers, and comes back as the update. Returns who has it, to be ended.
  ipfs_fetcher_actor exchange_models_of(size_t numbers) {
    auto desk = std::make_shared<storage_desk>();
    auto tensors = vector_model(std::vector<float>(numbers, 0.5F));
    base = {name_by_length(tensors->file), tensors};
    desk->blobs[base.id] = tensors->file;
    terms.exchange = wire::exchange::with_tensors;
    terms.layout = tensors->layout;
    terms.fetcher = sys.spawn(desk_fetcher, desk);
    end(std::exchange(client, sys.spawn(parrot)));
    return terms.fetcher;
  }

  /// Has a session's client fit, and tells the probe when its update is here and has gone again.
  void fold_one_of(const client_actor& session) {
    fit_ins ins{};
    ins.round = 1;
    ins.base = {base.id, nullptr};
    sys.spawn([=, probe = caf::actor{self}](caf::event_based_actor* asker) {
      asker->request(session, patience, atom::fit_v, ins).then([=](const fit_res&) {
        caf::anon_send(probe, atom::fold_v);
      });
    });
  }

  std::string next_worry() {
    std::string words;
    self->receive([&](const std::string& told) { words = told; }, caf::after(patience) >> [] {});
    return words;
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
};

} // namespace

TEST_CASE_METHOD(joining_test, "a fit goes to a client and back, in either exchange of ours") {
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

TEST_CASE_METHOD(joining_test, "models that are longer than gRPC's four megabytes go both ways") {
  auto store = exchange_models_of(2 << 20);
  listen();
  send_clients(port(), 1, true);
  auto outcome = outcome_of(begin_fit(next_session(), 1));
  CHECK((outcome ? "" : render(outcome.error())) == "");
  REQUIRE(outcome);
  CHECK(*outcome->model.tensors->file == *base.tensors->file);
  CHECK(outcome->ticket); // It was announced.
  end(store);
}

TEST_CASE_METHOD(joining_test, "many long updates pass through room for one") {
  constexpr uint64_t clients = 20;
  auto store = exchange_models_of(1 << 16);
  auto narrow = spawn_inbound_room(sys, {.bytes = 1});
  terms.room = narrow;
  listen();
  send_clients(port(), clients, true);
  for (uint64_t i = 0; i < clients; ++i)
    fold_one_of(next_session());
  uint64_t folded = 0;
  for (uint64_t i = 0; i < clients; ++i)
    self->receive([&](atom::fold) { ++folded; }, caf::after(patience) >> [] {});
  CHECK(folded == clients);
  end(narrow);
  end(store);
}

TEST_CASE_METHOD(joining_test, "who has room and sends nothing yields it to who waits") {
  auto store = exchange_models_of(1 << 16);
  auto narrow = spawn_inbound_room(sys, {.bytes = 1, .patience = 50ms});
  terms.room = narrow;
  listen();
  raw_client hoarder{channel_to(port(), "flwr-actor/test")};
  hoarder.prove(client_id{5});
  auto hoarded = begin_fit(next_session(), 1);
  CHECK(hoarder.read().has_fit_ins());
  CHECK(hoarder.write(wire::announcement_to_proto(1)));
  CHECK(hoarder.read().has_go_ahead());

  send_clients(port(), 1, true);
  auto outcome = outcome_of(begin_fit(next_session(), 1));
  CHECK(outcome);
  CHECK(outcome_of(std::move(hoarded)) == ec::unreachable);
  CHECK_FALSE(hoarder.read().has_fit_ins());
  CHECK(hoarder.finish().error_code() == grpc::StatusCode::UNAVAILABLE);
  end(narrow);
  end(store);
}

TEST_CASE_METHOD(joining_test, "at the server's goodbye clients leave in peace") {
  listen();
  send_clients(port());
  self->send_exit(next_session(), caf::exit_reason::user_shutdown);
  CHECK(next_to_leave() == std::pair{client_id{0}, caf::error{}});
}

TEST_CASE_METHOD(joining_test, "at the server's goodbye clients leave in the midst of a fit") {
  listen();
  send_clients(port());
  auto session = next_session();
  auto request = begin_fit(session, hard_round);
  CHECK(next_fit() == hard_round);
  self->send_exit(session, caf::exit_reason::user_shutdown);
  CHECK(next_to_leave() == std::pair{client_id{0}, caf::error{}});
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
}

TEST_CASE_METHOD(joining_test, "a client that is refused leaves with the reason") {
  wrong_key = true;
  listen();
  send_clients(port());
  auto [id, why] = next_to_leave();
  CHECK(why == ec::rejected);
  CHECK_THAT(render(why), Contains("not the key's proof"));
}

TEST_CASE_METHOD(joining_test, "clients wait for a server that starts after them") {
  auto number = free_port();
  send_clients(number);
  listen_again(number);
  CHECK(next_newcomer().first == client_id{0});
}

TEST_CASE_METHOD(joining_test, "clients say what it is that they dial, and isn't a server") {
  auto [answer, words] = GENERATE(table<std::string, std::string>({
    {"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
     "that is an HTTP port; clients join at the server's --listen"},
    {"220 mail.example ESMTP ready\r\n", "speak gRPC without TLS"},
    {frame(6, 0, 0, "pingpong"), "speak gRPC without TLS"},
    {std::string{"\x15\x03\x03\0\2\2\x46", 7}, "as a port that wants TLS would"}, // An alert.
    {"", "hangs up at once"},
  }));
  other_server other{answer};
  worried = sys.spawn(worrier, caf::actor{self});
  send_clients(other.port());
  CHECK_THAT(next_worry(), Contains("waiting for the server at the server: ") && Contains(words));
}

TEST_CASE_METHOD(joining_test, "clients come back to a server that was away in mid-fit") {
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

TEST_CASE_METHOD(joining_test, "a client ends in the midst of a fit, and its call with it") {
  listen();
  send_clients(port());
  auto request = begin_fit(next_session(), hard_round);
  CHECK(next_fit() == hard_round);
  end(joiners.front());
  joiners.clear();
  CHECK(outcome_of(std::move(request)) == ec::unreachable);
}

TEST_CASE_METHOD(joining_test, "hundreds of clients share a connection") {
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
