#include "actors/reporter.hpp"

#include "tests/runtime/temporary_directory.hpp"
#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

struct reporter_fixture : test::actor_fixture {
  void start(bool bar = false) {
    reporter = own(
      spawn_reporter(sys, {.rounds = 2,
                           .ledger = ledger_place{"0xc0ffee", 7},
                           .folder = folder.path(),
                           .bar = bar,
                           .guests = true,
                           .say = [this](const std::string& line) { said.push_back(line); },
                           .progress = [this](const std::string& line) { drawn.push_back(line); },
                           .data = [this](const std::string& text) { data = text; }}));
  }

  void tell(event::any what) {
    self->send(reporter, std::move(what));
    settle();
  }

  void fit(uint64_t round, uint64_t updates = 2) {
    event::fit_closed what{};
    what.round = round;
    what.results = what.updates = updates;
    tell(what);
  }

  void evaluated(uint64_t round, double loss) {
    event::evaluate_closed what{};
    what.round = round;
    what.results = 2;
    what.distributed = event::score{loss, {{"accuracy", 0.5}}};
    tell(what);
  }

  void record(uint64_t round) {
    event::round_recorded what{};
    what.what.round = round;
    what.what.transaction = tx_hash{0xab};
    what.what.gas_used = 56623;
    tell(what);
  }

  long lines_with(const std::string& words) const {
    return std::ranges::count_if(
      said, [&](const auto& line) { return line.find(words) != std::string::npos; });
  }

  std::string content(const char* name) const {
    std::ifstream file{folder / name};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  temporary_directory folder;
  std::vector<std::string> said, drawn;
  std::string data;
  reporter_actor reporter;
};

} // namespace

