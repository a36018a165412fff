#include "actors/ipfs/kubo_routes.hpp"

#include "actors/ipfs/car.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/kubo_answers.hpp"
#include "actors/ipfs/kubo_arguments.hpp"
#include "actors/ipfs/multipart.hpp"
#include "tests/contracts/blob_store_suite.hpp"
#include "tests/http/raw_peer.hpp"
#include "tests/support/kubo_server.hpp"

#include <boost/json.hpp>

#include <atomic>
#include <tuple>

using namespace flwr;
using Catch::Contains;
using test::some_blob;

namespace {

std::string text_of(const http_response& answer) {
  return answer.body ? std::string{answer.body->begin(), answer.body->end()} : "";
}

/// Notes what becomes of a request of which only the header has come.
struct noted_admission final : http_admission {
  noted_admission(http_fields fields, bool from_loopback)
    : what{.method = "POST", .path = {}, .query = {}, .fields = std::move(fields), .body = {}},
      is_near(from_loopback) {}

  const http_request& request() const override { return what; }
  bool from_loopback() const override { return is_near; }
  void decide(std::optional<http_response> refusal) override {
    status.set_value(refusal ? refusal->status : 0);
  }

  http_request what;
  bool is_near;
  std::promise<unsigned> status;
};

struct kubo_fixture : test::kubo_server {
  using test::kubo_server::kubo_server;

  http_response rpc(const std::string& command, http_fields query, part_body body = {}) {
    http_request what{.method = "POST",
                      .path = "/api/v0/" + command,
                      .query = std::move(query),
                      .fields = {},
                      .body = std::move(body.body)};
    if (!body.content_type.empty())
      what.fields.push_back({"Content-Type", body.content_type});
    auto got = answer(std::move(what));
    REQUIRE(got);
    return *got;
  }

  http_response get(const std::string& path, http_fields query = {}, http_fields fields = {},
                    const std::string& method = "GET") {
    auto got = answer({.method = method,
                       .path = path,
                       .query = std::move(query),
                       .fields = std::move(fields),
                       .body = {}});
    REQUIRE(got);
    return *got;
  }

  static part_body file(const blob_ptr& blob) { return write_part("b0undary", *blob); }

  /// The status of an `add` by a token's bearer.
  unsigned with_token(const std::string& token, const blob_ptr& blob) {
    return with_authorization("Bearer " + token, blob);
  }

  unsigned with_authorization(const std::string& authorization, const blob_ptr& blob) {
    return authorized(authorization, "add", {}, file(blob)).status;
  }

  http_response authorized(const std::string& authorization, const std::string& command,
                           http_fields query, part_body body = {}) {
    auto got =
      answer({.method = "POST",
              .path = "/api/v0/" + command,
              .query = std::move(query),
              .fields = {{"Content-Type", body.content_type}, {"Authorization", authorization}},
              .body = body.body});
    REQUIRE(got);
    return *got;
  }

  /// The status with which a write is refused by its header; 0: it may come.
  unsigned judged(const std::string& authorization, bool from_loopback) {
    auto which = std::make_shared<noted_admission>(http_fields{{"Authorization", authorization}},
                                                   from_loopback);
    auto status = which->status.get_future();
    self->send(routes, http_admission_ptr{which});
    return status.get();
  }

  bool has(const content_id& id) { return rpc("cat", {{"arg", to_text(id)}}).status == 200; }

  std::string add(const blob_ptr& blob, http_fields query = {}) {
    auto got = rpc("add", std::move(query), file(blob));
    INFO(text_of(got));
    REQUIRE(got.status == 200);
    return std::string{boost::json::parse(text_of(got)).at("Hash").as_string()};
  }
};

struct narrow_fixture : kubo_fixture {
  narrow_fixture()
    : kubo_fixture(kubo_routes_config{.profile = unixfs_v1_2025,
                                      .max_blob_bytes = 10'000,
                                      .quota_bytes = 6'000,
                                      .shared_quota_bytes = 6'000,
                                      .free_bytes = {},
                                      .full = {}}) {}
};

} // namespace

