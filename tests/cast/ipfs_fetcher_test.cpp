#include "actors/ipfs_fetcher.hpp"

#include "tests/support/actor_fixture.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

namespace {

struct visits {
  int fetches = 0;
  int failures = 0; ///< So many of the next fetches fail.
  ec code = ec::unreachable;
  std::vector<caf::typed_response_promise<blob_ptr>> held; ///< Answers that are still owed.
  bool hold = false;
};

/// A BLOB STORE whose every blob is one byte long: the first of its digest.
using store_double = test::late_double<blob_store_actor>;

store_double::behavior_type scripted_store(store_double::pointer self,
                                           std::shared_ptr<visits> seen) {
  return {
    [](atom::put, const blob_ptr&) -> caf::result<content_id> { return caf::error{ec::rejected}; },
    [=](atom::fetch, const content_id& id, uint64_t) -> caf::result<blob_ptr> {
      ++seen->fetches;
      if (seen->hold)
        return seen->held.emplace_back(self->make_response_promise<blob_ptr>());
      if (seen->failures-- > 0)
        return caf::error{seen->code};
      return std::make_shared<const bytes>(bytes{id.digest[0]});
    },
    [](atom::pin, const std::vector<content_id>&) -> caf::result<void> { return caf::unit; },
    test::act_on_stage(),
  };
}

struct ipfs_fetcher_fixture : test::actor_fixture {
  auto fetch(uint8_t first) {
    return ask<blob_ptr>(fetcher, atom::fetch_v, id(first), uint64_t{9});
  }
  static content_id id(uint8_t first) { return {.digest = {first}}; }

  std::shared_ptr<visits> seen = std::make_shared<visits>();
  retry_config cfg{.policy = {.first = 200ms, .cap = 1s, .max_attempts = 3},
                   .attempt_timeout = 30s,
                   .jitter = [] { return 1.0; }};
  store_double store = spawn(scripted_store, seen);
  ipfs_fetcher_actor fetcher = own(spawn_ipfs_fetcher(sys, store, cfg));
};

} // namespace

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher brings a blob") {
  auto reply = fetch(7);
  REQUIRE(reply->value);
  CHECK(**reply->value == bytes{7});
}

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher has one fetch per content id in flight") {
  seen->hold = true;
  auto first = fetch(7), second = fetch(7), other = fetch(8);
  CHECK(seen->fetches == 2);
  within(store, [&] { seen->held[0].deliver(blob_ptr{std::make_shared<const bytes>(bytes{7})}); });
  CHECK(first->value);
  CHECK(second->value);
  CHECK(other->pending());
  within(store, [&] { seen->held[1].deliver(caf::error{ec::missing}); });
  CHECK(other->error == ec::missing);
}

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher tries again while the store is away") {
  seen->failures = 2;
  auto reply = fetch(7);
  advance(200ms);
  CHECK(reply->pending());
  advance(400ms);
  CHECK(reply->value);
  CHECK(seen->fetches == 3);
}

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher gives up when its budget is spent") {
  seen->failures = 3;
  auto reply = fetch(7);
  advance(200ms);
  advance(400ms);
  CHECK(reply->error == ec::exhausted);
}

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher does not repeat what can't succeed") {
  seen->failures = 1;
  seen->code = ec::corrupt;
  CHECK(fetch(7)->error == ec::corrupt);
  CHECK(seen->fetches == 1);
}

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher remembers the two models kept last") {
  for (uint8_t first : {1, 2, 3})
    caf::anon_send(fetcher, atom::keep_v, id(first),
                   blob_ptr{std::make_shared<const bytes>(bytes{first, first})});
  settle();
  CHECK((*fetch(3)->value)->size() == 2);
  CHECK((*fetch(2)->value)->size() == 2);
  CHECK(seen->fetches == 0);
  CHECK((*fetch(1)->value)->size() == 1);
  CHECK(seen->fetches == 1);
}

TEST_CASE_METHOD(ipfs_fetcher_fixture, "fetcher answers what it owes before it leaves") {
  seen->hold = true;
  auto reply = fetch(7);
  end(fetcher);
  CHECK(reply->error == caf::exit_reason::user_shutdown);
}
