#pragma once

#include "actors/runtime/retry_policy.hpp"
#include "messages/error.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

namespace flwr {

/// How an actor repeats what fails for a while.
struct retry_config {
  retry_policy policy;
  std::chrono::milliseconds attempt_timeout{30'000};
  std::function<double()> jitter; ///< Uniform in [0, 1); fixed in tests. Never empty.
};

/// Requests that an actor repeats while their failures are transient, each with its own budget.
/// The actor sends itself `attempt` with the key after the wait that `failed` returns.
/// Lives in the actor's state; not thread-safe.
class retry_jobs {
public:
  using key = uint64_t;

  struct job {
    std::function<void(key)> ask;                  ///< Sends the request; never empty.
    std::function<void(const caf::error&)> refuse; ///< Answers whoever waits; never empty.
    uint32_t failures = 0;
  };

  explicit retry_jobs(retry_config cfg) : cfg_(std::move(cfg)) {}

  std::chrono::milliseconds attempt_timeout() const { return cfg_.attempt_timeout; }

  /// Takes a job and makes its first attempt.
  void start(job what) {
    jobs_.emplace(++last_, std::move(what));
    attempt(last_);
  }

  /// Asks again; nothing if the job is over.
  void attempt(key which) {
    if (auto found = jobs_.find(which); found != jobs_.end())
      found->second.ask(which);
  }

  /// Ends a job that succeeded. False if it was over already: then its promise is answered.
  bool done(key which) { return jobs_.erase(which) > 0; }

  /// Notes a failed attempt.
  /// @returns  How long to wait before the next; nothing if there is none: then `refuse` was
  ///           called with `err`, or with `exhausted` if the budget is spent.
  std::optional<std::chrono::milliseconds> failed(key which, const caf::error& err) {
    auto found = jobs_.find(which);
    if (found == jobs_.end())
      return std::nullopt;
    if (!is_transient(err))
      return give_up(which, err);
    if (auto wait = cfg_.policy.delay_after(++found->second.failures, cfg_.jitter()))
      return wait;
    return give_up(which, make_error(ec::exhausted, "gave up after "
                                                      + std::to_string(found->second.failures)
                                                      + " attempts: " + render(err)));
  }

  /// Refuses all that is open; for the exit handler.
  void fail_all(const caf::error& why) {
    for (auto& [which, job] : std::exchange(jobs_, {}))
      job.refuse(why);
  }

private:
  std::nullopt_t give_up(key which, const caf::error& why) {
    jobs_.extract(which).mapped().refuse(why);
    return std::nullopt;
  }

  retry_config cfg_;
  std::unordered_map<key, job> jobs_;
  key last_ = 0;
};

} // namespace flwr
