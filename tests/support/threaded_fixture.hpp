/// Actors on real threads, for those that real sockets answer.
#pragma once

#include "messages/error.hpp"

#include <chrono>
#include <optional>

namespace flwr::test {

class threaded_fixture {
public:
  static constexpr auto patience = std::chrono::seconds{30};

  threaded_fixture() : sys(configured(cfg)), self(sys) {}

  template <class T>
  struct outcome {
    std::optional<T> value;
    caf::error error;
  };

  /// Sends a request and waits for what it comes to.
  template <class T, class Handle, class... Args>
  outcome<T> ask(const Handle& whom, Args... args) {
    outcome<T> out;
    self->request(whom, patience, args...)
      .receive([&](const T& value) { out.value = value; },
               [&](const caf::error& err) { out.error = err; });
    return out;
  }

  /// The same where success has no value.
  template <class Handle, class... Args>
  caf::error ask_done(const Handle& whom, Args... args) {
    caf::error out;
    self->request(whom, patience, args...)
      .receive([] {}, [&](const caf::error& err) { out = err; });
    return out;
  }

  /// Ends an actor, and waits until it has gone.
  template <class Handle>
  void end(const Handle& whom) {
    self->send_exit(whom, caf::exit_reason::user_shutdown);
    self->wait_for(whom);
  }

  caf::actor_system_config cfg;
  caf::actor_system sys;
  caf::scoped_actor self;

private:
  static caf::actor_system_config& configured(caf::actor_system_config& cfg) {
    cfg.set("scheduler.max-threads", size_t{2});
    return cfg;
  }
};

} // namespace flwr::test
