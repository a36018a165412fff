#include "actors/http/http_server.hpp"
#include "tests/http/serving.hpp"

#include <netinet/tcp.h>
#include <sys/resource.h>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;

namespace {

http_server_config impatient(std::chrono::milliseconds header, std::chrono::milliseconds idle) {
  http_server_config cfg;
  cfg.header_patience = header;
  cfg.idle_patience = idle;
  return cfg;
}

http_server_config with_body_bytes(uint64_t most) {
  http_server_config cfg;
  cfg.body_bytes = cfg.open_body_bytes = most;
  return cfg;
}

/// Sends a byte now and then until something comes back.
void drip(raw_peer& peer) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (!peer.has_something(10ms) && std::chrono::steady_clock::now() < end)
    peer.send("x");
}

/// One to which the system, too, passes little at a time.
raw_socket narrow_socket() {
  raw_socket made{::socket(AF_INET, SOCK_STREAM, 0)};
  int room = 1, segment = 500;
  ::setsockopt(made.fd(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  ::setsockopt(made.fd(), IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  return made;
}

/// No file can be opened while this lives.
class no_files {
public:
  no_files() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    raw_socket next{::dup(0)};
    set(static_cast<rlim_t>(next.fd()));
  }
  ~no_files() { set(before_.rlim_cur); }

private:
  void set(rlim_t most) {
    auto now = before_;
    now.rlim_cur = most;
    ::setrlimit(RLIMIT_NOFILE, &now);
  }

  rlimit before_{};
};

} // namespace

TEST_CASE("a header that is too large is answered 431, one that just isn't is read") {
  http_server_config cfg;
  cfg.max_header_bytes = 1000;
  serving here{std::move(cfg)};
  CHECK(here.ask(request("GET /hello HTTP/1.1", {"X: " + std::string(800, 'x')})).status() == 200);
  for (auto& large : {request("GET /hello HTTP/1.1", {"X: " + std::string(1000, 'x')}),
                      request("GET /" + std::string(1000, 'x') + " HTTP/1.1"),
                      "GET /hello HTTP/1.1\r\n" + std::string(2000, 'x')}) {
    auto peer = here.dial();
    peer.send(large);
    CHECK(peer.read_message().status() == 431);
    CHECK(peer.is_closed());
  }
}

TEST_CASE_METHOD(serving, "a body over the route's limit is answered 413, unread and uninvited") {
  for (auto& said :
       {request("POST /echo HTTP/1.1", {"Content-Length: 1048577"}),
        request("POST /echo HTTP/1.1", {"Content-Length: 1099511627776"}, "x"),
        request("POST /echo HTTP/1.1", {"Content-Length: 1048577", "Expect: 100-continue"})}) {
    auto peer = dial();
    peer.send(said);
    CHECK(peer.read_message().status() == 413);
    CHECK(peer.is_closed());
  }
  auto most = std::string(1 << 20, 'x');
  CHECK(ask(post("/echo", most)).body == most);
}

TEST_CASE_METHOD(serving,
                 "chunks over the route's limit are answered 413 when they are announced") {
  auto peer = dial();
  peer.send(request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"},
                    chunk(std::string(1 << 20, 'x')) + "1\r\n"));
  CHECK(peer.read_message().status() == 413);
  CHECK(peer.is_closed());
  auto huge = dial();
  huge.send(request("POST /echo HTTP/1.1", {"Transfer-Encoding: chunked"}, "ffffffffffff\r\n"));
  CHECK(huge.read_message().status() == 413);
  auto none = dial();
  none.send(request("POST /hello HTTP/1.1", {"Transfer-Encoding: chunked"}, chunk("x")));
  CHECK(none.read_message().status() == 405);
}

TEST_CASE_METHOD(serving, "a peer that sends all of a refused body gets the refusal all the same") {
  auto peer = dial();
  peer.send(post("/echo", std::string(8 << 20, 'x')));
  CHECK(peer.read_message().status() == 413);
}

