#include "actors/http/http_server.hpp"
#include "tests/http/serving.hpp"

#include <thread>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;

namespace {

http_server_config with_room(uint64_t bytes, std::chrono::milliseconds patience) {
  http_server_config cfg;
  cfg.body_bytes = cfg.open_body_bytes = bytes;
  cfg.room_patience = patience;
  return cfg;
}

/// A server at which many upload, or say that they will.
struct crowded : serving {
  using serving::serving;

  raw_peer& start(const std::string& text) {
    peers.push_back(dial());
    peers.back().send(text);
    return peers.back();
  }

  /// What was sent before has been read by now.
  void settle() const { CHECK(ask(request("GET /hello HTTP/1.1")).status() == 200); }

  /// Waits until one of them is answered.
  raw_message first_answer() {
    auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end)
      for (auto& peer : peers)
        if (peer.has_something(1ms))
          return peer.read_message();
    throw std::runtime_error{"waited in vain"};
  }

  std::vector<raw_peer> peers;
};

std::string begun(const std::string& body) {
  return request("POST /echo HTTP/1.1", {"Content-Length: 1000000"}, body);
}

const auto quick = post("/echo", std::string(500'000, 'q'));

} // namespace

TEST_CASE("bodies that are only announced take no room") {
  crowded here{with_room(1 << 20, 1h)};
  auto announced = GENERATE(as<std::string>{}, "Content-Length: 1048576\r\n\r\n",
                            "Content-Length: 1048576\r\nExpect: 100-continue\r\n\r\n",
                            "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 50; ++i)
    here.start("POST /echo HTTP/1.1\r\nHost: localhost\r\n" + announced);
  here.start(request("POST /large HTTP/1.1", {"Content-Length: 67108864"}));
  here.settle();
  CHECK(here.ask(quick).body.size() == 500'000);
}

TEST_CASE("bodies of which little has come take little room") {
  crowded here{with_room(1 << 20, 1h)};
  for (int i = 0; i < 15; ++i)
    here.start(begun("x"));
  here.settle();
  CHECK(here.ask(quick).body.size() == 500'000);
}

TEST_CASE("a body that hardly comes yields its room to whoever waits, and its peer hears it") {
  crowded here{with_room(100, 20ms)};
  auto start = GENERATE(as<std::string>{}, "Content-Length: 1000000\r\n\r\nx",
                        "Transfer-Encoding: chunked\r\n\r\n80000\r\nx");
  auto& slow = here.start("POST /echo HTTP/1.1\r\nHost: localhost\r\n" + start);
  here.settle();
  CHECK(here.ask(quick).body.size() == 500'000);
  auto refusal = slow.read_message();
  CHECK(refusal.status() == 503);
  CHECK(refusal["retry-after"] == "1");
  CHECK(refusal["connection"] == "close");
  CHECK(slow.is_closed());
}

TEST_CASE("the slowest body yields first, and only as many do as have to") {
  crowded here{with_room(128 << 10, 20ms)};
  here.peers.reserve(2);
  auto& slower = here.start(begun("x"));
  auto& slow = here.start(begun(std::string(40'000, 'x')));
  here.settle();
  CHECK(here.ask(quick).body.size() == 500'000);
  CHECK(slower.read_message().status() == 503);
  CHECK_FALSE(slow.has_something(0ms));
  slow.send(std::string(960'000, 'x'));
  CHECK(slow.read_message().body.size() == 1'000'000);
}

TEST_CASE("a slow body keeps its room as long as nobody waits for any") {
  crowded here{with_room(1 << 20, 1ms)};
  auto& slow = here.start(begun("x"));
  for (int i = 0; i < 20; ++i)
    CHECK(here.ask(post("/echo", "more")).body == "more");
  slow.send(std::string(999'999, 'x'));
  CHECK(slow.read_message().body.size() == 1'000'000);
}

TEST_CASE("many slow uploads don't keep a quick one from being answered") {
  crowded here{with_room(1 << 20, 20ms)};
  for (int i = 0; i < 200; ++i)
    here.start(begun("x"));
  auto last = here.dial();
  here.settle();
  last.send(quick);
  auto end = std::chrono::steady_clock::now() + patience;
  while (!last.has_something(1ms) && std::chrono::steady_clock::now() < end)
    for (auto& each : here.peers)
      each.send("x");
  CHECK(last.read_message().body.size() == 500'000);
  CHECK(here.first_answer().status() == 503);
}

TEST_CASE("a server ends while some wait for room and others yield theirs") {
  crowded here{with_room(100, 1ms)};
  for (int i = 0; i < 20; ++i)
    here.start(begun("x"));
  CHECK(here.first_answer().status() == 503);
  here.server.reset();
  for (auto& each : here.peers)
    each.read_all();
}

TEST_CASE("what is short needs no room") {
  crowded here{with_room(100, 1h)};
  here.start(begun("x"));
  here.settle();
  auto text = std::string(16 << 10, 's');
  CHECK(here.ask(post("/echo", text)).body == text);
}

TEST_CASE("what anybody may send takes no room from what was admitted") {
  crowded here{with_room(100, 1h)};
  here.start(begun("x"));
  here.settle();
  auto guest = here.dial();
  guest.send(post("/guarded", std::string(500'000, 'g')));
  here.asked.take()->decide({});
  CHECK(guest.read_message().body.size() == 500'000);
}

TEST_CASE("who waits for one room is not helped by another's") {
  crowded here{with_room(100, 10ms)};
  here.peers.reserve(2);
  auto& admitted = here.start(request("POST /guarded HTTP/1.1", {"Content-Length: 500000"}, "g"));
  here.asked.take()->decide({});
  auto& slow = here.start(begun("x"));
  here.settle();
  CHECK(here.ask(quick).body.size() == 500'000);
  CHECK(slow.read_message().status() == 503);
  admitted.send(std::string(499'999, 'g'));
  CHECK(admitted.read_message().body.size() == 500'000);
}

// -- answers -------------------------------------------------------------------------------------

TEST_CASE("an answer that isn't taken yields its room to whoever waits") {
  crowded here{with_room(1 << 20, 20ms)};
  auto& idle = here.start(request("GET /big HTTP/1.1"));
  CHECK(idle.has_something());
  CHECK(here.ask(request("GET /big HTTP/1.1")).body.size() == big_bytes);
  CHECK(idle.read_all().size() < big_bytes);
}

TEST_CASE("an answer that isn't taken keeps its room as long as nobody waits for any") {
  crowded here{with_room(1 << 20, 1ms)};
  auto& idle = here.start(request("GET /big HTTP/1.1"));
  CHECK(idle.has_something());
  for (int i = 0; i < 20; ++i)
    CHECK(here.ask(post("/echo", "more")).body == "more");
  CHECK(idle.read_message().body.size() == big_bytes);
}

TEST_CASE("many who don't take their answers don't keep one who does from his") {
  crowded here{with_room(1 << 20, 5ms)};
  for (int i = 0; i < 20; ++i)
    here.start(request("GET /big HTTP/1.1"));
  here.settle();
  CHECK(here.ask(request("GET /big HTTP/1.1")).body.size() == big_bytes);
}

TEST_CASE("so many are answered at a time, the others in their turn") {
  crowded here;
  auto text = GENERATE(as<std::string>{}, "", "heavy");
  auto at_once = text.empty() ? 4 : 1;
  for (int i = 0; i < at_once + 2; ++i)
    here.start(post("/in-turns", text));
  std::deque<http_exchange_ptr> asked;
  for (int i = 0; i < at_once; ++i)
    asked.push_back(here.held.take());
  here.settle();
  CHECK(here.held.size() == 0);
  asked.front()->respond(text_response(200, "first"));
  CHECK(here.first_answer().body == "first");
  asked.push_back(here.held.take());
  here.settle();
  CHECK(here.held.size() == 0);
  asked.clear(); // Who isn't answered at all gives his turn on, too.
  CHECK(here.first_answer().status() == 503);
  CHECK(here.held.take());
}

TEST_CASE("those that take much don't keep the others waiting") {
  crowded here;
  for (int i = 0; i < 3; ++i)
    here.start(post("/in-turns", "heavy"));
  auto heavy = here.held.take();
  here.start(post("/in-turns", ""));
  CHECK(text_of(here.held.take()->request().body).empty());
}

TEST_CASE("a server ends while those whose turn it is are answered") {
  crowded here;
  for (int i = 0; i < 20; ++i)
    here.start(post("/in-turns", ""));
  std::deque<http_exchange_ptr> asked;
  for (int i = 0; i < 4; ++i)
    asked.push_back(here.held.take());
  std::thread answering{[&] {
    for (auto& each : asked)
      each->respond(text_response(200, "maybe too late"));
  }};
  here.server.reset();
  answering.join();
  for (auto& each : here.peers)
    CHECK_NOTHROW(each.read_all());
}

TEST_CASE("a route's answers that aren't taken keep no other route's waiting") {
  crowded here{with_room(1 << 20, 1h)};
  auto& idle = here.start(request("GET /big HTTP/1.1"));
  CHECK(idle.has_something());
  here.start(post("/in-turns", ""));
  CHECK(here.held.take());
}

TEST_CASE("heavy answers that aren't taken keep no light one waiting") {
  crowded here{with_room(1 << 20, 1h)};
  auto& idle = here.start(post("/in-turns", "heavy"));
  here.held.take()->respond({.status = 200,
                             .content_type = {},
                             .fields = {},
                             .body = std::make_shared<const bytes>(big_bytes)});
  CHECK(idle.has_something());
  here.start(post("/in-turns", "heavy"));
  here.start(post("/in-turns", ""));
  CHECK(text_of(here.held.take()->request().body).empty());
  CHECK(here.held.size() == 0);
}

TEST_CASE("a server ends while some wait for their turn") {
  crowded here;
  for (int i = 0; i < 10; ++i)
    here.start(post("/in-turns", "heavy"));
  auto first = here.held.take();
  here.server.reset();
  for (auto& each : here.peers)
    each.read_all();
  first->respond(text_response(200, "too late"));
  CHECK(here.held.size() == 0);
}
