#include "actors/client_reporter.hpp"

#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

struct client_reporter_fixture : test::actor_fixture {
  void start(uint64_t clients) {
    reporter = own(
      spawn_client_reporter(sys, {.clients = clients,
                                  .bar = false,
                                  .say = [this](const std::string& line) { said.push_back(line); },
                                  .progress = [](const std::string&) {}}));
  }

  void tell(event::any what) {
    self->send(reporter, std::move(what));
    settle();
  }

  lines said;
  reporter_actor reporter;
};

} // namespace

TEST_CASE_METHOD(client_reporter_fixture, "clients that all lose their server say so once") {
  start(3);
  for (int i = 0; i < 3; ++i)
    tell(event::server_away{"away for 0 s"});
  CHECK(said == lines{"away for 0 s"});
  advance(4s);
  tell(event::server_away{"away for 4 s"});
  CHECK(said.size() == 1);
  advance(1s);
  tell(event::server_away{"away for 5 s"});
  CHECK(said.back() == "away for 5 s");
  for (int i = 0; i < 3; ++i)
    tell(event::server_back{"localhost:8081"});
  CHECK(said == lines{"away for 0 s", "away for 5 s", "the server at localhost:8081 is here"});
  tell(event::server_away{"away again"});
  CHECK(said.back() == "away again");
}

TEST_CASE_METHOD(client_reporter_fixture,
                 "a process tells of its clients' training if they are few") {
  start(8);
  tell(event::training{client_id{3}, 2, 5, 10});
  tell(event::training{client_id{3}, 2, 10, 10});
  CHECK(said == lines{"round 2: client 3 has trained"});
  said.clear();
  start(9);
  tell(event::training{client_id{3}, 2, 10, 10});
  CHECK(said.empty());
}

TEST_CASE_METHOD(client_reporter_fixture,
                 "a process says that the run is over, unless it broke off") {
  start(1);
  CHECK(
    ask<void>(reporter, atom::finish_v, run_outcome{make_error(ec::stopped, "interrupted")})->done);
  CHECK(said.empty());
  CHECK(ask<void>(reporter, atom::finish_v, run_outcome{})->done);
  CHECK(said == lines{"the run is over"});
}
