#include "actors/http/http_client.hpp"

#include "tests/http/serving.hpp"

#include <future>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

using answer = expected<http_response>;

http_place place_of(uint16_t port, std::string path = "") {
  return {"127.0.0.1", port, std::move(path)};
}

http_request get(std::string path) {
  return {.method = "GET", .path = std::move(path), .query = {}, .fields = {}, .body = {}};
}

http_request post_of(std::string path, blob_ptr body) {
  return {
    .method = "POST", .path = std::move(path), .query = {}, .fields = {}, .body = std::move(body)};
}

blob_ptr blob_of(std::string_view text) {
  return std::make_shared<const bytes>(text.begin(), text.end());
}

struct asking {
  std::future<answer> ask(const http_place& place, http_request what, http_limits limits = {}) {
    auto arrived = std::make_shared<std::promise<answer>>();
    auto later = arrived->get_future();
    client->send(place, std::move(what), limits,
                 [arrived](answer got) { arrived->set_value(std::move(got)); });
    return later;
  }

  http_client_ptr client = make_http_loop();
};

answer come(std::future<answer> later) {
  if (later.wait_for(patience) != std::future_status::ready)
    throw std::runtime_error{"waited in vain"};
  return later.get();
}

/// A client whose server the test plays.
struct scripted : asking {
  std::future<answer> ask_here(http_request what = get("/"), http_limits limits = {}) {
    return ask(place_of(server.port()), std::move(what), limits);
  }

  /// What a client makes of these bytes, after which the connection ends.
  answer meet(std::string_view bytes, http_limits limits = {}, http_request what = get("/")) {
    auto later = ask_here(std::move(what), limits);
    auto peer = server.accept();
    peer.read_message();
    peer.send(bytes);
    peer.close();
    return come(std::move(later));
  }

  raw_server server;
};

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

} // namespace

TEST_CASE_METHOD(scripted, "a request goes out as it was asked, with what HTTP needs besides") {
  auto later = ask(place_of(server.port(), "/api v0"), {.method = "POST",
                                                        .path = "/add",
                                                        .query = {{"arg", "a&b"}, {"arg", "c"}},
                                                        .fields = {{"X-Thing", "one"}},
                                                        .body = blob_of("body")});
  auto peer = server.accept();
  auto seen = peer.read_message();
  CHECK(seen.start == "POST /api%20v0/add?arg=a%26b&arg=c HTTP/1.1");
  CHECK(seen["host"] == "127.0.0.1:" + std::to_string(server.port()));
  CHECK_THAT(std::string{seen["user-agent"]}, Catch::StartsWith("flwr-actor/"));
  CHECK(seen["x-thing"] == "one");
  CHECK(seen["content-length"] == "4");
  CHECK(seen["accept-encoding"].empty());
  CHECK(seen["connection"].empty());
  CHECK(seen.body == "body");
  peer.send(
    "HTTP/1.1 201 Created\r\nContent-Type: text/x\r\nX-Y: z\r\nContent-Length: 4\r\n\r\nwell");
  auto got = come(std::move(later));
  REQUIRE(got);
  CHECK(got->status == 201);
  CHECK(got->content_type == "text/x");
  CHECK(value_of(got->fields, "x-y") == "z");
  CHECK(text_of(got->body) == "well");
}

TEST_CASE_METHOD(scripted, "a connection is kept for the next request, unless the server ends it") {
  auto later = ask_here();
  auto peer = server.accept();
  peer.read_message();
  peer.send(ok);
  REQUIRE(come(std::move(later)));
  later = ask_here(get("/2"));
  CHECK(peer.read_message().start == "GET /2 HTTP/1.1");
  peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(come(std::move(later)));
  later = ask_here(get("/3"));
  auto next = server.accept();
  CHECK(next.read_message().start == "GET /3 HTTP/1.1");
  next.send(ok + "more than was asked for");
  REQUIRE(come(std::move(later)));
  later = ask_here(get("/4"));
  CHECK(server.accept().read_message().start == "GET /4 HTTP/1.1");
  CHECK(come(std::move(later)).error() == ec::unreachable);
}

TEST_CASE_METHOD(scripted, "a kept connection that has ended meanwhile is replaced, once") {
  auto later = ask_here();
  auto peer = server.accept();
  peer.read_message();
  peer.send(ok);
  REQUIRE(come(std::move(later)));
  auto only_half = GENERATE(false, true);
  only_half ? peer.end_sending() : peer.close();
  later = ask_here(post_of("/again", blob_of("body")));
  auto next = server.accept();
  auto seen = next.read_message();
  CHECK(seen.start == "POST /again HTTP/1.1");
  CHECK(seen.body == "body");
  SECTION("and the new one serves") {
    next.send(ok);
    CHECK(come(std::move(later)));
  }
  SECTION("and the new one ends, too") {
    next.close();
    CHECK(come(std::move(later)).error() == ec::unreachable);
    CHECK_FALSE(server.has_caller(0ms));
  }
}

