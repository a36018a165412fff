#include "apps/signal_watch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <thread>
#include <tuple>
#include <utility>

namespace flwr {
namespace {

// A handler and a pipe, not a blocked signal and sigwait: OpenBLAS starts threads before main that
// block nothing, and one of them would die of the signal, and the process with it.
int signal_pipe[2];

void pass_on(int signal) {
  auto before = errno;
  auto number = static_cast<uint8_t>(signal);
  std::ignore = write(signal_pipe[1], &number, 1);
  errno = before;
}

} // namespace

signal_watch::signal_watch(std::string program) : program_(std::move(program)) {
  if (pipe2(signal_pipe, O_CLOEXEC) != 0)
    return; // The signals' own default ends us at once.
  struct sigaction action {};
  action.sa_handler = pass_on;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::thread{[this] { watch(); }}.detach();
}

void signal_watch::stop_by(supervisor_actor boss) {
  std::lock_guard lock{mutex_};
  boss_ = std::move(boss);
}

void signal_watch::watch() {
  for (;;) {
    uint8_t signal = 0;
    if (read(signal_pipe[0], &signal, 1) != 1)
      continue;
    std::lock_guard lock{mutex_};
    if (caught_.exchange(signal) != 0 || !boss_)
      _exit(128 + signal);
    std::fprintf(stderr, "\n%s: stopping; once more ends at once\n", program_.c_str());
    caf::anon_send(boss_, atom::stop_v);
  }
}

} // namespace flwr
