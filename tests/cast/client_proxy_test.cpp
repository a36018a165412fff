#include "actors/client_proxy.hpp"

#include "actors/chain/address.hpp"
#include "tests/support/coordinator_double.hpp"
#include "tests/support/identities.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

/// What a scripted CLIENT was told, and the answers that it still owes.
struct client_script {
  std::vector<uint64_t> fits, evaluations, cancelled;
  std::vector<caf::typed_response_promise<fit_res>> owed_fits;
  std::vector<caf::typed_response_promise<evaluate_res>> owed_evaluations;
};

using client_double = test::late_double<client_actor>;

client_double::behavior_type scripted_client(client_double::pointer self,
                                             std::shared_ptr<client_script> seen) {
  return {
    [=](atom::fit, const fit_ins& ins) -> caf::result<fit_res> {
      seen->fits.push_back(ins.round);
      return seen->owed_fits.emplace_back(self->make_response_promise<fit_res>());
    },
    [=](atom::evaluate, const evaluate_ins& ins) -> caf::result<evaluate_res> {
      seen->evaluations.push_back(ins.round);
      return seen->owed_evaluations.emplace_back(self->make_response_promise<evaluate_res>());
    },
    [=](atom::cancel, phase_kind, uint64_t round) { seen->cancelled.push_back(round); },
    test::act_on_stage(),
  };
}

struct client_proxy_fixture : test::coordinator_fixture {
  client_proxy_fixture() { join(client); }

  void join(const client_actor& who) {
    self->send(proxy, atom::joined_v, who);
    settle();
  }

  void ask_fit(uint64_t round) {
    instruct(
      proxy, atom::fit_v,
      fit_ins{
        .client = client_id{8}, .round = round, .base = {base, {}}, .config = {}, .refused = {}});
  }

  void ask_evaluate(uint64_t round) {
    instruct(
      proxy, atom::evaluate_v,
      evaluate_ins{.client = client_id{8}, .round = round, .model = {base, {}}, .config = {}});
  }

  fit_res good(uint64_t round) const { return test::signed_by(client_id{8}, unsigned_res(round)); }

  fit_res unsigned_res(uint64_t round) const {
    return {.client = {},
            .round = round,
            .base = base,
            .num_examples = 5,
            .model = {},
            .metrics = {},
            .signer = {},
            .signature = {},
            .ticket = {}};
  }

  /// The client answers what it was asked last, or says why not.
  template <class Outcome>
  void answer(Outcome outcome) {
    within(client, [=, this] { seen->owed_fits.back().deliver(outcome); });
  }

  /// The client's process dies, and starts again.
  void come_again() {
    end(client);
    client = spawn(scripted_client, seen);
    join(client);
  }

  content_id base{.digest = {1}};
  std::shared_ptr<client_script> seen = std::make_shared<client_script>();
  client_double client = spawn(scripted_client, seen);
  client_proxy_actor proxy =
    own(spawn_client_proxy(sys, {.id = client_id{8},
                                 .key = test::address_of_client(client_id{8}),
                                 .run = test::some_run(),
                                 .max_examples = 100,
                                 .rejoin_grace = 30s,
                                 .manager = {}}));
};

} // namespace

