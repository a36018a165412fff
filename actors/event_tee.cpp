#include "actors/event_tee.hpp"

#include <utility>

namespace flwr {
namespace {

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
    [=](atom::finish, const run_outcome& how) {
      return self->delegate(first, atom::finish_v, how);
    },
  };
}

} // namespace

reporter_actor spawn_event_tee(caf::actor_system& sys, reporter_actor first,
                               reporter_actor second) {
  return sys.spawn(event_tee, std::move(first), std::move(second));
}

} // namespace flwr
