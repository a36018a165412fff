#include "actors/event_tee.hpp"

#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

struct heard {
  int facts = 0;
  int ends = 0;                  ///< As `finish`.
  std::vector<caf::error> ended; ///< As facts.
};

reporter_actor::behavior_type listener(reporter_actor::pointer, std::shared_ptr<heard> to,
                                       caf::error at_the_end) {
  return {
    [=](const event::any& what) {
      ++to->facts;
      if (auto* end = std::get_if<event::ended>(&what))
        to->ended.push_back(end->how.why);
    },
    [=](atom::finish, const run_outcome&) -> caf::result<void> {
      ++to->ends;
      return at_the_end ? caf::result<void>{at_the_end} : caf::result<void>{caf::unit};
    },
  };
}

struct tee_fixture : test::actor_fixture {
  std::shared_ptr<heard> first = std::make_shared<heard>(), second = std::make_shared<heard>();
  reporter_actor one = spawn(listener, first, make_error(ec::no_space, "disk full"));
  reporter_actor other = spawn(listener, second, caf::error{});
  reporter_actor tee = own(spawn_event_tee(sys, one, other));
};

} // namespace

TEST_CASE_METHOD(tee_fixture, "tee tells both of facts") {
  self->send(tee, event::any{event::note{"hello"}});
  settle();
  CHECK(first->facts == 1);
  CHECK(second->facts == 1);
}

TEST_CASE_METHOD(tee_fixture, "tee asks the first to finish when the second knows of the end") {
  auto end = ask<void>(tee, atom::finish_v, run_outcome{make_error(ec::stopped, "interrupted")});
  CHECK(first->ends == 1);
  CHECK(first->facts == 0);
  CHECK(second->ends == 0);
  REQUIRE(second->ended.size() == 1);
  CHECK(second->ended[0] == ec::stopped);
  CHECK(end->error == ec::no_space);
}

TEST_CASE_METHOD(tee_fixture, "tee finishes without a second that has gone") {
  end(other);
  auto end = ask<void>(tee, atom::finish_v, run_outcome{});
  CHECK(first->ends == 1);
  CHECK(end->error == ec::no_space);
}

/// Owes its answers for ever.
reporter_actor::behavior_type mute(reporter_actor::pointer self) {
  return {
    [=](const event::any&) -> caf::result<void> { return self->make_response_promise<void>(); },
    [=](atom::finish, const run_outcome&) -> caf::result<void> {
      return self->make_response_promise<void>();
    },
  };
}

TEST_CASE_METHOD(tee_fixture, "a tee that is ended while it waits says so") {
  auto slow = own(spawn_event_tee(sys, one, spawn(mute)));
  auto finished = ask<void>(slow, atom::finish_v, run_outcome{});
  end(slow);
  CHECK_FALSE(finished->pending());
  CHECK(finished->error);
}

TEST_CASE_METHOD(tee_fixture, "tee ends both when it ends") {
  self->monitor(one);
  self->monitor(other);
  end(tee);
  int gone = 0;
  for (int i = 0; i < 2; ++i)
    self->receive([&](const caf::down_msg&) { ++gone; }, caf::after(caf::timespan{0}) >> [] {});
  CHECK(gone == 2);
}
