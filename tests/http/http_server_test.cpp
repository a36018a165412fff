#include "actors/http/http_server.hpp"

#include "tests/http/serving.hpp"

#include <netdb.h>

using namespace flwr;
using namespace flwr::test;
using Catch::Contains;

TEST_CASE_METHOD(serving, "requests are answered, one after the other on one connection") {
  auto peer = dial();
  for (int i = 0; i < 3; ++i) {
    peer.send(request("GET /hello HTTP/1.1"));
    auto answer = peer.read_message();
    CHECK(answer.start == "HTTP/1.1 200 OK");
    CHECK(answer["content-type"] == "text/plain; charset=utf-8");
    CHECK(answer["x-content-type-options"] == "nosniff");
    CHECK(answer.body == "hello");
    peer.send(post("/echo", "body " + std::to_string(i)));
    CHECK(peer.read_message().body == "body " + std::to_string(i));
  }
}

TEST_CASE_METHOD(serving, "a route sees the whole request") {
  auto peer = dial();
  peer.send(request("POST /hold/a%20b?arg=1&arg=2 HTTP/1.1", {"X-Thing: one", "Content-Length: 4"},
                    "body"));
  auto exchange = held.take();
  auto& seen = exchange->request();
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/hold/a b");
  CHECK(seen.query == http_fields{{"arg", "1"}, {"arg", "2"}});
  CHECK(value_of(seen.fields, "x-thing") == "one");
  CHECK(text_of(seen.body) == "body");
  CHECK(exchange->from_loopback());
  exchange->respond({.status = 404, .content_type = {}, .fields = {{"X-Why", "so"}}, .body = {}});
  exchange->respond(text_response(200, "the first answer counts"));
  auto answer = peer.read_message();
  CHECK(answer.status() == 404);
  CHECK(answer["x-why"] == "so");
  CHECK(answer["content-length"] == "0");
  peer.send(request("GET /hello HTTP/1.1"));
  CHECK(peer.read_message().body == "hello");
}

TEST_CASE_METHOD(serving, "HEAD is answered as GET is, without the body") {
  auto peer = dial();
  peer.send(request("HEAD /hello HTTP/1.1"));
  auto head = peer.read_message(false);
  CHECK(head.status() == 200);
  CHECK(head["content-length"] == "5");
  peer.send(request("GET /hello HTTP/1.1"));
  CHECK(peer.read_message().body == "hello");
}

TEST_CASE_METHOD(serving, "answers that have no body say no length") {
  auto status = GENERATE(204U, 304U);
  auto peer = dial();
  peer.send(request("GET /hold HTTP/1.1"));
  held.take()->respond({.status = status, .content_type = {}, .fields = {}, .body = {}});
  auto answer = peer.read_message();
  CHECK(answer.status() == status);
  CHECK(answer["content-length"].empty());
  peer.send(request("GET /hello HTTP/1.1"));
  CHECK(peer.read_message().body == "hello");
}

TEST_CASE_METHOD(serving, "HTTP/1.0 ends the connection unless it is asked not to") {
  auto peer = dial();
  peer.send(request("GET /hello HTTP/1.0", {"Connection: keep-alive"}));
  auto kept = peer.read_message();
  CHECK(kept.start == "HTTP/1.0 200 OK");
  CHECK(kept["connection"] == "keep-alive");
  peer.send(request("GET /hello HTTP/1.0"));
  CHECK_THAT(peer.read_all(), Catch::StartsWith("HTTP/1.0 200 OK") && Catch::EndsWith("hello"));
}

TEST_CASE_METHOD(serving, "a connection is closed after the answer if the request says so") {
  auto peer = dial();
  peer.send(request("GET /hello HTTP/1.1", {"Connection: close"}));
  CHECK(peer.read_message()["connection"] == "close");
  CHECK(peer.is_closed());
}

TEST_CASE_METHOD(serving, "a body may come in chunks, with trailers, and after an invitation") {
  auto peer = dial();
  peer.send(request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"},
                    chunk("one ") + chunk("two") + "0\r\nX-Trailer: x\r\n\r\n"));
  CHECK(peer.read_message().body == "one two");
  peer.send(request("POST /echo HTTP/1.1", {"Expect: 100-continue", "Content-Length: 4"}));
  CHECK(peer.read_message().status() == 100);
  peer.send("body");
  CHECK(peer.read_message().body == "body");
  peer.send(request("POST /echo HTTP/1.0",
                    {"Expect: 100-continue", "Content-Length: 4", "Connection: keep-alive"},
                    "body"));
  CHECK(peer.read_message().body == "body");
}

