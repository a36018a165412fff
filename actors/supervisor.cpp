#include "actors/supervisor.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = supervisor_actor::extend<on<void, atom::deadline>>;

struct supervisor_state {
  static inline const char* name = "flwr.supervisor";

  explicit supervisor_state(impl::stateful_pointer<supervisor_state> self) : self(self) {}

  void end(run_outcome how, std::chrono::milliseconds grace) {
    if (outcome)
      return;
    outcome = std::move(how);
    parting = outcome->why ? make_error(ec::stopped, "the run is ending")
                           : caf::error{caf::exit_reason::user_shutdown};
    self->delayed_send(self, grace, atom::deadline_v);
    end_next();
  }

  void end_next() {
    if (cfg.cast.empty())
      return report();
    self->send_exit(cfg.cast.front().handle, parting);
  }

  void down(const caf::down_msg& msg) {
    auto member = std::ranges::find_if(
      cfg.cast, [&](const cast_member& member) { return member.handle.address() == msg.source; });
    if (member == cfg.cast.end())
      return;
    auto was_first = member == cfg.cast.begin();
    auto who = std::move(member->name);
    cfg.cast.erase(member);
    if (!outcome)
      end({make_error(ec::bug, "the " + who + " died: " + render(msg.reason))}, cfg.stop_grace);
    else if (was_first)
      end_next();
  }

  void give_up() {
    for (auto& member : std::exchange(cfg.cast, {})) {
      self->demonitor(member.handle.address());
      self->send_exit(member.handle, caf::exit_reason::kill);
      stuck.push_back(std::move(member.name));
    }
    report();
  }

  void report() {
    if (std::exchange(reporting, true))
      return;
    self->request(cfg.reporter, 10s, atom::finish_v, *outcome)
      .then([this] { leave(); }, [this](const caf::error& err) { leave_with(err); });
  }

  void leave_with(const caf::error& err) {
    if (!outcome->why)
      outcome->why = err;
    leave();
  }

  void leave() {
    self->send_exit(cfg.reporter, caf::exit_reason::user_shutdown);
    cfg.farewell({*outcome, std::move(stuck)});
    self->quit();
  }

  impl::stateful_pointer<supervisor_state> self;
  supervisor_config cfg;
  std::optional<run_outcome> outcome; // Set once: how the run ended.
  caf::error parting;                 // What the cast hears at the end.
  std::vector<std::string> stuck;
  bool reporting = false;
};

impl::behavior_type supervisor(impl::stateful_pointer<supervisor_state> self,
                               supervisor_config cfg) {
  self->state.cfg = std::move(cfg);
  for (auto& member : self->state.cfg.cast)
    self->monitor(member.handle);
  self->set_down_handler([self](const caf::down_msg& msg) { self->state.down(msg); });
  return {
    [self](atom::over, const run_outcome& how) { self->state.end(how, self->state.cfg.grace); },
    [self](atom::stop) {
      self->state.end({make_error(ec::stopped, "interrupted")}, self->state.cfg.stop_grace);
    },
    [self](atom::deadline) { self->state.give_up(); },
  };
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& sys, supervisor_config cfg) {
  return sys.spawn(supervisor, std::move(cfg));
}

} // namespace flwr
