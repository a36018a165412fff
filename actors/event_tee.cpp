#include "actors/event_tee.hpp"

#include <chrono>
#include <utility>

namespace flwr {
namespace {

// For the second: it must not hold the end up.
constexpr auto patience = std::chrono::seconds{2};

// The second has shown the end before the first says the last words, after which all is closed.
caf::result<void> finish(reporter_actor::pointer self, const reporter_actor& first,
                         const reporter_actor& second, const run_outcome& how) {
  auto reply = self->make_response_promise<void>();
  auto last = [=]() mutable { reply.delegate(first, atom::finish_v, how); };
  self->request(second, patience, event::any{event::ended{how}})
    .then(last, [=](const caf::error&) mutable { last(); });
  return reply;
}

reporter_actor::behavior_type event_tee(reporter_actor::pointer self, reporter_actor first,
                                        reporter_actor second) {
  self->set_exit_handler([=](const caf::exit_msg& msg) {
    self->send_exit(first, msg.reason);
    self->send_exit(second, msg.reason);
    self->quit(msg.reason);
  });
  return {
    [=](const event::any& what) {
      self->send(first, what);
      self->send(second, what);
    },
    [=](atom::finish, const run_outcome& how) { return finish(self, first, second, how); },
  };
}

} // namespace

reporter_actor spawn_event_tee(caf::actor_system& sys, reporter_actor first,
                               reporter_actor second) {
  return sys.spawn(event_tee, std::move(first), std::move(second));
}

} // namespace flwr