TEST_CASE_METHOD(kubo_fixture, "add makes the ids that Kubo makes in either profile") {
  auto blob = some_blob(600'000);
  CHECK(add(blob) == to_text(content_id_of(*blob, unixfs_v1_2025)));
  CHECK(add(blob, {{"cid-version", "0"},
                   {"raw-leaves", "false"},
                   {"chunker", "size-262144"},
                   {"max-file-links", "174"}})
        == to_text(content_id_of(*blob, unixfs_v0_2015)));
  CHECK(add(blob, {{"only-hash", "true"}}) == to_text(content_id_of(*blob, unixfs_v1_2025)));
}

TEST_CASE_METHOD(kubo_fixture, "add refuses what it can't do, with Kubo's error document") {
  auto blob = some_blob(10);
  auto refused = [&](http_fields query) {
    auto got = rpc("add", std::move(query), file(blob));
    CHECK(got.status == 400);
    CHECK(boost::json::parse(text_of(got)).at("Type").as_string() == "error");
  };
  refused({{"hash", "blake3"}});
  refused({{"cid-version", "2"}});
  refused({{"chunker", "rabin"}});
  refused({{"chunker", "size-0"}});
  refused({{"max-file-links", "1"}});
  refused({{"raw-leaves", "true"}, {"cid-version", "0"}});
  refused({{"trickle", "true"}});
  CHECK(rpc("add", {}).status == 400);
  CHECK(rpc("add", {}, {"text/plain", blob}).status == 400);
}

namespace {

/// A body of several files, each with a name and a type.
part_body several(const std::vector<std::tuple<std::string, std::string, blob_ptr>>& files) {
  bytes all;
  auto append = [&](const auto& data) { all.insert(all.end(), data.begin(), data.end()); };
  for (auto& [name, type, data] : files) {
    append("--b0undary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
           + "\"\r\nContent-Type: " + type + "\r\n\r\n");
    append(*data);
    append(std::string{"\r\n"});
  }
  append(std::string{"--b0undary--\r\n"});
  return {"multipart/form-data; boundary=b0undary", std::make_shared<const bytes>(std::move(all))};
}

constexpr auto plain = "application/octet-stream";

} // namespace

TEST_CASE_METHOD(kubo_fixture, "add takes several files, and answers a line for each") {
  auto first = some_blob(100), second = some_blob(2 << 20, 1);
  auto id_of = [](const blob_ptr& blob) { return to_text(content_id_of(*blob, unixfs_v1_2025)); };
  auto body = several({{"a", plain, first}, {"some%20b", plain, second}, {"", plain, first}});
  auto line = [](const std::string& name, const std::string& id, const std::string& size) {
    return R"({"Name":")" + name + R"(","Hash":")" + id + R"(","Size":")" + size + "\"}\n";
  };
  auto hashed = rpc("add", {{"only-hash", "true"}}, body);
  CHECK(text_of(hashed)
        == line("a", id_of(first), "0") + line("some b", id_of(second), "0")
             + line(id_of(first), id_of(first), "0"));
  CHECK_FALSE(has(content_id_of(*first, unixfs_v1_2025)));
  auto loose = rpc("add", {{"pin", "false"}}, body);
  CHECK(loose.status == 200);
  CHECK(text_of(rpc("pin/ls", {{"stream", "true"}})).empty());
  auto added = rpc("add", {}, body);
  CHECK(value_of(added.fields, "X-Chunked-Output") == "1");
  CHECK(text_of(added) == text_of(loose));
  CHECK_THAT(text_of(added), Contains(line("a", id_of(first), "100")));
  CHECK(*rpc("cat", {{"arg", id_of(second)}}).body == *second);
  CHECK_THAT(text_of(rpc("pin/ls", {})), Contains(id_of(first)) && Contains(id_of(second)));
}

