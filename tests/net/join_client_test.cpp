#include "actors/net/join_client.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/net/tensors.hpp"
#include "tests/net/join_doubles.hpp"
#include "tests/net/recording_stream.hpp"

#include <deque>

using namespace flwr;
using namespace std::chrono_literals;
using Catch::Contains;
using wire::exchange;

namespace {

/// The server's greeting as it goes over the wire.
greeting words_with(uint8_t nonce) {
  auto words = test::some_words();
  words.token = "secret";
  words.nonce = {nonce};
  return words;
}

/// What a host was told, and what it says to that.
struct host_desk {
  std::vector<greeting> greeted;
  std::vector<std::pair<client_id, caf::error>> left;
  seat place;
  caf::error refuse;
  bool hold = false; ///< Seats are given when the test says so.
  std::deque<caf::typed_response_promise<seat>> owed;
};

using host_desk_ptr = std::shared_ptr<host_desk>;

test::late_double<client_host_actor>::behavior_type
desk_host(test::late_double<client_host_actor>::pointer self, host_desk_ptr desk) {
  return {
    [](atom::start, const supervisor_actor&) {},
    [=](atom::greet, client_id, const greeting& words) -> caf::result<seat> {
      desk->greeted.push_back(words);
      if (desk->refuse)
        return desk->refuse;
      auto place = desk->place;
      place.proof.signature[0] = words.nonce[0];
      if (!desk->hold)
        return place;
      desk->owed.push_back(self->make_response_promise<seat>());
      return desk->owed.back();
    },
    [=](atom::left, client_id id, const caf::error& why) { desk->left.emplace_back(id, why); },
    test::act_on_stage(),
  };
}

/// What a client was asked; it answers when the test says so.
struct client_desk {
  std::vector<fit_ins> fits;
  std::vector<evaluate_ins> evaluations;
  std::deque<caf::typed_response_promise<fit_res>> owed_fits;
  std::deque<caf::typed_response_promise<evaluate_res>> owed_evaluations;
};

using client_desk_ptr = std::shared_ptr<client_desk>;
using late_client = test::late_double<client_actor>;

late_client::behavior_type desk_client(late_client::pointer self, client_desk_ptr desk) {
  return {
    [=](atom::fit, const fit_ins& ins) -> caf::result<fit_res> {
      desk->fits.push_back(ins);
      desk->owed_fits.push_back(self->make_response_promise<fit_res>());
      return desk->owed_fits.back();
    },
    [=](atom::evaluate, const evaluate_ins& ins) -> caf::result<evaluate_res> {
      desk->evaluations.push_back(ins);
      desk->owed_evaluations.push_back(self->make_response_promise<evaluate_res>());
      return desk->owed_evaluations.back();
    },
    [](atom::cancel, phase_kind, uint64_t) {},
    test::act_on_stage(),
  };
}

reporter_actor::behavior_type listener(reporter_actor::pointer,
                                       std::shared_ptr<std::vector<std::string>> heard) {
  return {
    [=](const event::any& what) {
      if (auto* away = std::get_if<event::server_away>(&what))
        heard->push_back(away->words);
      else if (auto* back = std::get_if<event::server_back>(&what))
        heard->push_back(back->server + " is back");
      else
        heard->push_back(std::get<event::note>(what).line);
    },
    [](atom::finish, const run_outcome&) {},
  };
}

struct join_client_fixture : test::actor_fixture {
  join_client_fixture() {
    host->place = {.client = client, .proof = {client_id{5}, {9}, {}}, .layout = layout};
    join_client_config cfg;
    cfg.id = client_id{5};
    cfg.server = "localhost:8081";
    cfg.server_host = "localhost";
    cfg.host = host_handle;
    cfg.reporter = spawn(listener, heard);
    cfg.dial = [this](const join_client_actor&) {
      calls.push_back(std::make_shared<test::recording_stream>());
      return calls.back();
    };
    cfg.pauses = {.first = 1s, .cap = 4s, .max_attempts = UINT32_MAX};
    cfg.patience = 60s;
    cfg.jitter = [] { return 1.0; };
    joiner = spawn_join_client(sys, std::move(cfg));
    settle();
  }

  // A call that was opened ends before its client does.
  ~join_client_fixture() {
    end(joiner);
    tell_over();
    host->owed.clear();
    within(client, [this] {
      desk->owed_fits.clear();
      desk->owed_evaluations.clear();
    });
  }

  test::recording_stream& call() { return *calls.back(); }