TEST_CASE_METHOD(serving, "requests that come at once are answered in order, one at a time") {
  auto peer = dial();
  peer.send(request("GET /hold/1 HTTP/1.1") + post("/echo", "between")
            + request("GET /hold/2 HTTP/1.1"));
  auto first = held.take();
  CHECK(first->request().path == "/hold/1");
  CHECK(ask(request("GET /hello HTTP/1.1")).status() == 200);
  CHECK(held.size() == 0);
  first->respond(text_response(200, "first"));
  CHECK(peer.read_message().body == "first");
  CHECK(peer.read_message().body == "between");
  held.take()->respond(text_response(200, "second"));
  CHECK(peer.read_message().body == "second");
}

TEST_CASE_METHOD(serving, "a request that nobody answers is answered 503") {
  auto peer = dial();
  peer.send(request("GET /drop HTTP/1.1"));
  CHECK(peer.read_message().status() == 503);
  peer.send(request("GET /hold HTTP/1.1"));
  held.take().reset();
  CHECK(peer.read_message().status() == 503);
  peer.send(request("GET /hello HTTP/1.1"));
  CHECK(peer.read_message().status() == 200);
}

TEST_CASE_METHOD(serving, "an answer to a peer that has gone is no matter") {
  auto peer = dial();
  peer.send(request("GET /hold HTTP/1.1"));
  auto exchange = held.take();
  peer.close();
  exchange->respond(text_response(200, std::string(1 << 20, 'x')));
  CHECK(ask(request("GET /hello HTTP/1.1")).status() == 200);
}

