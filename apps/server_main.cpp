#include "actors/chain/address.hpp"
#include "apps/exit_codes.hpp"
#include "apps/no_core_dump.hpp"
#include "apps/simulation.hpp"
#include "apps/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <tuple>

using namespace flwr;

namespace {

constexpr auto program = "flwr-actor-server";

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>{value} : std::nullopt;
}

// A handler and a pipe, not a blocked signal and sigwait: OpenBLAS starts threads before main that
// block nothing, and one of them would die of the signal, and the process with it.
int signal_pipe[2];

void pass_on(int signal) {
  auto before = errno;
  auto number = static_cast<uint8_t>(signal);
  std::ignore = write(signal_pipe[1], &number, 1);
  errno = before;
}

// Before the cast is up there is nothing to save, and whoever asks twice means at once.
class signal_watch {
public:
  signal_watch() {
    if (pipe2(signal_pipe, O_CLOEXEC) != 0)
      return; // The signals' own default ends us at once.
    struct sigaction action {};
    action.sa_handler = pass_on;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    std::thread{[this] { watch(); }}.detach();
  }

  void stop_by(supervisor_actor boss) {
    std::lock_guard lock{mutex_};
    boss_ = std::move(boss);
  }

  void forget_boss() { stop_by({}); }

  int caught() const { return caught_; }

private:
  [[noreturn]] void watch() {
    for (;;) {
      uint8_t signal = 0;
      if (read(signal_pipe[0], &signal, 1) != 1)
        continue;
      std::lock_guard lock{mutex_};
      if (caught_.exchange(signal) != 0 || !boss_)
        _exit(128 + signal);
      std::fprintf(stderr, "\n%s: stopping; once more ends at once\n", program);
      caf::anon_send(boss_, atom::stop_v);
    }
  }

  std::mutex mutex_;
  supervisor_actor boss_;
  std::atomic<int> caught_{0};
};

caf::actor_system_config& few_threads(caf::actor_system_config& cfg) {
  cfg.set("scheduler.policy", caf::atom("sharing")); // Idle workers must not poll: trainers train.
  cfg.set("scheduler.max-threads", size_t{2});
  return cfg;
}

farewell run(const server_options& options, prepared_run ready, signal_watch& signals) {
  terminal screen{options.progress};
  outlets out{.bar = screen.draws(),
              .say = [&](const std::string& line) { screen.say(line); },
              .progress = [&](const std::string& line) { screen.progress(line); },
              .data = {}};
  if (options.json)
    out.data = [](const std::string& document) { std::printf("%s\n", document.c_str()); };
  if (ready.ledger && options.account.empty())
    out.say("commits are signed with this state directory's development key, "
            + to_text(ready.ledger->account->address())
            + ": fine here, but never put value behind it (--account names another)");
  caf::actor_system_config cfg;
  caf::actor_system sys{few_threads(cfg)};
  std::promise<farewell> over;
  signals.stop_by(start_simulation(sys, options, std::move(ready), std::move(out),
                                   [&](farewell last) { over.set_value(std::move(last)); }));
  auto last = over.get_future().get();
  signals.forget_boss();
  if (!last.stuck.empty()) { // Their threads would hold the actor system's end up for ever.
    std::fflush(nullptr);
    _exit(signals.caught() ? 128 + signals.caught() : static_cast<int>(exit_code::bug));
  }
  return last;
}

int main_with(const server_options& options) {
  if (auto forbidden = forbid_core_dumps(); !forbidden)
    return fail(program, forbidden.error());
  signal_watch& signals = *new signal_watch; // Its thread outlives main.
  auto what = prepare_task(options);
  if (!what)
    return fail(program, what.error());
  auto ready = prepare_run(options, std::move(*what));
  if (!ready)
    return fail(program, ready.error());
  auto last = run(options, std::move(*ready), signals);
  if (signals.caught())
    return 128 + signals.caught();
  return last.outcome.why ? fail(program, last.outcome.why) : static_cast<int>(exit_code::done);
}

} // namespace

int main(int argc, char** argv) {
  auto parsed = parse_server_options(argc, argv, environment_variable);
  if (!parsed)
    return fail(program, parsed.error());
  if (auto* text = std::get_if<text_to_print>(&*parsed)) {
    std::fputs(text->text.c_str(), stdout);
    return static_cast<int>(exit_code::done);
  }
  return main_with(std::get<server_options>(*parsed));
}
