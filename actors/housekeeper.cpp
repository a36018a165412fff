#include "actors/housekeeper.hpp"

#include <utility>

namespace flwr {
namespace {

struct housekeeper_state {
  static inline const char* name = "flwr.housekeeper";

  explicit housekeeper_state(reporter_actor::stateful_pointer<housekeeper_state> self)
    : self(self) {}

  void note(const event::any& what) {
    if (auto* phase = std::get_if<event::phase_started>(&what);
        phase && phase->what == phase_kind::fit)
      begin(phase->round);
    if (auto* commit = std::get_if<event::round_recorded>(&what))
      clean_up(commit->what.round);
  }

  void begin(uint64_t round) {
    self->send(cfg.store, atom::begin_v, round);
    if (cfg.begin)
      cfg.begin(round);
  }

  // What counts in this round or before is pinned. An update that is being stored for the next one
  // may have been put before that one's beginning came here, but not before this one's.
  void clean_up(uint64_t recorded) {
    auto is_last = recorded == cfg.rounds;
    self->send(cfg.store, atom::collect_v, is_last ? recorded + 1 : recorded,
               is_last ? caf::timespan{0} : caf::timespan{cfg.grace});
  }

  reporter_actor::stateful_pointer<housekeeper_state> self;
  housekeeper_config cfg;
};

reporter_actor::behavior_type housekeeper(reporter_actor::stateful_pointer<housekeeper_state> self,
                                          housekeeper_config cfg) {
  self->state.cfg = std::move(cfg);
  return {
    [self](const event::any& what) { self->state.note(what); },
    [](atom::finish, const run_outcome&) {},
  };
}

} // namespace

reporter_actor spawn_housekeeper(caf::actor_system& sys, housekeeper_config cfg) {
  return sys.spawn(housekeeper, std::move(cfg));
}

} // namespace flwr