TEST_CASE_METHOD(client_proxy_fixture, "proxy tells when its instruction leaves, then the answer") {
  ask_fit(3);
  CHECK(heard->sent == std::vector{std::pair{phase_kind::fit, uint64_t{3}}});
  answer(good(3));
  REQUIRE(heard->fits.size() == 1);
  CHECK(heard->fits[0].client == client_id{8});
  CHECK(heard->fits[0].num_examples == 5);
  CHECK(heard->fits[0].signer == test::address_of_client(client_id{8}));
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy refuses answers that don't fit the instruction") {
  ask_fit(3);
  auto res = good(3);
  SECTION("another round") { res.round = 2; }
  SECTION("another base") { res.base.digest[0] = 2; }
  SECTION("no examples") { res.num_examples = 0; }
  SECTION("a negative number of examples") { res.num_examples = -7; }
  SECTION("too many examples") { res.num_examples = 101; }
  answer(res);
  CHECK(heard->fits.empty());
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == ec::rejected);
  CHECK(heard->failures[0].client == client_id{8});
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy counts only what its client's key has signed") {
  ask_fit(3);
  auto res = good(3);
  std::string words;
  SECTION("nobody's signature") {
    res.signature = {};
    words = "signature";
  }
  SECTION("another client's key") {
    res = unsigned_res(3);
    res.client = client_id{8};
    res.signature = *sign_update(res, client_id{8}, test::some_run(), *test::key_of(client_id{9}));
    words = "but client 8 is " + to_text(test::address_of_client(client_id{8}));
  }
  SECTION("another client's id") {
    res.signature = test::signed_by(client_id{9}, unsigned_res(3)).signature;
    words = "the update is signed by";
  }
  SECTION("another run") {
    auto other = test::some_run();
    other.run[0] ^= 1;
    res.signature = *sign_update(res, client_id{8}, other, *test::key_of(client_id{8}));
    words = "the update is signed by";
  }
  SECTION("another chain") {
    auto other = test::some_run();
    other.domain = run_domain(1, {});
    res.signature = *sign_update(res, client_id{8}, other, *test::key_of(client_id{8}));
    words = "the update is signed by";
  }
  SECTION("another round's signature") {
    res.signature = good(2).signature;
    words = "the update is signed by";
  }
  SECTION("another model") {
    res.model.id.digest[0] ^= 1;
    words = "the update is signed by";
  }
  SECTION("more examples than were signed") {
    ++res.num_examples;
    words = "the update is signed by";
  }
  SECTION("other metrics") {
    res.metrics = {{"loss", 0.0}};
    words = "the update is signed by";
  }
  SECTION("a high s") {
    res.signature = test::with_high_s(res.signature);
    words = "signature";
  }
  SECTION("metrics that no manifest can hold") {
    res.metrics = {{"note", std::string(2000, 'x')}};
    res = test::signed_by(client_id{8}, res);
    words = "1024";
  }
  SECTION("metrics beyond ASCII") {
    res.metrics = {{"note", std::string{"caf\xc3\xa9"}}};
    words = "ASCII";
  }
  answer(res);
  CHECK(heard->fits.empty());
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == ec::rejected);
  CAPTURE(render(heard->failures[0].why));
  CHECK(render(heard->failures[0].why).find(words) != std::string::npos);
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy has one instruction out and keeps the order") {
  ask_evaluate(1);
  ask_fit(2);
  CHECK(seen->evaluations == std::vector<uint64_t>{1});
  CHECK(seen->fits.empty());
  evaluate_res tested{.client = {}, .round = 1, .num_examples = 9, .loss = 2, .metrics = {}};
  within(client, [&] { seen->owed_evaluations[0].deliver(tested); });
  REQUIRE(heard->evaluations.size() == 1);
  CHECK(heard->evaluations[0].client == client_id{8});
  CHECK(seen->fits == std::vector<uint64_t>{2});
}

TEST_CASE_METHOD(client_proxy_fixture,
                 "proxy refuses a loss that isn't finite, by name and value") {
  auto [loss, words] = GENERATE(table<float, std::string>(
    {{std::numeric_limits<float>::quiet_NaN(), "client 8 says that its loss is nan"},
     {-std::numeric_limits<float>::quiet_NaN(), "client 8 says that its loss is nan"},
     {std::numeric_limits<float>::infinity(), "client 8 says that its loss is inf"},
     {-std::numeric_limits<float>::infinity(), "client 8 says that its loss is -inf"}}));
  ask_evaluate(1);
  evaluate_res tested{.client = {}, .round = 1, .num_examples = 9, .loss = loss, .metrics = {}};
  within(client, [&] { seen->owed_evaluations[0].deliver(tested); });
  CHECK(heard->evaluations.empty());
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == ec::rejected);
  CHECK(heard->failures[0].what == phase_kind::evaluate);
  CHECK_THAT(render(heard->failures[0].why), Catch::StartsWith(words));
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy passes the client's own words on") {
  ask_fit(1);
  answer(make_error(ec::rejected, "the learner threw: no data"));
  REQUIRE(heard->failures.size() == 1);
  CHECK(render(heard->failures[0].why) == "the learner threw: no data");
}

