/// What every BLOB STORE does, in this process or behind Kubo's RPC: one suite for both bodies.
///
/// A test program makes a fixture for its body, derived from `threaded_fixture`, and registers the
/// checks with it:
///
///     FLWR_BLOB_STORE_SUITE(my_fixture)
///
/// The fixture has `store`, an empty BLOB STORE of profile `unixfs_v1_2025`.
#pragma once

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "messages/actors.hpp"
#include "tests/support/threaded_fixture.hpp"

#include <catch2/catch.hpp>

namespace flwr::test {

/// Bytes that no two places have alike.
inline blob_ptr some_blob(size_t size, uint8_t salt = 0) {
  bytes data(size);
  uint32_t state = 2463534242u + salt;
  for (auto& byte : data) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    byte = static_cast<uint8_t>(state);
  }
  return std::make_shared<const bytes>(std::move(data));
}

template <class Fixture>
struct blob_store_suite : Fixture {
  using Fixture::store;

  content_id put(const blob_ptr& blob) {
    auto reply = this->template ask<content_id>(store, atom::put_v, blob);
    INFO((reply.error ? render(reply.error) : "no answer"));
    REQUIRE(reply.value);
    return *reply.value;
  }

  auto fetch(const content_id& id, uint64_t max_bytes) {
    return this->template ask<blob_ptr>(store, atom::fetch_v, id, max_bytes);
  }

  void gives_back(const blob_ptr& blob) {
    auto id = put(blob);
    CHECK(to_text(id) == to_text(content_id_of(*blob, unixfs_v1_2025)));
    auto reply = fetch(id, blob->size());
    INFO((reply.error ? render(reply.error) : ""));
    REQUIRE(reply.value);
    CHECK(**reply.value == *blob);
  }

  void keeps_blobs_of_every_size() {
    for (size_t size :
         {size_t{0}, size_t{1}, size_t{1} << 20, (size_t{1} << 20) + 1, (size_t{3} << 20) + 12345})
      gives_back(some_blob(size));
  }

  void stores_the_same_twice() {
    auto blob = some_blob(5000);
    CHECK(put(blob) == put(blob));
  }

  void says_what_is_missing() {
    auto id = content_id_of(*some_blob(100, 7), unixfs_v1_2025);
    CHECK(fetch(id, 1000).error == ec::missing);
  }

  void refuses_what_is_longer() {
    for (size_t size : {size_t{1000}, size_t{3} << 20}) {
      auto id = put(some_blob(size, 3));
      CHECK(fetch(id, size - 1).error == ec::rejected);
    }
  }

  void refuses_no_blob() {
    CHECK(this->template ask<content_id>(store, atom::put_v, blob_ptr{}).error == ec::rejected);
  }

  void pins_what_it_has() {
    auto id = put(some_blob((size_t{2} << 20) + 7));
    auto why = this->ask_done(store, atom::pin_v, std::vector{id, id});
    CHECK((why ? render(why) : "") == "");
    CHECK_FALSE(this->ask_done(store, atom::pin_v, std::vector<content_id>{}));
  }

  void serves_many_at_once() {
    std::vector<blob_ptr> blobs;
    std::vector<content_id> ids;
    for (uint8_t i = 0; i < 40; ++i)
      blobs.push_back(some_blob(20'000 + i, i));
    for (auto& blob : blobs)
      this->self->send(store, atom::put_v, blob);
    for (size_t i = 0; i < blobs.size(); ++i)
      this->self->receive([&](const content_id& id) { ids.push_back(id); },
                          caf::after(this->patience) >> [] {});
    REQUIRE(ids.size() == blobs.size());
    for (auto& blob : blobs)
      CHECK(std::ranges::count(ids, content_id_of(*blob, unixfs_v1_2025)) == 1);
  }
};

} // namespace flwr::test

#define FLWR_BLOB_STORE_CHECK(fixture, name, check)                                                \
  TEST_CASE_METHOD(flwr::test::blob_store_suite<fixture>, name) { check(); }

#define FLWR_BLOB_STORE_SUITE(fixture)                                                             \
  FLWR_BLOB_STORE_CHECK(fixture, "a store keeps blobs of every size", keeps_blobs_of_every_size)   \
  FLWR_BLOB_STORE_CHECK(fixture, "a store takes the same twice", stores_the_same_twice)            \
  FLWR_BLOB_STORE_CHECK(fixture, "a store says what is missing", says_what_is_missing)             \
  FLWR_BLOB_STORE_CHECK(fixture, "a store gives no more than is asked for",                        \
                        refuses_what_is_longer)                                                    \
  FLWR_BLOB_STORE_CHECK(fixture, "a store refuses to keep nothing", refuses_no_blob)               \
  FLWR_BLOB_STORE_CHECK(fixture, "a store pins what it has", pins_what_it_has)                     \
  FLWR_BLOB_STORE_CHECK(fixture, "a store serves many at once", serves_many_at_once)