TEST_CASE("foreign names and pages, other methods, types and paths are refused") {
  http_server_config cfg;
  cfg.allow_hosts = {"learning.example"};
  serving here{std::move(cfg)};
  struct {
    unsigned status;
    std::string text;
  } cases[] = {
    {200, "GET /hello HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"},
    {200, "GET /hello HTTP/1.1\r\nHost: [::1]\r\n\r\n"},
    {200, "GET /hello HTTP/1.1\r\nHost: learning.example:99\r\n\r\n"},
    {403, "GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
    {403, "GET /hello HTTP/1.1\r\nHost:\r\n\r\n"},
    {403, "GET /hello HTTP/1.0\r\n\r\n"},
    {403, "GET /nothing HTTP/1.1\r\nHost: evil.example\r\n\r\n"},
    {200, request("GET /hello HTTP/1.1", {"Origin: http://localhost:3000"})},
    {200, request("GET /hello HTTP/1.1", {"Origin: https://learning.example"})},
    {403, request("GET /hello HTTP/1.1", {"Origin: http://evil.example"})},
    {403, request("GET /hello HTTP/1.1", {"Origin: null"})},
    {403, request("GET /hello HTTP/1.1", {"Origin:"})},
    {403, request("GET /hello HTTP/1.1", {"Origin: http://localhost", "Origin: http://evil"})},
    {404, request("GET / HTTP/1.1")},
    {404, request("GET /hello/ HTTP/1.1")},
    {404, request("POST /nothing HTTP/1.1", {"Content-Length: 1000000000000"})},
    {405, request("POST /hello HTTP/1.1")},
    {405, request("OPTIONS /hello HTTP/1.1")},
    {405, request("BREW /hello HTTP/1.1")},
    {405, request("HEAD /echo HTTP/1.1")},
    {415, request("POST /json HTTP/1.1", {"Content-Length: 2"}, "{}")},
    {415, request("POST /json HTTP/1.1", {"Content-Length: 2", "Content-Type: text/plain"}, "{}")},
    {200, request("POST /json HTTP/1.1",
                  {"Content-Length: 2", "Content-Type: application/json; charset=utf-8"}, "{}")},
  };
  for (auto& each : cases) {
    INFO(each.text);
    auto peer = here.dial();
    peer.send(each.text);
    CHECK(peer.read_message(false).status() == each.status);
  }
  auto old = here.dial();
  old.send("GET /hello HTTP/1.0\r\n\r\n");
  CHECK_THAT(old.read_message().body, Catch::Contains("Host field"));
  CHECK(here.ask(request("POST /hello HTTP/1.1"))["allow"] == "GET, HEAD");
  CHECK(here.ask(request("GET /echo HTTP/1.1"))["allow"] == "POST, PUT");
}

TEST_CASE_METHOD(serving, "a refusal leaves the connection open where no body is left behind") {
  auto peer = dial();
  peer.send(request("GET /nothing HTTP/1.1") + request("DELETE /hello HTTP/1.1")
            + request("GET /hello HTTP/1.1"));
  CHECK(peer.read_message().status() == 404);
  CHECK(peer.read_message().status() == 405);
  CHECK(peer.read_message().status() == 200);
  peer.send(post("/nothing", "GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  CHECK(peer.read_message().status() == 404);
  CHECK(peer.is_closed());
  CHECK(held.size() == 0);
}

TEST_CASE_METHOD(serving, "what isn't HTTP is answered 400, and the connection ends") {
  auto hello = [](const std::string& lines) {
    return "GET /hello HTTP/1.1\r\nHost: localhost\r\n" + lines + "\r\n";
  };
  auto smuggled = std::string{"GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n"};
  const std::string cases[] = {
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + std::string(300, 'x') + "\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    std::string(600, '\0') + "\r\n\r\n",
    "hello\r\n\r\n",
    "GET /hello\r\n\r\n",
    "GET /hello HTTP/0.9\r\nHost: localhost\r\n\r\n",
    "GET /hello HTTP/1.2\r\nHost: localhost\r\n\r\n",
    "GET /hello HTTP/2.0\r\nHost: localhost\r\n\r\n",
    "GET /hello http/1.1\r\nHost: localhost\r\n\r\n",
    "GET  /hello HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "G(T /hello HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET http://localhost/hello HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /hello HTTP/1.1\r\n\r\n",
    hello("Host: localhost\r\n"),
    hello("no colon\r\n"),
    hello(": nothing\r\n"),
    hello("N@me: x\r\n"),
    hello("Space : before\r\n"),
    hello("Nul: a" + std::string(1, '\0') + "b\r\n"),
    hello("Content-Length: -1\r\n"),
    hello("Content-Length: 0x10\r\n"),
    hello("Content-Length: 99999999999999999999\r\n"),
    hello("Content-Length: 1\r\nContent-Length: 2\r\n"),
    hello("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
    hello("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"),
    hello("Transfer-Encoding: gzip\r\n") + smuggled,
    hello("Transfer-Encoding: gzip, chunked\r\n"),
    hello("Transfer-Encoding: identity\r\n") + smuggled,
    hello("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
    "GET /hello HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
    request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"}, "x\r\n"),
    request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"}, "5\r\nhello!\r\n0\r\n\r\n"),
    request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"}, "fffffffffffffffff\r\n"),
  };
  for (auto& each : cases) {
    INFO(each.substr(0, 100));
    auto peer = dial();
    peer.send(each);
    CHECK(peer.read_message().status() == 400);
    CHECK(peer.is_closed());
  }
  CHECK(held.size() == 0);
  CHECK(ask(request("GET /hello HTTP/1.1")).status() == 200);
}

TEST_CASE_METHOD(serving, "a peer that ends in the middle is let go") {
  for (auto& part :
       {std::string{"GET /hel"}, post("/echo", "body").substr(0, 61),
        request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"}, "5\r\nhe"), std::string{}}) {
    auto peer = dial();
    peer.send(part);
    peer.end_sending();
    CHECK(peer.is_closed());
  }
}

TEST_CASE("a port that can't be listened on is named, with the reason") {
  serving here;
  http_server_config cfg;
  cfg.port = here.server->port();
  auto taken = http_server::listen(cfg);
  REQUIRE_FALSE(taken);
  CHECK(taken.error() == ec::usage);
  CHECK_THAT(render(taken.error()),
             Contains("127.0.0.1:" + std::to_string(cfg.port)) && Contains("in use"));
  cfg.host = "192.0.2.1"; // Documentation's (RFC 5737): not this machine's.
  auto foreign = http_server::listen(cfg);
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error() == ec::usage);
  CHECK_THAT(render(foreign.error()), Contains("192.0.2.1"));
  cfg.host = "no.such.host.invalid";
  auto unknown = http_server::listen(cfg);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error() == ec::usage);
  CHECK_THAT(render(unknown.error()), Contains("no.such.host.invalid"));
}

TEST_CASE("a port is free again as soon as its server has ended") {
  serving before;
  http_server_config cfg;
  cfg.port = before.server->port();
  CHECK(before.ask(request("GET /hello HTTP/1.1", {"Connection: close"})).status() == 200);
  before.server.reset();
  CHECK(http_server::listen(cfg));
}

TEST_CASE("localhost is listened on where IPv4 finds it") {
  http_server_config cfg;
  cfg.host = "localhost";
  serving here{std::move(cfg)};
  CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
}

TEST_CASE("a server's end ends every connection, whatever it is about, and no answer is missed") {
  http_server_config cfg;
  cfg.body_bytes = cfg.open_body_bytes = 20'000;
  serving here{std::move(cfg)};
  std::vector<raw_peer> peers;
  auto start = [&](const std::string& text) -> raw_peer& {
    peers.push_back(here.dial());
    peers.back().send(text);
    return peers.back();
  };
  start("");
  start("GET /hel");
  start(post("/hold", std::string(20'000, 'x')));
  auto held_one = here.held.take();
  start(request("POST /echo HTTP/1.1", {"Content-Length: 20000"}, "waits for room"));
  auto& answered = start(request("GET /hold HTTP/1.1"));
  auto held_two = here.held.take();
  held_two->respond(text_response(200, "x"));
  CHECK(answered.read_message().status() == 200);
  here.server.reset();
  for (auto& peer : peers)
    CHECK(peer.is_closed());
  held_one->respond(text_response(200, "too late"));
}
