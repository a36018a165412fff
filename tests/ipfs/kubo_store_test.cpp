#include "actors/ipfs/kubo_store.hpp"

#include "tests/contracts/blob_store_suite.hpp"
#include "tests/support/kubo_server.hpp"

using namespace flwr;

namespace {

/// Our store, our routes, and a real port between them.
struct store_behind_http : test::kubo_server {
  ~store_behind_http() { end(store); }

  blob_store_actor store =
    spawn_kubo_store(sys, {.place = place(), .profile = unixfs_v1_2025, .token = {}}, client);
};

/// A node that answers what it is told to.
struct lying_node : test::threaded_fixture {
  ~lying_node() { end(store); }

  http_server serve() {
    http_server_config port;
    port.routes.push_back({.path = "/api/v0/",
                           .methods = {"POST"},
                           .content_type = {},
                           .max_body_bytes = 1 << 20,
                           .serve = [this](http_exchange_ptr with) { with->respond(lie); },
                           .upgrade = {}});
    auto made = http_server::listen(std::move(port));
    REQUIRE(made);
    return std::move(*made);
  }

  caf::error fetch(const content_id& id, uint64_t max_bytes = 1000) {
    return ask<blob_ptr>(store, atom::fetch_v, id, max_bytes).error;
  }

  caf::error put(const blob_ptr& blob) { return ask<content_id>(store, atom::put_v, blob).error; }

  http_response lie = text_response(200, "");
  http_server server = serve();
  http_client_ptr client = make_http_loop();
  blob_store_actor store = spawn_kubo_store(
    sys, {.place = {"127.0.0.1", server.port(), ""}, .profile = unixfs_v1_2025, .token = {}},
    client);
};

} // namespace

FLWR_BLOB_STORE_SUITE(store_behind_http)

TEST_CASE_METHOD(lying_node, "a node that gives other bytes than asked for is corrupt") {
  auto blob = test::some_blob(100);
  auto id = content_id_of(*blob, unixfs_v1_2025);
  lie = text_response(200, "not a CAR");
  CHECK(fetch(id) == ec::corrupt);
  lie = text_response(200, "");
  CHECK(fetch(id) == ec::corrupt);
}

TEST_CASE_METHOD(lying_node, "a node that stores something else is corrupt") {
  lie =
    text_response(200, R"({"Name":"x","Hash":"QmSfpjDnnNonCSaX41QFswTLgxxqmbpyWG6mDUB5SaKRsV"})");
  CHECK(put(test::some_blob(10)) == ec::corrupt);
  lie = text_response(200, R"({"Name":"x"})");
  CHECK(put(test::some_blob(10)) == ec::corrupt);
  lie = text_response(200, "");
  CHECK(put(test::some_blob(10)) == ec::corrupt);
}

TEST_CASE_METHOD(lying_node, "a node's refusal comes with its words") {
  lie = text_response(500, R"({"Message":"pin: no","Code":0,"Type":"error"})");
  auto why = put(test::some_blob(10));
  CHECK(why == ec::rejected);
  CHECK_THAT(render(why), Catch::Contains("pin: no"));
  lie = text_response(507, "quota");
  CHECK(put(test::some_blob(10)) == ec::no_space);
  lie = text_response(503, "busy");
  CHECK(put(test::some_blob(10)) == ec::unreachable);
}

TEST_CASE_METHOD(test::threaded_fixture, "a node that isn't there is unreachable") {
  auto client = make_http_loop();
  auto store = spawn_kubo_store(
    sys, {.place = {"127.0.0.1", 1, ""}, .profile = unixfs_v1_2025, .token = {}}, client);
  CHECK(ask<content_id>(store, atom::put_v, test::some_blob(10)).error == ec::unreachable);
  end(store);
}