TEST_CASE_METHOD(client_proxy_fixture,
                 "proxy sends the instruction again to a client that is back") {
  ask_fit(1);
  end(client);
  advance(29s);
  CHECK(heard->failures.empty());
  client = spawn(scripted_client, seen);
  join(client);
  CHECK(seen->fits == std::vector<uint64_t>{1, 1});
  advance(60s);
  CHECK(heard->failures.empty());
  answer(good(1));
  CHECK(heard->fits.size() == 1);
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy gives a client up when its grace is over") {
  ask_fit(1);
  end(client);
  advance(30s);
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == ec::unreachable);
  ask_fit(2);
  CHECK(heard->failures.size() == 2);
  join(spawn(scripted_client, seen));
  ask_fit(3);
  CHECK(seen->fits.back() == 3);
}

TEST_CASE_METHOD(client_proxy_fixture,
                 "a client that comes and goes holds no instruction up for ever") {
  auto [half, words] = GENERATE(table<phase_kind, std::string>(
    {{phase_kind::fit, "client 8 came back 20 times without an answer to fit_round 1"},
     {phase_kind::evaluate, "client 8 came back 20 times without an answer to evaluate_round 1"}}));
  half == phase_kind::fit ? ask_fit(1) : ask_evaluate(1);
  ask_fit(2);
  for (int returns = 0; returns < 20; ++returns) {
    come_again();
    CHECK(heard->failures.empty());
  }
  come_again();
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].what == half);
  CHECK(heard->failures[0].round == 1);
  CHECK(render(heard->failures[0].why) == words);

  CHECK(seen->fits.back() == 2); // It has twenty more to answer this one.
  come_again();
  answer(good(2));
  CHECK(heard->fits.size() == 1);
  CHECK(heard->failures.size() == 1);
}

TEST_CASE_METHOD(client_proxy_fixture, "connections that replace each other hold nothing up") {
  ask_fit(1);
  for (int returns = 0; returns < 21; ++returns) {
    CHECK(heard->failures.empty());
    client = spawn(scripted_client, seen);
    join(client);
  }
  REQUIRE(heard->failures.size() == 1);
  CHECK_THAT(render(heard->failures[0].why), Catch::Contains("came back 20 times"));
  ask_fit(2);
  answer(good(2));
  CHECK(heard->fits.size() == 1);
}

TEST_CASE_METHOD(client_proxy_fixture, "what a client breaks fails at once, and only that") {
  ask_fit(1);
  auto why = make_error(ec::corrupt, "client 8 broke the protocol: it spoke unasked");
  answer(why);
  REQUIRE(heard->failures.size() == 1);
  CHECK(heard->failures[0].why == why);
  CHECK(render(heard->failures[0].why) == render(why));
  come_again();
  ask_fit(2);
  answer(good(2));
  CHECK(heard->fits.size() == 1);
}

TEST_CASE_METHOD(client_proxy_fixture, "a second connection replaces the first, which is ended") {
  ask_fit(1);
  auto first = client;
  client = spawn(scripted_client, seen);
  join(client);
  CHECK(ask<fit_res>(first, atom::fit_v, fit_ins{})->error == caf::sec::request_receiver_down);
  CHECK(heard->fits.empty());
  answer(good(1));
  CHECK(heard->fits.size() == 1);
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy keeps silent about a round that is over") {
  ask_fit(1);
  self->send(proxy, atom::cancel_v, phase_kind::fit, uint64_t{1});
  settle();
  CHECK(seen->cancelled == std::vector<uint64_t>{1});
  answer(good(1));
  CHECK(heard->fits.empty());
  CHECK(heard->failures.empty());
}

TEST_CASE_METHOD(client_proxy_fixture,
                 "a client that is late with one round is late with the next") {
  ask_fit(1);
  self->send(proxy, atom::cancel_v, phase_kind::fit, uint64_t{1});
  ask_fit(2);
  CHECK(heard->sent.back() == std::pair{phase_kind::fit, uint64_t{2}});
  CHECK(seen->fits == std::vector<uint64_t>{1});
  answer(good(1));
  CHECK(seen->fits == std::vector<uint64_t>{1, 2});
  CHECK(heard->sent.size() == 2);
}

TEST_CASE_METHOD(client_proxy_fixture, "proxy ends its client and fails what is open") {
  ask_fit(1);
  ask_fit(2);
  end(proxy);
  CHECK(heard->failures.size() == 2);
  join(client);
  CHECK(ask<fit_res>(client, atom::fit_v, fit_ins{})->error == caf::sec::request_receiver_down);
}
