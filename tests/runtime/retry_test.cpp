#include "actors/runtime/retry_jobs.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

struct retry_fixture {
  /// Starts a job that counts its attempts and keeps its refusal.
  void start() {
    jobs.start({.ask = [this](retry_jobs::key which) { ++attempts, key = which; },
                .refuse = [this](const caf::error& err) { refusal = err; }});
  }

  retry_jobs jobs{{.policy = {.first = 200ms, .cap = 1s, .max_attempts = 3},
                   .attempt_timeout = 30s,
                   .jitter = [] { return 1.0; }}};
  retry_jobs::key key = 0;
  int attempts = 0;
  caf::error refusal;
};

} // namespace

TEST_CASE("a retry policy doubles its waits up to the cap, and ends with the budget") {
  retry_policy policy{.first = 200ms, .cap = 1s, .max_attempts = 6};
  CHECK(policy.delay_after(1, 1) == 200ms);
  CHECK(policy.delay_after(2, 1) == 400ms);
  CHECK(policy.delay_after(3, 1) == 800ms);
  CHECK(policy.delay_after(4, 1) == 1s);
  CHECK(policy.delay_after(5, 0) == 500ms);
  CHECK(policy.delay_after(6, 1) == std::nullopt);
}

TEST_CASE("a retry policy's waits don't overflow, however many there were") {
  retry_policy policy{.first = 1h, .cap = 24h, .max_attempts = UINT32_MAX};
  CHECK(policy.delay_after(UINT32_MAX - 1, 1) == 24h);
}

TEST_CASE_METHOD(retry_fixture, "a job is repeated while its failures are transient") {
  start();
  CHECK(attempts == 1);
  CHECK(jobs.failed(key, make_error(ec::timeout, "slow")) == 200ms);
  jobs.attempt(key);
  CHECK(attempts == 2);
  CHECK(jobs.done(key));
  CHECK_FALSE(jobs.done(key));
  CHECK_FALSE(refusal);
}

TEST_CASE_METHOD(retry_fixture, "a job whose budget is spent is refused with its last failure") {
  start();
  CHECK(jobs.failed(key, make_error(ec::timeout, "slow")));
  CHECK(jobs.failed(key, make_error(ec::timeout, "slow")));
  CHECK_FALSE(jobs.failed(key, make_error(ec::unreachable, "gone")));
  CHECK(refusal == ec::exhausted);
  CHECK(render(refusal).find("gave up after 3 attempts: gone") != std::string::npos);
}

TEST_CASE_METHOD(retry_fixture, "a job that fails for good is refused at once") {
  start();
  CHECK_FALSE(jobs.failed(key, make_error(ec::corrupt, "broken")));
  CHECK(refusal == ec::corrupt);
  jobs.attempt(key);
  CHECK(attempts == 1);
}

TEST_CASE_METHOD(retry_fixture, "jobs that are open at the end are refused, each once") {
  start();
  jobs.fail_all(make_error(ec::stopped, "the run is ending"));
  CHECK(refusal == ec::stopped);
  CHECK_FALSE(jobs.done(key));
  CHECK_FALSE(jobs.failed(key, make_error(ec::timeout, "slow")));
}