TEST_CASE_METHOD(kubo_fixture, "add takes plain files alone, and none if one of them isn't") {
  auto blob = some_blob(100), none = some_blob(0);
  auto refused = [&](const std::string& type) {
    auto got = rpc("add", {}, several({{"a", plain, blob}, {"b", type, none}}));
    CHECK(got.status == 400);
    CHECK_THAT(text_of(got), Contains("'b' is a folder or a link"));
  };
  refused("application/x-directory");
  refused("application/symlink");
  auto wrapped = rpc("add", {{"wrap-with-directory", "true"}}, file(blob));
  CHECK(wrapped.status == 400);
  CHECK_THAT(text_of(wrapped), Contains("wrap-with-directory"));
  CHECK_FALSE(has(content_id_of(*blob, unixfs_v1_2025)));
}

TEST_CASE_METHOD(kubo_fixture, "add refuses what would be too many blocks") {
  auto add = [&](size_t bytes, const std::string& chunker, const std::string& links) {
    return rpc("add", {{"chunker", chunker}, {"max-file-links", links}, {"only-hash", "true"}},
               file(some_blob(bytes)));
  };
  CHECK(add(16'384, "size-1", "8192").status == 200);
  CHECK(add(16'384, "size-1", "2").status == 200); // And 16,383 nodes.
  auto refused = add(16'386, "size-1", "2");
  CHECK(refused.status == 400);
  CHECK_THAT(text_of(refused), Contains("at most 32768"));
  CHECK(add(40'000, "size-1", "8192").status == 400);
}

TEST_CASE_METHOD(narrow_fixture, "files that are added together cost what they take on a disk") {
  auto a = some_blob(10), b = some_blob(10, 1);
  CHECK(rpc("add", {}, several({{"a", plain, a}, {"b", plain, b}})).status == 507);
  CHECK(rpc("add", {}, several({{"a", plain, a}})).status == 200);
}

TEST_CASE_METHOD(kubo_fixture, "cat gives a file, or a part of it") {
  auto blob = some_blob((1 << 20) + 500);
  auto id = add(blob);
  auto all = rpc("cat", {{"arg", id}});
  CHECK(*all.body == *blob);
  CHECK(value_of(all.fields, "X-Stream-Output") == "1");
  auto part = rpc("cat", {{"arg", "/ipfs/" + id}, {"offset", "1048570"}, {"length", "100"}});
  CHECK(std::ranges::equal(*part.body, std::span{*blob}.subspan(1048570, 100)));
  CHECK(rpc("cat", {{"arg", id}, {"offset", "9999999"}}).body->empty());
  CHECK(rpc("cat", {{"arg", id}, {"offset", "x"}}).status == 400);
  CHECK(rpc("cat", {}).status == 400);
  CHECK(rpc("cat", {{"arg", "nonsense"}}).status == 400);
  auto missing = rpc("cat", {{"arg", to_text(content_id_of(*some_blob(9, 9), unixfs_v1_2025))}});
  CHECK(missing.status == 500);
  CHECK_THAT(text_of(missing), Contains("not found locally"));
}

TEST_CASE_METHOD(kubo_fixture, "blocks go in, are counted, and come out") {
  auto blob = some_blob(1234);
  auto stored = rpc("block/put", {{"cid-codec", "raw"}, {"mhtype", "sha2-256"}}, file(blob));
  auto key = std::string{boost::json::parse(text_of(stored)).at("Key").as_string()};
  CHECK(key == to_text(content_id_of(*blob, unixfs_v1_2025)));
  CHECK(boost::json::parse(text_of(rpc("block/stat", {{"arg", key}}))).at("Size") == 1234);
  CHECK(*rpc("block/get", {{"arg", key}}).body == *blob);
  CHECK(rpc("block/put", {{"cid-codec", "dag-cbor"}}, file(blob)).status == 400);
  CHECK(rpc("block/put", {{"mhtype", "sha1"}}, file(blob)).status == 400);
  CHECK(rpc("block/put", {}, file(some_blob(3 << 20))).status == 500);
}

TEST_CASE_METHOD(kubo_fixture, "a DAG goes from one node to another as a CAR") {
  auto blob = some_blob(3 << 20);
  auto id = add(blob);
  auto car = rpc("dag/export", {{"arg", id}});
  auto read = read_car(*car.body);
  REQUIRE(read);
  CHECK(to_text(read->root) == id);
  CHECK(read->sections.size() == 4);

  kubo_fixture other;
  auto imported = other.rpc("dag/import", {{"pin-roots", "true"}}, file(car.body));
  auto root = boost::json::parse(text_of(imported)).at("Root");
  CHECK(root.at("Cid").at("/").as_string() == id);
  CHECK(root.at("PinErrorMsg").as_string() == "");
  CHECK(*other.rpc("cat", {{"arg", id}}).body == *blob);
}

TEST_CASE_METHOD(kubo_fixture,
                 "an import whose DAG has holes says so, and a broken one is refused") {
  auto id = content_id_from_text(add(some_blob(3 << 20)));
  auto car = rpc("dag/export", {{"arg", to_text(*id)}});
  auto read = read_car(*car.body);
  auto root_alone = car_header(read->root);
  append_car_section(root_alone, read->root, read->sections.front().block);
  kubo_fixture other;
  auto holes = other.rpc("dag/import", {}, file(std::make_shared<const bytes>(root_alone)));
  CHECK_THAT(text_of(holes), !Contains(R"("PinErrorMsg":"")"));
  root_alone.back() ^= 1;
  CHECK(other.rpc("dag/import", {}, file(std::make_shared<const bytes>(root_alone))).status == 500);
}

TEST_CASE_METHOD(kubo_fixture, "a CAR of too many blocks is refused before any is stored") {
  auto root = content_id_of(bytes(4), unixfs_v1_2025);
  auto car = car_header(root);
  for (uint32_t i = 0; i <= kubo::max_blocks_at_once; ++i) {
    bytes block{static_cast<uint8_t>(i), static_cast<uint8_t>(i >> 8),
                static_cast<uint8_t>(i >> 16), 0};
    append_car_section(car, content_id_of(block, unixfs_v1_2025), block);
  }
  auto refused = rpc("dag/import", {}, file(std::make_shared<const bytes>(std::move(car))));
  CHECK(refused.status == 500);
  CHECK_THAT(text_of(refused), Contains("more than 32768 blocks"));
  CHECK_FALSE(has(root));
}

TEST_CASE_METHOD(kubo_fixture, "blocks and CARs come one at a time") {
  auto body = several({{"a", plain, some_blob(10)}, {"b", plain, some_blob(10)}});
  for (auto command : {"block/put", "dag/import"}) {
    auto refused = rpc(command, {}, body);
    CHECK(refused.status == 400);
    CHECK_THAT(text_of(refused), Contains("one file at a time"));
  }
}

TEST_CASE_METHOD(kubo_fixture, "pins are added, listed and taken back") {
  auto id = add(some_blob(2 << 20));
  CHECK_THAT(text_of(rpc("pin/ls", {})), Contains(id));
  CHECK_THAT(text_of(rpc("pin/rm", {{"arg", id}})), Contains(id));
  CHECK_THAT(text_of(rpc("pin/ls", {})), !Contains(id));
  CHECK(rpc("pin/rm", {{"arg", id}}).status == 500);
  CHECK(rpc("pin/ls", {{"arg", id}}).status == 500);
  CHECK_THAT(text_of(rpc("pin/add", {{"arg", id}})), Contains(id));
  CHECK_THAT(text_of(rpc("pin/ls", {{"arg", id}})), Contains("recursive"));
  auto missing = to_text(content_id_of(*some_blob(9, 9), unixfs_v1_2025));
  CHECK(rpc("pin/add", {{"arg", missing}}).status == 500);
}

// What the program `ipfs` asks for with --stream, --type, --pin, --pin-roots, --stats.
TEST_CASE_METHOD(kubo_fixture, "pins are listed by line, and by their type") {
  auto id = add(some_blob(100));
  auto line = boost::json::parse(text_of(rpc("pin/ls", {{"stream", "true"}})));
  CHECK(line.at("Cid").as_string() == id);
  CHECK(line.at("Type").as_string() == "recursive");
  CHECK_THAT(text_of(rpc("pin/ls", {{"type", "all"}})), Contains(id));
  CHECK_THAT(text_of(rpc("pin/ls", {{"type", "recursive"}})), Contains(id));
  CHECK_THAT(text_of(rpc("pin/ls", {{"type", "direct"}})), !Contains(id));
  CHECK(text_of(rpc("pin/ls", {{"type", "indirect"}, {"stream", "true"}})).empty());
  CHECK(rpc("pin/ls", {{"type", "direct"}, {"arg", id}}).status == 500);
  CHECK(rpc("pin/ls", {{"type", "other"}}).status == 400);
  CHECK(rpc("pin/add", {{"arg", id}, {"recursive", "false"}}).status == 400);
}

TEST_CASE_METHOD(kubo_fixture, "only what is to be pinned is pinned") {
  auto pinned = [this](const std::string& id) {
    return rpc("pin/ls", {{"arg", id}}).status == 200;
  };
  CHECK_FALSE(pinned(add(some_blob(100), {{"pin", "false"}})));
  auto key_of = [](const http_response& answer) {
    return std::string{boost::json::parse(text_of(answer)).at("Key").as_string()};
  };
  CHECK_FALSE(pinned(key_of(rpc("block/put", {}, file(some_blob(200))))));
  CHECK(pinned(key_of(rpc("block/put", {{"pin", "true"}}, file(some_blob(200))))));
}

TEST_CASE_METHOD(kubo_fixture, "an import tells what it was asked to tell") {
  auto id = add(some_blob(3 << 20));
  auto car = rpc("dag/export", {{"arg", id}});
  kubo_fixture other;
  auto import = [&](http_fields query) {
    return text_of(other.rpc("dag/import", std::move(query), file(car.body)));
  };
  CHECK(import({{"pin-roots", "false"}}).empty());
  CHECK(other.rpc("pin/ls", {{"arg", id}}).status == 500);
  auto stats = boost::json::parse(import({{"pin-roots", "false"}, {"stats", "true"}})).at("Stats");
  CHECK(stats.at("BlockCount") == 4);
  CHECK(stats.at("BlockBytesCount").as_int64() > 3 << 20);
  CHECK_THAT(import({{"stats", "true"}}), Contains("\"Root\"") && Contains("\"Stats\""));
  CHECK(other.rpc("pin/ls", {{"arg", id}}).status == 200);
  CHECK(other.rpc("cat", {{"arg", id}, {"arg", id}}).status == 400);
}

TEST_CASE_METHOD(kubo_fixture, "the RPC is POST only, and has no other commands") {
  CHECK(get("/api/v0/version").status == 405);
  CHECK(rpc("config/show", {}).status == 404);
  CHECK(rpc("version", {}).status == 200);
  CHECK_THAT(text_of(rpc("id", {})), Contains("AgentVersion"));
}

TEST_CASE_METHOD(kubo_fixture, "the gateway gives files, blocks and CARs, for good") {
  auto blob = some_blob((1 << 20) + 1);
  auto id = add(blob);
  auto whole = get("/ipfs/" + id);
  CHECK(*whole.body == *blob);
  CHECK(whole.content_type == "application/octet-stream");
  CHECK_THAT(std::string{value_of(whole.fields, "Cache-Control")}, Contains("immutable"));
  CHECK_THAT(std::string{value_of(whole.fields, "Content-Disposition")}, Contains("attachment"));
  CHECK(value_of(whole.fields, "X-Content-Type-Options") == "nosniff");
  auto raw = get("/ipfs/" + id, {{"format", "raw"}});
  CHECK(raw.content_type == "application/vnd.ipld.raw");
  auto car = get("/ipfs/" + id, {}, {{"Accept", "application/vnd.ipld.car"}});
  CHECK(read_car(*car.body));
  auto tag = std::string{value_of(whole.fields, "ETag")};
  CHECK(get("/ipfs/" + id, {}, {{"If-None-Match", tag}}).status == 304);
  auto head = get("/ipfs/" + id, {}, {}, "HEAD");
  CHECK(head.status == 200);
  CHECK(head.body->empty());
  CHECK(value_of(head.fields, "Content-Length") == std::to_string(blob->size()));
}

TEST_CASE_METHOD(kubo_fixture, "the gateway refuses what it can't give") {
  CHECK(get("/ipfs/nonsense").status == 400);
  CHECK(get("/ipfs/" + add(some_blob(5)) + "/index.html").status == 404);
  CHECK(get("/ipfs/" + add(some_blob(5)), {{"format", "tar"}}).status == 400);
  CHECK(get("/ipfs/" + to_text(content_id_of(*some_blob(9, 9), unixfs_v1_2025))).status == 404);
  CHECK(rpc("../ipfs/x", {}).status == 404);
}

TEST_CASE_METHOD(narrow_fixture, "writes on loopback share a quota; a token has one of its own") {
  CHECK(rpc("add", {}, file(some_blob(2'000))).status == 200);
  auto full = rpc("add", {}, file(some_blob(2'000, 1)));
  CHECK(full.status == 507);
  CHECK_THAT(text_of(full), Contains("quota"));
  self->send(routes, atom::admit_v, std::string{"secret"}, client_id{3});
  CHECK(with_token("secret", some_blob(4'000)) == 200);
  CHECK(with_token("secret", some_blob(4'000, 1)) == 507);
  CHECK(with_token("guessed", some_blob(10)) == 403);
  self->send(routes, atom::begin_v, uint64_t{2});
  CHECK(with_token("secret", some_blob(4'000, 1)) == 200);
  CHECK(rpc("add", {}, file(some_blob(80'000))).status == 413);
}

TEST_CASE_METHOD(narrow_fixture, "many small blocks cost what they take on a disk") {
  kubo_fixture other;
  other.add(some_blob(10));
  auto id = other.add(some_blob(10, 1));
  CHECK(rpc("add", {}, file(some_blob(10))).status == 200);
  CHECK(rpc("block/put", {}, file(some_blob(10, 2))).status == 507);
  auto car = other.rpc("dag/export", {{"arg", id}});
  CHECK(rpc("dag/import", {}, file(car.body)).status == 507);
}

TEST_CASE_METHOD(kubo_fixture, "what is written goes with its round, but for what is pinned") {
  self->send(routes, atom::admit_v, std::string{"secret"}, client_id{3});
  auto update = some_blob(100), other = some_blob(2 << 20, 1), own = some_blob(3 << 20, 2);
  auto profile = unixfs_v1_2025;
  REQUIRE(with_token("secret", update) == 200);
  REQUIRE(with_token("secret", other) == 200);
  add(own);
  auto id = content_id_of(*own, profile);
  CHECK_FALSE(ask_done(blocks, atom::pin_v, std::vector{content_id_of(*update, profile)}));
  auto pin =
    authorized("Bearer secret", "pin/add", {{"arg", to_text(content_id_of(*other, profile))}});
  CHECK(pin.status == 200);
  CHECK_THAT(text_of(rpc("pin/ls", {})),
             Contains(to_text(id)) && !Contains(to_text(content_id_of(*other, profile))));
  CHECK_FALSE(ask_done(blocks, atom::collect_v, uint64_t{1}, caf::timespan{0}));
  CHECK(has(content_id_of(*update, profile)));
  CHECK_FALSE(has(content_id_of(*other, profile)));
  CHECK(has(id));
  CHECK(authorized("Bearer secret", "pin/rm", {{"arg", to_text(id)}}).status == 500);
  CHECK(rpc("pin/rm", {{"arg", to_text(id)}}).status == 200);
  own.reset();
  CHECK_FALSE(ask_done(blocks, atom::collect_v, uint64_t{1}, caf::timespan{0}));
  CHECK_FALSE(has(id));
}

TEST_CASE_METHOD(kubo_fixture, "pins are for clients, and for this machine") {
  auto id = add(some_blob(100));
  CHECK(authorized("Bearer guessed", "pin/add", {{"arg", id}}).status == 403);
  CHECK(authorized("Bearer guessed", "pin/rm", {{"arg", id}}).status == 403);
}

TEST_CASE_METHOD(kubo_fixture, "writes by whom nobody knows are refused by their headers") {
  self->send(routes, atom::admit_v, std::string{"secret"}, client_id{3});
  CHECK(judged("", true) == 0);
  CHECK(judged("", false) == 403);
  CHECK(judged("Basic eA==", false) == 403);
  for (auto from_loopback : {true, false}) {
    CHECK(judged("Bearer secret", from_loopback) == 0);
    CHECK(judged("Bearer guessed", from_loopback) == 403);
  }
}

TEST_CASE_METHOD(kubo_fixture, "every write is judged before its body comes, and nothing else is") {
  auto answered = [&](const std::string& command, const std::string& length) {
    test::raw_peer peer{server.port()};
    peer.send("POST /api/v0/" + command
              + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guessed\r\n"
                "Content-Length: "
              + length + "\r\n\r\n");
    return peer.read_message().status();
  };
  for (auto command : {"add?only-hash=true", "block/put", "dag/import", "pin/add", "pin/rm"})
    CHECK(answered(command, "100000") == 403);
  for (auto command : {"cat", "dag/export", "pin/ls", "version", "nothing"})
    CHECK(answered(command, "100000") == 413);
  CHECK(answered("version", "0") == 200);
}

TEST_CASE("nobody learns the server's paths from its troubles") {
  auto full = kubo::refusal(make_error(ec::no_space, "srv/blocks: No space left on device"));
  CHECK(full.status == 507);
  CHECK_THAT(text_of(full), Contains("no space left") && !Contains("srv"));
  auto broken = kubo::refusal(make_error(ec::io, "srv/blocks: Input/output error"));
  CHECK(broken.status == 500);
  CHECK_THAT(text_of(broken), Contains("disk failed") && !Contains("srv"));
}

TEST_CASE("a disk that is nearly full takes no more writes") {
  std::atomic<uint64_t> free = 1500, told = 0;
  std::string heaviest;
  kubo_fixture fixture{kubo_routes_config{.profile = unixfs_v1_2025,
                                          .min_free_bytes = 1000,
                                          .free_bytes = [&] { return free.load(); },
                                          .update_bytes = 400,
                                          .full =
                                            [&](uint64_t left, const std::string& who) {
                                              told = left;
                                              heaviest = who;
                                            }}};
  CHECK(fixture.rpc("add", {}, kubo_fixture::file(some_blob(10))).status == 200);
  fixture.self->send(fixture.routes, atom::admit_v, std::string{"secret"}, client_id{3});
  CHECK(fixture.with_token("secret", some_blob(1000)) == 507);
  CHECK(told == 0); // An update still has room.
  free = 1300;
  CHECK(fixture.rpc("add", {}, kubo_fixture::file(some_blob(1000))).status == 507);
  CHECK(fixture.with_token("guessed", some_blob(1000)) == 403);
  CHECK(fixture.with_authorization("Basic eA==", some_blob(1000)) == 507);
  CHECK(told == 0); // Strangers don't end a run.
  CHECK(fixture.with_token("secret", some_blob(1000)) == 507);
  CHECK(told == 1300);
  CHECK_THAT(heaviest, Contains("has written 0 MiB in this round"));
}
