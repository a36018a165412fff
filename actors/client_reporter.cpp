#include "actors/client_reporter.hpp"

#include "messages/client_names.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr uint64_t few_clients = 8;
constexpr auto quiet_time = 5s;

struct client_reporter_state {
  static inline const char* name = "flwr.client-reporter";

  explicit client_reporter_state(reporter_actor::stateful_pointer<client_reporter_state> self)
    : self(self) {}

  void note(const event::note& what) { cfg.say(what.line); }

  // Each client of the process has a call of its own, and all fail alike.
  void note(const event::server_away& what) {
    auto now = self->clock().now();
    if (away && now - *away < quiet_time)
      return;
    away = now;
    cfg.say(what.words);
  }

  void note(const event::server_back& what) {
    if (std::exchange(away, std::nullopt))
      cfg.say("the server at " + what.server + " is here");
  }

  void note(const event::training& what) {
    if (what.done == what.total) {
      if (cfg.clients <= few_clients)
        cfg.say("round " + std::to_string(what.round) + ": " + name_of(what.client)
                + " has trained");
      return;
    }
    auto now = self->clock().now();
    if (!cfg.bar || now - drew < 100ms)
      return;
    drew = now;
    cfg.progress("round " + std::to_string(what.round) + ": " + name_of(what.client) + ", step "
                 + std::to_string(what.done) + " of " + std::to_string(what.total));
  }

  /// What only servers know of.
  template <class Fact>
  void note(const Fact&) {}

  void finish(const run_outcome& how) {
    if (!how.why)
      cfg.say("the run is over");
  }

  reporter_actor::stateful_pointer<client_reporter_state> self;
  client_reporter_config cfg;
  caf::actor_clock::time_point drew{};
  std::optional<caf::actor_clock::time_point> away; // When it was said that the server is.
};

reporter_actor::behavior_type
client_reporter(reporter_actor::stateful_pointer<client_reporter_state> self,
                client_reporter_config cfg) {
  self->state.cfg = std::move(cfg);
  return {
    [self](const event::any& what) {
      std::visit([self](const auto& fact) { self->state.note(fact); }, what);
    },
    [self](atom::finish, const run_outcome& how) { self->state.finish(how); },
  };
}

} // namespace

reporter_actor spawn_client_reporter(caf::actor_system& sys, client_reporter_config cfg) {
  return sys.spawn(client_reporter, std::move(cfg));
}

} // namespace flwr