TEST_CASE_METHOD(scripted, "a request whose answer has begun isn't sent again") {
  auto later = ask_here();
  auto peer = server.accept();
  peer.read_message();
  peer.send(ok);
  REQUIRE(come(std::move(later)));
  later = ask_here();
  peer.read_message();
  peer.send("HTTP/1.1 200 OK\r\nContent-Le");
  peer.close();
  CHECK(come(std::move(later)).error() == ec::unreachable);
  CHECK_FALSE(server.has_caller(0ms));
}

TEST_CASE_METHOD(scripted, "at one place so many requests are under way, and the others wait") {
  std::vector<std::future<answer>> asked;
  for (int i = 0; i < 40; ++i)
    asked.push_back(ask_here());
  std::vector<raw_peer> peers;
  for (int i = 0; i < 32; ++i) {
    peers.push_back(server.accept());
    peers.back().read_message();
  }
  auto late = come(ask_here(get("/"), {.timeout = 50ms}));
  CHECK(late.error() == ec::timeout);
  CHECK_THAT(render(late.error()), Contains("127.0.0.1:" + std::to_string(server.port())));
  CHECK_FALSE(server.has_caller(0ms));
  for (int i = 0; i < 40; ++i) {
    auto& peer = peers[static_cast<size_t>(i % 32)];
    if (i >= 32)
      peer.read_message();
    peer.send(ok);
  }
  for (auto& each : asked)
    CHECK(come(std::move(each)));
  CHECK_FALSE(server.has_caller(0ms));
}

TEST_CASE_METHOD(scripted, "a server that says nothing, or not all, is a timeout that names it") {
  http_limits short_one{.timeout = 50ms};
  auto later = ask_here(get("/"), short_one);
  auto peer = server.accept();
  SECTION("nothing") {}
  SECTION("half a header") { peer.send("HTTP/1.1 200 OK\r\n"); }
  SECTION("half a body") { peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"); }
  auto got = come(std::move(later));
  REQUIRE_FALSE(got);
  CHECK(got.error() == ec::timeout);
  CHECK_THAT(render(got.error()), Contains(to_text(place_of(server.port()))));
  peer.read_message();
  CHECK(peer.is_closed());
}

TEST_CASE_METHOD(scripted, "patience begins anew with each piece of a body") {
  http_limits patient{.timeout = 2s, .max_body_bytes = 1 << 30};
  auto large = post_of("/", std::make_shared<const bytes>(48 << 20));
  auto later = ask_here(large, patient);
  auto peer = server.accept();
  raw_server idle;
  auto end = std::chrono::steady_clock::now() + patient.timeout + 100ms;
  auto is_over = [&] { return std::chrono::steady_clock::now() > end; };
  auto head = peer.read_to("\r\n\r\n");
  SECTION("of a request") {
    size_t taken = 0;
    for (; !is_over(); idle.has_caller(10ms))
      taken += peer.read(128 << 10).size();
    peer.read((48 << 20) - taken);
    peer.send(ok);
  }
  SECTION("of an answer") {
    peer.read(48 << 20);
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (; !is_over(); idle.has_caller(10ms))
      peer.send(chunk(std::string(128 << 10, 'x')));
    peer.send("0\r\n\r\n");
  }
  CHECK(come(std::move(later)));
}

TEST_CASE_METHOD(asking, "a connection that isn't accepted is a timeout, too") {
  raw_server full{0};
  raw_peer first{full.port()}; // All that it has room for.
  auto got = come(ask(place_of(full.port()), get("/"), {.timeout = 50ms}));
  REQUIRE_FALSE(got);
  CHECK(got.error() == ec::timeout);
}

TEST_CASE_METHOD(asking, "where nobody listens is unreachable") {
  uint16_t port = raw_server{}.port();
  auto got = come(ask(place_of(port, "/eth"), get("/")));
  REQUIRE_FALSE(got);
  CHECK(got.error() == ec::unreachable);
  CHECK_THAT(render(got.error()), Contains(to_text(place_of(port, "/eth"))) && Contains("refused"));
  auto unknown = come(ask({"no.such.host.invalid", 80, ""}, get("/")));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error() == ec::unreachable);
  CHECK_THAT(render(unknown.error()), Contains("no.such.host.invalid"));
}

