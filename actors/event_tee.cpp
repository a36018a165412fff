#include "actors/event_tee.hpp"

#include "actors/runtime/pending.hpp"

#include <chrono>
#include <utility>

namespace flwr {
namespace {

// For the second: it must not hold the end up.
constexpr auto patience = std::chrono::seconds{2};
// For the first, which writes files: less than the supervisor's for both.
constexpr auto last_words_patience = std::chrono::seconds{7};

struct event_tee_state {
  static inline const char* name = "flwr.event-tee";

  explicit event_tee_state(reporter_actor::stateful_pointer<event_tee_state> self) : self(self) {}

  void tell(const event::any& what) {
    self->send(first, what);
    self->send(second, what);
  }

  // The second has shown the end before the first says the last words, after which all is closed.
  caf::result<void> finish(const run_outcome& how) {
    auto reply = self->make_response_promise<void>();
    auto last = [=, this, key = owed.add(reply)] { finish_first(key, how); };
    self->request(second, patience, event::any{event::ended{how}})
      .then(last, [=](const caf::error&) { last(); });
    return reply;
  }

  void finish_first(uint64_t key, const run_outcome& how) {
    self->request(first, last_words_patience, atom::finish_v, how)
      .then([=, this] { owed.settle(key, caf::unit); },
            [=, this](const caf::error& why) { owed.settle(key, why); });
  }

  void leave(const caf::error& why) {
    owed.fail_all(why);
    self->send_exit(first, why);
    self->send_exit(second, why);
    self->quit(why);
  }

  reporter_actor::stateful_pointer<event_tee_state> self;
  reporter_actor first, second;
  pending<void> owed;
};

reporter_actor::behavior_type event_tee(reporter_actor::stateful_pointer<event_tee_state> self,
                                        reporter_actor first, reporter_actor second) {
  self->state.first = std::move(first);
  self->state.second = std::move(second);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](const event::any& what) { self->state.tell(what); },
    [self](atom::finish, const run_outcome& how) { return self->state.finish(how); },
  };
}

} // namespace

reporter_actor spawn_event_tee(caf::actor_system& sys, reporter_actor first,
                               reporter_actor second) {
  return sys.spawn(event_tee, std::move(first), std::move(second));
}

} // namespace flwr