  void hear(const proto::ServerMessage& msg) { hear_raw(wire::serialize(msg)); }

  void hear_raw(const grpc::ByteBuffer& raw) {
    test::arrive(joiner, call(), raw);
    settle();
  }

  void hear_greeting(uint8_t nonce = 1) { hear(wire::greeting_to_proto(words_with(nonce))); }

  void tell_over(const grpc::Status& status = {grpc::StatusCode::UNAVAILABLE, "no route"}) {
    self->send(joiner, atom::left_v, status);
    settle();
  }

  void join() {
    hear_greeting();
    REQUIRE(call().written.size() == 1);
  }

  void come_back(uint8_t nonce) {
    tell_over();
    advance(1s);
    hear_greeting(nonce);
  }

  /// What was said last in the call that was opened last.
  proto::ClientMessage said() {
    REQUIRE_FALSE(call().written.empty());
    auto msg = wire::parse_client_message(call().written.back());
    REQUIRE(msg);
    return *msg;
  }

  static proto::ServerMessage fit_message(uint64_t round, exchange how = exchange::ipfs) {
    fit_ins ins{};
    ins.round = round;
    ins.base = test::some_model(1);
    return *wire::fit_ins_to_proto(ins, how);
  }

  static fit_res update(uint64_t round) {
    fit_res res{};
    res.round = round;
    res.num_examples = 10;
    res.model = test::some_model(7);
    return res;
  }

  /// One that has to be announced.
  static fit_res long_update(uint64_t round, ticket_ptr ticket = nullptr) {
    auto res = update(round);
    res.metrics["notes"] = std::string(wire::unannounced_bytes, 'x');
    res.ticket = std::move(ticket);
    return res;
  }

  /// The client answers the oldest fit that it owes.
  void answer_fit(const expected<fit_res>& outcome) {
    within(client, [&] {
      REQUIRE_FALSE(desk->owed_fits.empty());
      auto reply = std::move(desk->owed_fits.front());
      desk->owed_fits.pop_front();
      outcome ? reply.deliver(*outcome) : reply.deliver(outcome.error());
    });
  }

  void seat_one() {
    within(host_handle, [this] {
      auto place = host->place;
      place.proof.signature[0] = 77;
      host->owed.front().deliver(place);
      host->owed.pop_front();
    });
  }

  bool has_left() const { return !host->left.empty(); }

  caf::error left_with() const {
    REQUIRE(host->left.size() == 1);
    CHECK(host->left[0].first == client_id{5});
    return host->left[0].second;
  }

  layout_ptr layout = test::vector_layout(3);
  client_desk_ptr desk = std::make_shared<client_desk>();
  late_client client = spawn(desk_client, desk);
  host_desk_ptr host = std::make_shared<host_desk>();
  test::late_double<client_host_actor> host_handle = spawn(desk_host, host);
  std::shared_ptr<std::vector<std::string>> heard = std::make_shared<std::vector<std::string>>();
  std::vector<std::shared_ptr<test::recording_stream>> calls;
  join_client_actor joiner;
};

} // namespace

// -- joining -------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_client_fixture, "a greeting goes to the host, and its proof to the server") {
  hear_greeting(7);
  REQUIRE(host->greeted.size() == 1);
  CHECK(host->greeted[0].run == test::some_words().run);
  CHECK(host->greeted[0].http == "http://localhost:8082");
  auto proof = wire::proof_from_proto(said());
  REQUIRE(proof);
  CHECK(proof->client == client_id{5});
  CHECK(proof->signature[0] == 7);
}

