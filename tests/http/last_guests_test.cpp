#include "actors/http/last_guests.hpp"

#include "messages/error.hpp"
#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

struct last_guests_fixture : test::actor_fixture {
  last_guests_fixture() { self->monitor(guests); }

  void leave(const caf::error& why) {
    self->send_exit(guests, why);
    settle();
  }

  bool gone() {
    bool is = false;
    self->receive([&](const caf::down_msg&) { is = true; }, caf::after(caf::timespan{0}) >> [] {});
    return is;
  }

  uint64_t connections = 2;
  caf::actor guests = own(
    spawn_last_guests(sys, {.count = [this](auto then) { then(connections); }, .patience = 5s}));
};

} // namespace

TEST_CASE_METHOD(last_guests_fixture, "last guests are waited for when the run is over") {
  leave(caf::exit_reason::user_shutdown);
  advance(1s);
  CHECK_FALSE(gone());
  connections = 0;
  advance(50ms);
  CHECK(gone());
}

TEST_CASE_METHOD(last_guests_fixture, "last guests that stay aren't waited for") {
  leave(caf::exit_reason::user_shutdown);
  advance(5s);
  CHECK(gone());
}

TEST_CASE_METHOD(last_guests_fixture, "last guests aren't waited for when nobody is there") {
  connections = 0;
  leave(caf::exit_reason::user_shutdown);
  CHECK(gone());
}

TEST_CASE_METHOD(last_guests_fixture, "last guests aren't waited for when the run was stopped") {
  leave(make_error(ec::stopped, "the run is ending"));
  CHECK(gone());
}

TEST_CASE_METHOD(last_guests_fixture, "last guests aren't waited for when it is said twice") {
  leave(caf::exit_reason::user_shutdown);
  leave(caf::exit_reason::user_shutdown);
  CHECK(gone());
}