TEST_CASE_METHOD(reporter_fixture, "reporter enters rounds in order, once tested and recorded") {
  start();
  fit(1);
  fit(2);
  evaluated(2, 10);
  record(2);
  record(1);
  CHECK(lines_with("[ROUND") == 0);
  evaluated(1, 20);
  CHECK(lines_with("[ROUND 1/2] 2 updates, loss 20.0000, accuracy 0.5000") == 1);
  CHECK(lines_with("[ROUND 2/2] 2 updates, loss 10.0000") == 1);
  CHECK(lines_with(", gas 56623, fit ") == 2);
  CHECK(content("history.json").find(R"("tx":"0xab00)") != std::string::npos);
  CHECK(content("history.json").find(R"("round":2)") != std::string::npos);
  auto csv = content("history.csv");
  CHECK(std::ranges::count(csv, '\n') == 3);
}

TEST_CASE_METHOD(reporter_fixture, "a long history isn't written after each round, but soon") {
  start();
  auto rounds_written = [&] {
    auto csv = content("history.csv");
    return std::ranges::count(csv, '\n') - 1;
  };
  for (uint64_t round = 1; round <= 300; ++round) {
    fit(round);
    evaluated(round, 1);
    record(round);
  }
  CHECK(rounds_written() == 256);
  advance(10min);
  CHECK(rounds_written() == 300);
}

TEST_CASE_METHOD(reporter_fixture, "reporter says what is waited for after 5 s of silence") {
  start();
  tell(event::phase_started{phase_kind::fit, 1, 3, 4});
  tell(event::answered{client_id{1}, phase_kind::fit, 1, {}});
  tell(event::training{client_id{0}, 1, 1, 2});
  advance(4s);
  CHECK(lines_with("waiting") == 0);
  advance(1s);
  CHECK(lines_with("round 1: waiting for 2 of 3 clients to fit, 5 s, 50 % done") == 1);
  for (int second = 0; second < 5; ++second)
    advance(1s);
  CHECK(lines_with("waiting for 2 of 3 clients to fit, 10 s") == 1);
}

TEST_CASE_METHOD(reporter_fixture, "reporter draws one bar at a time, at most ten times a second") {
  start(true);
  tell(event::phase_started{phase_kind::fit, 1, 2, 2});
  advance(200ms);
  tell(event::training{client_id{0}, 1, 1, 2});
  tell(event::training{client_id{1}, 1, 1, 2});
  REQUIRE(drawn.size() == 1);
  CHECK(drawn[0] == "round 1/2 fit [#######.......................] 0/2 clients, 0 s");
  advance(1s);
  tell(event::answered{client_id{0}, phase_kind::fit, 1, {}});
  REQUIRE(drawn.size() == 2);
  CHECK(drawn[1] == "round 1/2 fit [######################........] 1/2 clients, 1 s");
  advance(10s);
  CHECK(lines_with("waiting") == 0); // The bar says it.
}

TEST_CASE_METHOD(reporter_fixture, "reporter tells who comes and goes") {
  start();
  tell(event::waiting{1, 2, 12s});
  tell(event::joined{client_id{0}});
  tell(event::lost{client_id{0}});
  tell(event::returned{client_id{0}});
  tell(event::left{client_id{5}});
  tell(event::turned_away{client_id{7}, make_error(ec::rejected, "there is no client 7")});
  tell(event::turned_away{{}, make_error(ec::corrupt, "no proof")});
  CHECK(said
        == std::vector<std::string>{"waiting for clients: 1 of 2, 12 s", "client 0 has joined",
                                    "client 0 has lost its connection; it may come back",
                                    "client 0 is back", "client 5 has left",
                                    "client 7 is turned away: there is no client 7",
                                    "somebody is turned away: no proof"});
}

TEST_CASE_METHOD(reporter_fixture, "reporter sums up what a crowd does") {
  start();
  for (uint64_t id = 0; id < 30; ++id)
    tell(event::joined{client_id{id}});
  CHECK(lines_with("has joined") == 20);
  for (int second = 0; second < 6; ++second)
    advance(1s);
  CHECK(lines_with("10 more lines about clients that come and go") == 1);
  tell(event::joined{client_id{30}});
  CHECK(lines_with("has joined") == 21);
}

TEST_CASE_METHOD(reporter_fixture, "strangers hide neither clients nor what is waited for") {
  start();
  tell(event::phase_started{phase_kind::fit, 1, 1, 1});
  for (int second = 0; second < 5; ++second) {
    for (uint64_t id = 0; id < 10; ++id)
      tell(event::turned_away{client_id{id}, make_error(ec::rejected, "not the key's proof")});
    advance(1s);
  }
  CHECK(lines_with("not the key's proof") == 20);
  CHECK(lines_with("30 more lines about clients that are turned away") == 1);
  CHECK(lines_with("waiting for 1 of 1 clients to fit") == 1);
  tell(event::lost{client_id{0}});
  CHECK(lines_with("client 0 has lost its connection") == 1);
}

TEST_CASE_METHOD(reporter_fixture, "reporter names whose answer doesn't count, and why") {
  start();
  tell(event::answered{client_id{7}, phase_kind::fit, 1, make_error(ec::rejected, "it is NaN")});
  CHECK(lines_with("round 1: fit of client 7 doesn't count: it is NaN") == 1);
  fit(1, 0);
  CHECK(lines_with("round 1 failed: it keeps the model of the round before") == 1);
}

TEST_CASE_METHOD(reporter_fixture, "reporter's last words are Flower's, and the document") {
  start();
  fit(1);
  evaluated(1, 20);
  record(1);
  CHECK(ask<void>(reporter, atom::finish_v, run_outcome{})->done);
  CHECK(lines_with("FL finished in 0.0") == 1);
  CHECK(lines_with("app_fit: losses_distributed [(1, 20.0)]") == 1);
  CHECK(data + "\n" == content("history.json"));
  CHECK(data.find(R"("contract":"0xc0ffee","chain_id":7)") != std::string::npos);
}

TEST_CASE_METHOD(reporter_fixture, "a history that can't be written is said at the end") {
  start();
  std::filesystem::remove_all(folder.path());
  fit(1);
  evaluated(1, 20);
  record(1);
  auto reply = ask<void>(reporter, atom::finish_v, run_outcome{});
  CHECK(render(reply->error).find("history.json") != std::string::npos);
  CHECK(data.find("losses_distributed") != std::string::npos);
}
