#include "actors/http/last_guests.hpp"

#include "messages/atoms.hpp"

#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

struct last_guests_state {
  static inline const char* name = "flwr.last-guests";

  explicit last_guests_state(caf::stateful_actor<last_guests_state>* self) : self(self) {}

  void leave(const caf::error& why) {
    if (why != caf::exit_reason::user_shutdown || std::exchange(leaving, true))
      return self->quit(why);
    self->delayed_send(self, cfg.patience, atom::deadline_v);
    count();
  }

  void count() {
    cfg.count([me = caf::actor{self}](uint64_t connections) {
      caf::anon_send(me, atom::tick_v, connections);
    });
  }

  void counted(uint64_t connections) {
    if (connections == 0)
      return self->quit(caf::exit_reason::user_shutdown);
    self->delayed_send(self, 50ms, atom::tick_v);
  }

  caf::stateful_actor<last_guests_state>* self;
  last_guests_config cfg;
  bool leaving = false;
};

caf::behavior last_guests(caf::stateful_actor<last_guests_state>* self, last_guests_config cfg) {
  self->state.cfg = std::move(cfg);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::tick) { self->state.count(); },
    [self](atom::tick, uint64_t connections) { self->state.counted(connections); },
    [self](atom::deadline) { self->quit(caf::exit_reason::user_shutdown); },
  };
}

} // namespace

caf::actor spawn_last_guests(caf::actor_system& sys, last_guests_config cfg) {
  return sys.spawn(last_guests, std::move(cfg));
}

} // namespace flwr
