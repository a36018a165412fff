#include "actors/ipfs_uploader.hpp"

#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

/// A BLOB STORE that fails the first `failures` puts with `code`.
blob_store_actor::behavior_type flaky_store(blob_store_actor::pointer, std::shared_ptr<int> puts,
                                            int failures, ec code) {
  return {
    [=](atom::put, const blob_ptr& blob) -> caf::result<content_id> {
      if (++*puts <= failures)
        return caf::error{code};
      return content_id{{static_cast<uint8_t>(blob->size())}};
    },
    [](atom::fetch, const content_id&, uint64_t) -> caf::result<blob_ptr> {
      return caf::error{ec::rejected};
    },
    [=](atom::pin, const std::vector<content_id>&) -> caf::result<void> {
      if (++*puts <= failures)
        return caf::error{code};
      return caf::unit;
    },
  };
}

struct ipfs_uploader_fixture : test::actor_fixture {
  void feed(int failures, ec code) {
    retry_config cfg{.policy = {.first = 200ms, .cap = 1s, .max_attempts = 3},
                     .attempt_timeout = 30s,
                     .jitter = [] { return 1.0; }};
    auto store = spawn(flaky_store, puts, failures, code);
    uploader = own(spawn_ipfs_uploader(sys, store, cfg));
  }

  auto upload_with(int failures, ec code) {
    feed(failures, code);
    return ask<content_id>(uploader, atom::upload_v, std::make_shared<const bytes>(7));
  }

  ipfs_uploader_actor uploader;
  std::shared_ptr<int> puts = std::make_shared<int>(0);
};

} // namespace

TEST_CASE_METHOD(ipfs_uploader_fixture, "uploader waits before it retries a transient failure") {
  auto reply = upload_with(1, ec::unreachable);
  REQUIRE(reply->pending());
  advance(199ms);
  CHECK(*puts == 1);
  advance(1ms);
  CHECK(*puts == 2);
  REQUIRE(reply->value);
  CHECK(reply->value->digest[0] == 7);
}

TEST_CASE_METHOD(ipfs_uploader_fixture, "uploader gives up when its retry budget is spent") {
  auto reply = upload_with(99, ec::timeout);
  advance(200ms);
  advance(400ms);
  CHECK(*puts == 3);
  CHECK(reply->error == ec::exhausted);
}

TEST_CASE_METHOD(ipfs_uploader_fixture, "uploader passes a permanent failure on at once") {
  auto reply = upload_with(99, ec::rejected);
  CHECK(*puts == 1);
  CHECK(reply->error == ec::rejected);
}

TEST_CASE_METHOD(ipfs_uploader_fixture, "uploader answers what it owes before it leaves") {
  auto reply = upload_with(99, ec::timeout);
  REQUIRE(reply->pending());
  end(uploader);
  CHECK(reply->error == caf::exit_reason::user_shutdown);
}

TEST_CASE_METHOD(ipfs_uploader_fixture, "uploader pins with the same patience") {
  feed(1, ec::timeout);
  auto reply = ask<void>(uploader, atom::pin_v, std::vector{content_id{}});
  CHECK(reply->pending());
  advance(200ms);
  CHECK(reply->done);
  CHECK(*puts == 2);
}