TEST_CASE_METHOD(scripted, "an answer that is longer than allowed is corrupt, and isn't read") {
  http_limits ten{.max_body_bytes = 10};
  const std::string head = "HTTP/1.1 200 OK\r\n";
  auto text = GENERATE_COPY(
    head + "Content-Length: 11\r\n\r\n", head + "Content-Length: 1099511627776\r\n\r\nx",
    head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("12345678") + chunk("123"),
    head + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\nx", head + "\r\n12345678901");
  INFO(text);
  auto got = meet(text, ten);
  REQUIRE_FALSE(got);
  CHECK(got.error() == ec::corrupt);
  CHECK_THAT(render(got.error()), Contains("longer than allowed"));
}

TEST_CASE_METHOD(scripted, "an answer may be just as long as is allowed, however it is framed") {
  const std::string head = "HTTP/1.1 200 OK\r\n";
  auto text = GENERATE_COPY(head + "Content-Length: 10\r\n\r\n1234567890",
                            head + "Transfer-Encoding: chunked\r\n\r\n" + chunk("12345")
                              + chunk("67890") + "0\r\n\r\n",
                            head + "\r\n1234567890", "HTTP/1.0 200 OK\r\n\r\n1234567890");
  auto got = meet(text, {.max_body_bytes = 10});
  REQUIRE(got);
  CHECK(text_of(got->body) == "1234567890");
}

TEST_CASE_METHOD(scripted, "what a trailer says is handed over") {
  auto got = meet("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Stream-Error\r\n\r\n"
                  + chunk("part") + "0\r\nX-Stream-Error: the rest is missing\r\n\r\n");
  REQUIRE(got);
  CHECK(text_of(got->body) == "part");
  CHECK(value_of(got->fields, "x-stream-error") == "the rest is missing");
}

TEST_CASE_METHOD(scripted, "statuses are no errors, redirections are not followed") {
  auto moved = meet("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
                    "Content-Length: 0\r\n\r\n");
  REQUIRE(moved);
  CHECK(moved->status == 302);
  CHECK(value_of(moved->fields, "location") == "http://127.0.0.1:1/");
  auto failed = meet("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno");
  REQUIRE(failed);
  CHECK(failed->status == 500);
  CHECK(text_of(failed->body) == "no");
}

TEST_CASE_METHOD(scripted, "what comes before the answer is passed over") {
  auto got = meet("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + ok);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(text_of(got->body) == "ok");
}

TEST_CASE_METHOD(scripted, "answers without a body have none") {
  auto head = get("/");
  head.method = "HEAD";
  auto got = meet("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", {}, head);
  REQUIRE(got);
  CHECK(got->status == 200);
  CHECK(text_of(got->body).empty());
  auto nothing = meet("HTTP/1.1 204 No Content\r\n\r\n");
  REQUIRE(nothing);
  CHECK(text_of(nothing->body).empty());
}

TEST_CASE_METHOD(scripted, "a peer that speaks something else is corrupt") {
  auto text =
    GENERATE(as<std::string>{}, "SSH-2.0-OpenSSH_9.2\r\n",
             std::string("\x15\x03\x01\x00\x02\x02\x46 and so on", 18),
             std::string("\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00", 13),
             "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
             "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'));
  INFO(text.substr(0, 60));
  auto got = meet(text);
  REQUIRE_FALSE(got);
  CHECK(got.error() == ec::corrupt);
  CHECK_THAT(render(got.error()), Contains(to_text(place_of(server.port()))));
}

TEST_CASE_METHOD(scripted, "an answer that breaks off is unreachable") {
  auto text = GENERATE(as<std::string>{}, "", "HTTP/1.1 200 OK\r\n",
                       "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha");
  INFO(text);
  CHECK(meet(text).error() == ec::unreachable);
}

TEST_CASE("the client's end answers all that is under way, and all that waits") {
  raw_server server;
  std::vector<std::future<answer>> asked;
  std::vector<raw_peer> peers;
  {
    asking client;
    for (int i = 0; i < 40; ++i)
      asked.push_back(client.ask(place_of(server.port()), get("/")));
    peers.push_back(server.accept());
    peers.back().read_message();
  }
  for (auto& each : asked)
    CHECK(come(std::move(each)).error() == ec::stopped);
  CHECK(peers.back().is_closed());
}

TEST_CASE("our client and our server understand each other") {
  serving here;
  asking client;
  auto place = place_of(here.server->port());
  auto large = std::make_shared<const bytes>(32 << 20, uint8_t{7});
  auto echoed = come(client.ask(place, post_of("/large", large), {.max_body_bytes = 64 << 20}));
  REQUIRE(echoed);
  CHECK((*echoed->body == *large));
  auto refused = come(client.ask(place, post_of("/echo", large)));
  REQUIRE(refused);
  CHECK(refused->status == 413);
  auto by_name = come(client.ask({"localhost", place.port, ""}, get("/hello")));
  REQUIRE(by_name);
  CHECK(text_of(by_name->body) == "hello");
  std::vector<std::future<answer>> many;
  for (int i = 0; i < 300; ++i)
    many.push_back(client.ask(place, post_of("/echo", blob_of(std::to_string(i)))));
  for (int i = 0; i < 300; ++i) {
    auto got = come(std::move(many[static_cast<size_t>(i)]));
    REQUIRE(got);
    CHECK(text_of(got->body) == std::to_string(i));
  }
}

TEST_CASE("IPv6 is served and asked, where there is any") {
  http_server_config cfg;
  cfg.host = "::1";
  cfg.routes = {
    serving::route("/hello", {"GET"}, [](auto with) { with->respond(text_response(200, "six")); })};
  auto server = http_server::listen(std::move(cfg));
  if (!server) {
    WARN("no IPv6 here: " << render(server.error()));
    return;
  }
  asking client;
  auto got = come(client.ask({"::1", server->port(), ""}, get("/hello")));
  REQUIRE(got);
  CHECK(text_of(got->body) == "six");
}