TEST_CASE_METHOD(serving, "bodies of many megabytes come and go whole") {
  std::string large(20 << 20, '\0');
  for (size_t i = 0; i < large.size(); ++i)
    large[i] = static_cast<char>(i * 31 >> 7);
  CHECK((ask(post("/large", large)).body == large));
  std::string chunks;
  for (size_t at = 0; at < large.size(); at += 300'000)
    chunks += chunk(large.substr(at, 300'000));
  auto answer =
    ask(request("POST /large HTTP/1.1", {"Transfer-Encoding: chunked"}, chunks + "0\r\n\r\n"));
  CHECK((answer.body == large));
}

TEST_CASE("whoever has no room for a body waits unread until another request is released") {
  auto cfg = with_body_bytes(25'000);
  cfg.room_patience = 1ms; // Only for bodies that come slowly.
  serving here{std::move(cfg)};
  auto first = here.dial(), second = here.dial();
  first.send(post("/hold", std::string(20'000, 'x')));
  auto exchange = here.held.take();
  second.send(request("POST /echo HTTP/1.1", {"Content-Length: 20000", "Expect: 100-continue"}));
  CHECK(second.read_message().status() == 100);
  second.send(std::string(20'000, 'y'));
  CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
  exchange->respond(text_response(200, "answered"));
  CHECK(first.read_message().body == "answered");
  CHECK_FALSE(second.has_something(0ms));
  exchange.reset();
  CHECK(second.read_message().body == std::string(20'000, 'y'));
}

TEST_CASE("a body larger than the whole budget goes when it is alone, in chunks too") {
  serving here{with_body_bytes(1000)};
  auto body = std::string(1 << 20, 'x');
  CHECK(here.ask(post("/echo", body)).body.size() == body.size());
  auto one = here.dial(), other = here.dial();
  auto chunked = request("POST /large HTTP/1.1", {"Transfer-Encoding: chunked"},
                         chunk(body) + chunk(body) + chunk(body) + "0\r\n\r\n");
  one.send(chunked);
  other.send(chunked);
  CHECK(one.read_message().body.size() == 3 * body.size());
  CHECK(other.read_message().body.size() == 3 * body.size());
}

TEST_CASE("chunked bodies that together outgrow the budget all get through") {
  serving here{with_body_bytes(3 << 20)};
  auto part = chunk(std::string(1 << 20, 'x'));
  std::vector<raw_peer> peers;
  for (int i = 0; i < 3; ++i) {
    peers.push_back(here.dial());
    peers.back().send(request("POST /large HTTP/1.1", {"Transfer-Encoding: chunked"},
                              chunk(std::string(900'000, 'x'))));
  }
  for (auto& peer : peers)
    peer.send(part + part + "0\r\n\r\n");
  for (auto& peer : peers)
    CHECK(peer.read_message().body.size() == 900'000 + (2 << 20));
}

TEST_CASE("a peer that goes while it waits for room, or mid-body, gives its room back") {
  serving here{with_body_bytes(20'000)};
  auto first = here.dial(), waiting = here.dial(), last = here.dial();
  first.send(request("POST /echo HTTP/1.1", {"Content-Length: 20000"}, "only a part"));
  CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
  waiting.send(request("POST /echo HTTP/1.1", {"Content-Length: 20000"}));
  CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
  last.send(post("/echo", std::string(20'000, 'z')));
  waiting.close();
  first.close();
  CHECK(last.read_message().body == std::string(20'000, 'z'));
}

TEST_CASE("a connection that asks for nothing is closed without a word") {
  serving here{impatient(30s, 50ms)};
  auto silent = here.dial();
  CHECK(silent.is_closed());
  auto once = here.dial();
  once.send(request("GET /hello HTTP/1.1"));
  CHECK(once.read_message().status() == 200);
  CHECK(once.is_closed());
}

TEST_CASE("a header that takes too long is answered 408, however it comes") {
  serving here{impatient(100ms, 30s)};
  auto stuck = here.dial();
  stuck.send("GET /hello HTTP/1.1\r\nHost: local");
  CHECK(stuck.read_message().status() == 408);
  CHECK(stuck.is_closed());
  auto dripping = here.dial();
  dripping.send("GET /hello HTTP/1.1\r\nX: ");
  drip(dripping);
  CHECK(dripping.read_message().status() == 408);
}

TEST_CASE("a body that makes no progress is answered 408, however it comes") {
  serving here{impatient(30s, 100ms)};
  auto start = GENERATE(as<std::string>{}, "Content-Length: 1000000\r\n\r\nbo",
                        "Transfer-Encoding: chunked\r\n\r\n5\r\nbo",
                        "Transfer-Encoding: chunked\r\n\r\n80000\r\nbo");
  auto head = "POST /echo HTTP/1.1\r\nHost: localhost\r\n" + start;
  auto stuck = here.dial();
  stuck.send(head);
  CHECK(stuck.read_message().status() == 408);
  CHECK(stuck.is_closed());
  if (start.find("5\r\n") != start.npos)
    return; // So few bytes would be all of it.
  auto dripping = here.dial();
  dripping.send(head);
  drip(dripping);
  CHECK(dripping.read_message().status() == 408);
}

TEST_CASE("a slow body that holds the budget is cut, and the next one gets the room") {
  auto cfg = impatient(30s, 200ms);
  cfg.body_bytes = cfg.open_body_bytes = 20'000;
  serving here{std::move(cfg)};
  auto slow = here.dial();
  slow.send(request("POST /echo HTTP/1.1", {"Content-Length: 20000"}, "never more"));
  CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
  CHECK(here.ask(post("/echo", std::string(20'000, 'x'))).status() == 200);
  CHECK(slow.read_message().status() == 408);
}

TEST_CASE("a peer that doesn't take its answer is let go") {
  serving here{impatient(30s, 100ms)};
  auto peer = here.dial();
  peer.send(request("GET /hold HTTP/1.1"));
  auto blob = std::make_shared<const bytes>(64 << 20);
  std::weak_ptr<const bytes> watched = blob;
  here.held.take()->respond(
    {.status = 200, .content_type = {}, .fields = {}, .body = std::move(blob)});
  auto end = std::chrono::steady_clock::now() + patience;
  while (!watched.expired() && std::chrono::steady_clock::now() < end)
    CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
  CHECK(watched.expired());
}

TEST_CASE("a peer that takes little of its answer now and then is let go") {
  serving here{impatient(30s, 300ms)};
  raw_peer peer{narrow_socket()};
  peer.connect(here.server->port());
  peer.send(request("GET /hold HTTP/1.1"));
  auto blob = std::make_shared<const bytes>(64 << 20);
  std::weak_ptr<const bytes> watched = blob;
  here.held.take()->respond(
    {.status = 200, .content_type = {}, .fields = {}, .body = std::move(blob)});
  raw_server quiet; // A second brings less than 200'000 bytes, and a part of them every 150 ms.
  auto end = std::chrono::steady_clock::now() + patience;
  while (!watched.expired() && !quiet.has_caller(5ms) && std::chrono::steady_clock::now() < end)
    peer.sip(1000);
  CHECK(watched.expired());
}

TEST_CASE("over the limit new connections end at once and those that are here go on") {
  http_server_config cfg;
  cfg.max_connections = 3;
  serving here{std::move(cfg)};
  std::vector<raw_peer> honest;
  for (int i = 0; i < 3; ++i) {
    honest.push_back(here.dial());
    honest.back().send(request("GET /hello HTTP/1.1"));
    CHECK(honest.back().read_message().status() == 200);
  }
  for (int i = 0; i < 200; ++i)
    CHECK(here.dial().is_closed());
  for (auto& peer : honest) {
    peer.send(request("GET /hello HTTP/1.1"));
    CHECK(peer.read_message().status() == 200);
  }
  honest.back().send(request("GET /hello HTTP/1.1", {"Connection: close"}));
  CHECK(honest.back().read_message().status() == 200);
  honest.pop_back();
  auto end = std::chrono::steady_clock::now() + patience;
  std::string answer;
  while (answer.empty() && std::chrono::steady_clock::now() < end) {
    auto next = here.dial();
    next.send(request("GET /hello HTTP/1.1", {"Connection: close"}));
    answer = next.read_all();
  }
  CHECK_THAT(answer, Catch::EndsWith("hello"));
}

TEST_CASE("a thousand idle connections don't keep an honest request waiting") {
  serving here;
  std::vector<raw_peer> idle;
  for (int i = 0; i < 1000; ++i)
    idle.push_back(here.dial());
  CHECK(here.ask(request("GET /hello HTTP/1.1")).status() == 200);
  idle.front().send(request("GET /hello HTTP/1.1"));
  CHECK(idle.front().read_message().status() == 200);
  here.server.reset();
  for (auto& peer : idle)
    CHECK(peer.is_closed());
}

TEST_CASE("connections that come while there are no files left are served afterwards") {
  serving here;
  auto before = here.dial();
  before.send(request("GET /hello HTTP/1.1"));
  CHECK(before.read_message().status() == 200);
  raw_peer late{raw_socket{::socket(AF_INET, SOCK_STREAM, 0)}};
  {
    no_files now;
    late.connect(here.server->port());
    late.send(request("GET /hello HTTP/1.1"));
    before.send(request("GET /hello HTTP/1.1"));
    CHECK(before.read_message().status() == 200);
    CHECK_FALSE(late.has_something(0ms));
  }
  CHECK(late.read_message().status() == 200);
}