TEST_CASE_METHOD(join_client_fixture,
                 "a host that declines is told to the server, and is the end") {
  host->refuse = make_error(ec::usage, "no such data here");
  hear_greeting();
  CHECK(wire::proof_from_proto(said()).error() == ec::rejected);
  CHECK(call().status->ok()); // What was said still arrives.
  CHECK_FALSE(has_left());
  tell_over({grpc::StatusCode::PERMISSION_DENIED, "you can't join"});
  CHECK(left_with() == ec::usage);
  CHECK(calls.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture,
                 "a seat for a call that is over isn't taken in the next one") {
  host->hold = true;
  hear_greeting(1);
  come_back(2);
  seat_one();
  CHECK(call().written.empty());
  seat_one();
  CHECK(call().written.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "whom the server refuses leaves with its words") {
  join();
  hear(wire::refusal_to_proto("client id 5 is held by another key"));
  tell_over({grpc::StatusCode::PERMISSION_DENIED, "denied"});
  CHECK(left_with() == ec::rejected);
  CHECK_THAT(render(left_with()), Contains("client 5") && Contains("held by another key"));
  advance(60s);
  CHECK(calls.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "a status that no second call would change is the end") {
  auto code = GENERATE(grpc::StatusCode::PERMISSION_DENIED, grpc::StatusCode::INVALID_ARGUMENT,
                       grpc::StatusCode::UNIMPLEMENTED);
  tell_over({code, "what for?"});
  CHECK(left_with() == ec::rejected);
  CHECK_THAT(render(left_with()), Contains("what for?"));
}

TEST_CASE_METHOD(join_client_fixture, "a server that doesn't greet isn't one of ours") {
  proto::ServerMessage msg;
  SECTION("it asks for parameters") { msg.mutable_get_parameters_ins(); }
  SECTION("it asks for a fit") { msg = fit_message(1, exchange::plain); }
  SECTION("it says nothing") {}
  hear(msg);
  CHECK(left_with() == ec::rejected);
  CHECK_THAT(render(left_with()), Contains("localhost:8081") && Contains("didn't greet"));
  CHECK(call().status->error_code() == grpc::StatusCode::CANCELLED);
  CHECK(desk->fits.empty());
}

TEST_CASE_METHOD(join_client_fixture, "a greeting that lacks something is corrupt") {
  auto msg = wire::greeting_to_proto(words_with(1));
  auto& config = *msg.mutable_get_properties_ins()->mutable_config();
  SECTION("the run") { config.erase("flwr_actor.run"); }
  SECTION("the nonce") { config.erase("flwr_actor.nonce"); }
  SECTION("a place of this host") { config["flwr_actor.http"].set_string("http://elsewhere:80"); }
  hear(msg);
  CHECK(left_with() == ec::corrupt);
  CHECK(host->greeted.empty());
}

// -- instructions --------------------------------------------------------------------------------

TEST_CASE_METHOD(join_client_fixture, "a fit is passed on, and its answer back") {
  join();
  hear(fit_message(3));
  REQUIRE(desk->fits.size() == 1);
  CHECK(desk->fits[0].client == client_id{5});
  CHECK(desk->fits[0].round == 3);
  CHECK(desk->fits[0].base.id == test::some_model(1).id);
  CHECK_FALSE(desk->fits[0].base.tensors);
  answer_fit(update(3));
  auto msg = said();
  CHECK(msg.fit_res().num_examples() == 10);
  CHECK(msg.fit_res().parameters().tensors_size() == 0);
  CHECK(msg.fit_res().metrics().at("flwr_actor.model").string() == to_text(update(3).model.id));
}

TEST_CASE_METHOD(join_client_fixture, "tensors travel where the run says so") {
  host->place.with_tensors = true;
  join();
  hear(fit_message(3, exchange::with_tensors));
  REQUIRE(desk->fits.size() == 1);
  REQUIRE(desk->fits[0].base.tensors);
  CHECK(test::values_of(*desk->fits[0].base.tensors) == std::vector<float>{1, 2, 3});
  answer_fit(update(3));
  auto tensors = wire::tensors_in(said().fit_res().parameters(), layout);
  REQUIRE(tensors);
  CHECK(test::values_of(**tensors) == std::vector<float>{7, 2, 3});
}

TEST_CASE_METHOD(join_client_fixture, "a long update is announced, and waits for the go-ahead") {
  auto held = std::make_shared<int>();
  host->place.with_tensors = true;
  join();
  hear(fit_message(3, exchange::with_tensors));
  answer_fit(long_update(3, held));
  REQUIRE(call().written.size() == 2); // The proof is the first.
  auto bytes = wire::announcement_in(said());
  CHECK(held.use_count() == 2);

  hear(wire::go_ahead());
  REQUIRE(call().written.size() == 3);
  CHECK(said().has_fit_res());
  CHECK(call().written.back().Length() == bytes);
  CHECK(held.use_count() == 1);
  hear(fit_message(4, exchange::with_tensors));
  CHECK(desk->fits.size() == 2);
}

TEST_CASE_METHOD(join_client_fixture, "an announced update isn't sent in another call") {
  auto held = std::make_shared<int>();
  host->place.with_tensors = true;
  join();
  hear(fit_message(3, exchange::with_tensors));
  answer_fit(long_update(3, held));
  come_back(2);
  CHECK(held.use_count() == 1);
  hear(fit_message(3, exchange::with_tensors));
  answer_fit(long_update(3, held));
  CHECK(wire::announcement_in(said()));
  hear(wire::go_ahead());
  CHECK(said().has_fit_res());
}

TEST_CASE_METHOD(join_client_fixture,
                 "a server that wants what wasn't announced loses its client") {
  host->place.with_tensors = true;
  join();
  SECTION("before it asks") {}
  SECTION("before the answer is ready") { hear(fit_message(1, exchange::with_tensors)); }
  SECTION("after an answer that isn't announced") {
    hear(fit_message(1, exchange::with_tensors));
    answer_fit(update(1));
  }
  SECTION("twice") {
    hear(fit_message(1, exchange::with_tensors));
    answer_fit(long_update(1));
    hear(wire::go_ahead());
    CHECK_FALSE(has_left());
  }
  hear(wire::go_ahead());
  CHECK(left_with() == ec::corrupt);
  CHECK_THAT(render(left_with()), Contains("wants an answer that wasn't announced"));
}

TEST_CASE_METHOD(join_client_fixture, "a server that asks again instead of a go-ahead is left") {
  host->place.with_tensors = true;
  join();
  hear(fit_message(1, exchange::with_tensors));
  answer_fit(long_update(1));
  hear(fit_message(2, exchange::with_tensors));
  CHECK(left_with() == ec::corrupt);
}

TEST_CASE_METHOD(join_client_fixture, "a short update isn't announced, nor one without tensors") {
  auto with_tensors = GENERATE(true, false);
  auto res = with_tensors ? update(3) : long_update(3);
  host->place.with_tensors = with_tensors;
  join();
  hear(fit_message(3, with_tensors ? exchange::with_tensors : exchange::ipfs));
  answer_fit(res);
  CHECK(call().written.size() == 2);
  CHECK(said().has_fit_res());
}

TEST_CASE_METHOD(join_client_fixture, "a long update for a call that is over isn't announced") {
  host->place.with_tensors = true;
  join();
  hear(fit_message(3, exchange::with_tensors));
  come_back(2);
  answer_fit(long_update(3));
  CHECK(call().written.size() == 1);
  CHECK(calls[0]->written.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "an evaluation is passed on, and its answer back") {
  join();
  evaluate_ins ins{};
  ins.round = 3;
  ins.model = test::some_model(1);
  hear(*wire::evaluate_ins_to_proto(ins, exchange::ipfs));
  REQUIRE(desk->evaluations.size() == 1);
  evaluate_res res{};
  res.loss = 0.5;
  within(client, [&] { desk->owed_evaluations.front().deliver(res); });
  CHECK(said().evaluate_res().loss() == 0.5);
}

TEST_CASE_METHOD(join_client_fixture, "a client's error is told, and the next instruction taken") {
  join();
  hear(fit_message(1));
  answer_fit(make_error(ec::io, "the disk is gone"));
  CHECK(said().fit_res().status().code() != proto::OK);
  CHECK(said().fit_res().status().message() == "the disk is gone");
  hear(fit_message(2));
  CHECK(desk->fits.size() == 2);
}

TEST_CASE_METHOD(join_client_fixture, "an instruction that can't be read is answered so") {
  join();
  auto msg = fit_message(1);
  SECTION("no round") { msg.mutable_fit_ins()->mutable_config()->erase("flwr_actor.round"); }
  SECTION("no base") { msg.mutable_fit_ins()->mutable_config()->erase("flwr_actor.base"); }
  SECTION("junk for tensors") {
    msg.mutable_fit_ins()->mutable_parameters()->set_tensor_type("numpy.ndarray");
    msg.mutable_fit_ins()->mutable_parameters()->add_tensors("junk");
  }
  hear(msg);
  CHECK(desk->fits.empty());
  CHECK(said().fit_res().status().code() != proto::OK);
  hear(fit_message(2));
  CHECK(desk->fits.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "a server that breaks the protocol loses its client") {
  join();
  SECTION("bytes that are no message") { hear_raw(test::buffer_of("\xff\xff\xff\xff")); }
  SECTION("an empty message") { hear({}); }
  SECTION("parameters asked for") {
    proto::ServerMessage msg;
    msg.mutable_get_parameters_ins();
    hear(msg);
  }
  SECTION("a second instruction before the first is answered") {
    hear(fit_message(1));
    hear(fit_message(2));
    CHECK(desk->fits.size() == 1);
  }
  CHECK(left_with() == ec::corrupt);
  CHECK(call().status->error_code() == grpc::StatusCode::CANCELLED);
}

TEST_CASE_METHOD(join_client_fixture, "a refusal during the run is told, and isn't the end") {
  join();
  hear(fit_message(1));
  answer_fit(update(1));
  hear(wire::refusal_to_proto("num_examples is 0"));
  CHECK_THAT(heard->back(), Contains("client 5") && Contains("num_examples is 0"));
  CHECK_FALSE(has_left());
  hear(fit_message(2));
  CHECK(desk->fits.size() == 2);
}

// -- the server is away --------------------------------------------------------------------------

TEST_CASE_METHOD(join_client_fixture, "it dials a server again whose memory was spent") {
  join();
  tell_over({grpc::StatusCode::RESOURCE_EXHAUSTED, "Received RST_STREAM with error code 11"});
  CHECK_THAT(heard->back(), Contains("it has no memory left for what its clients send"));
  advance(5s);
  CHECK(calls.size() == 2);
}

TEST_CASE_METHOD(join_client_fixture, "it dials again after growing pauses") {
  tell_over();
  for (auto pause : {1s, 2s, 4s, 4s}) {
    auto dialled = calls.size();
    advance(pause - 1ms);
    CHECK(calls.size() == dialled);
    advance(1ms);
    CHECK(calls.size() == dialled + 1);
    tell_over();
  }
  CHECK_THAT(heard->back(), Contains("waiting for the server at localhost:8081")
                              && Contains("11 s of 60 s") && Contains("no route"));
}

TEST_CASE_METHOD(join_client_fixture, "a server that stays away is unreachable in the end") {
  for (auto passed = 0s; passed < 60s; passed += 4s) {
    CHECK_FALSE(has_left());
    tell_over();
    advance(4s);
  }
  tell_over();
  CHECK(left_with() == ec::unreachable);
  CHECK_THAT(render(left_with()), Contains("localhost:8081") && Contains("60 s"));
  auto dialled = calls.size();
  advance(60s);
  CHECK(calls.size() == dialled);
}

TEST_CASE_METHOD(join_client_fixture, "patience starts anew when the server was there") {
  for (auto passed = 0s; passed < 40s; passed += 4s) {
    tell_over();
    advance(4s);
  }
  hear_greeting();
  CHECK_THAT(heard->back(), Contains("is back"));
  for (auto passed = 0s; passed < 40s; passed += 4s) {
    tell_over();
    advance(4s);
  }
  CHECK_FALSE(has_left());
}

TEST_CASE_METHOD(join_client_fixture, "a fit goes on while the server is away") {
  join();
  hear(fit_message(3));
  come_back(2); // In the midst of it: nobody waits for its end.
  REQUIRE(calls.size() == 2);
  hear(fit_message(3));
  CHECK(desk->fits.size() == 2); // The client joins them.

  answer_fit(update(3));
  CHECK(said().has_get_properties_res()); // The old call's answer isn't this one's.
  answer_fit(update(3));
  CHECK(said().fit_res().num_examples() == 10);
  CHECK(calls[0]->written.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "an answer that was ready meanwhile waits to be asked for") {
  join();
  hear(fit_message(3));
  tell_over();
  answer_fit(update(3));
  advance(1s);
  hear_greeting(2);
  CHECK(call().written.size() == 1);
  CHECK(said().has_get_properties_res());
}

// -- the end -------------------------------------------------------------------------------------

TEST_CASE_METHOD(join_client_fixture, "at goodbye it leaves in peace, in the midst of a fit, too") {
  join();
  SECTION("idle") {}
  SECTION("in a fit") { hear(fit_message(3)); }
  hear(wire::goodbye());
  CHECK_FALSE(left_with());
  tell_over(grpc::Status::OK);
  advance(60s);
  CHECK(calls.size() == 1);
  CHECK(host->left.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "it ends when gRPC is done with its call") {
  join();
  hear(fit_message(3));
  self->monitor(joiner);
  end(joiner);
  CHECK(call().status->error_code() == grpc::StatusCode::CANCELLED);
  CHECK_FALSE(self->has_next_message());
  tell_over(grpc::Status::CANCELLED);
  CHECK(self->has_next_message());
  CHECK(calls.size() == 1);
}

TEST_CASE_METHOD(join_client_fixture, "between calls it ends at once, and dials no more") {
  tell_over();
  self->monitor(joiner);
  end(joiner);
  CHECK(self->has_next_message());
  advance(60s);
  CHECK(calls.size() == 1);
}
