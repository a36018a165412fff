#include "actors/supervisor.hpp"

#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

reporter_actor::behavior_type reporter_double(reporter_actor::pointer,
                                              std::shared_ptr<std::vector<std::string>> seen) {
  return {[](const event::any&) {},
          [=](atom::finish, const run_outcome& how) {
            seen->push_back(how.why ? "finish: " + render(how.why) : "finish");
          }};
}

/// A member that ends when it is asked to, or only when it is killed.
caf::behavior member_double(caf::event_based_actor* self, std::string name, bool stubborn,
                            std::shared_ptr<std::vector<std::string>> seen) {
  self->set_exit_handler([=](const caf::exit_msg& msg) {
    seen->push_back(name + (msg.reason == ec::stopped ? " stopped" : ""));
    if (!stubborn)
      self->quit(msg.reason);
  });
  return {[=](atom::fetch) { self->quit(caf::exit_reason::unhandled_exception); }};
}

struct supervisor_fixture : test::actor_fixture {
  void employ(std::vector<std::pair<std::string, bool>> names) {
    supervisor_config cfg;
    for (auto& [name, stubborn] : names) {
      members.push_back(sys.spawn(member_double, name, stubborn, seen));
      cfg.cast.push_back({name, members.back()});
    }
    cfg.reporter = spawn(reporter_double, seen);
    cfg.farewell = [this](farewell last) { over.push_back(std::move(last)); };
    boss = own(spawn_supervisor(sys, cfg));
  }

  std::vector<caf::actor> members;
  std::shared_ptr<std::vector<std::string>> seen = std::make_shared<std::vector<std::string>>();
  std::vector<farewell> over;
  supervisor_actor boss;
};

} // namespace

TEST_CASE_METHOD(supervisor_fixture, "supervisor ends the cast in order, the reporter last") {
  employ({{"coordinator", false}, {"recorder", false}, {"store", false}});
  self->send(boss, atom::over_v, run_outcome{});
  settle();
  CHECK(*seen == std::vector<std::string>{"coordinator", "recorder", "store", "finish"});
  REQUIRE(over.size() == 1);
  CHECK_FALSE(over[0].outcome.why);
  CHECK(over[0].stuck.empty());
}

TEST_CASE_METHOD(supervisor_fixture, "supervisor tells the cast whether the run was stopped") {
  employ({{"coordinator", false}, {"store", false}});
  self->send(boss, atom::stop_v);
  settle();
  REQUIRE(seen->size() == 3);
  CHECK(seen->at(0) == "coordinator stopped");
  CHECK(seen->at(1) == "store stopped");
}

TEST_CASE_METHOD(supervisor_fixture, "supervisor kills who does not end within the grace") {
  employ({{"coordinator", false}, {"trainer pool", true}, {"store", false}});
  self->send(boss, atom::stop_v);
  settle();
  CHECK(over.empty());
  advance(1500ms);
  REQUIRE(over.size() == 1);
  CHECK(over[0].outcome.why == ec::stopped);
  CHECK(over[0].stuck == std::vector<std::string>{"trainer pool", "store"});
}

TEST_CASE_METHOD(supervisor_fixture, "a member that dies unasked ends the run as a bug of ours") {
  employ({{"coordinator", false}, {"aggregator", false}});
  self->send(members[1], atom::fetch_v);
  settle();
  REQUIRE(over.size() == 1);
  CHECK(over[0].outcome.why == ec::bug);
  CHECK(render(over[0].outcome.why).find("the aggregator died") == 0);
}
