#pragma once

#include "messages/actors.hpp"

#include <atomic>
#include <mutex>
#include <string>

namespace flwr {

/// Turns the first SIGINT or SIGTERM into a `stop` for the SUPERVISOR; the second one, or one
/// before there is a supervisor, ends the process at once. One a process; its thread outlives main,
/// so it must, too.
class signal_watch {
public:
  explicit signal_watch(std::string program);

  void stop_by(supervisor_actor boss);
  void forget_boss() { stop_by({}); }

  /// The signal that came first; 0 for none.
  int caught() const { return caught_; }

private:
  [[noreturn]] void watch();

  std::string program_;
  std::mutex mutex_;
  supervisor_actor boss_;
  std::atomic<int> caught_{0};
};

} // namespace flwr
