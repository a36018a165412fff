#include "apps/process.hpp"

#include "apps/exit_codes.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace flwr {

caf::actor_system_config& few_threads(caf::actor_system_config& cfg) {
  cfg.set("scheduler.policy", caf::atom("sharing"));
  cfg.set("scheduler.max-threads", size_t{2});
  return cfg;
}

void allow_many_files() {
  struct rlimit limit {};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

farewell
run_to_its_end(signal_watch& signals,
               const std::function<supervisor_actor(std::function<void(farewell)>)>& start) {
  std::promise<farewell> over;
  signals.stop_by(start([&](farewell last) { over.set_value(std::move(last)); }));
  auto last = over.get_future().get();
  signals.forget_boss();
  if (!last.stuck.empty()) // Their threads would hold the actor system's end up for ever.
    leave_process(signals.caught() ? 128 + signals.caught() : static_cast<int>(exit_code::bug));
  return last;
}

void leave_process(int status) {
  std::fflush(nullptr);
  _exit(status);
}

int exit_status(std::string_view program, const farewell& last, const signal_watch& signals) {
  if (signals.caught())
    return 128 + signals.caught();
  return last.outcome.why ? fail(program, last.outcome.why) : static_cast<int>(exit_code::done);
}

} // namespace flwr
