#include "actors/page/live_page.hpp"

#include "tests/page/facts.hpp"
#include "tests/support/actor_fixture.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;
using namespace std::chrono_literals;
using Catch::Contains;
namespace json = boost::json;

namespace {

constexpr client_id a{0}, b{1};

struct noted_socket final : web_socket {
  void send(std::shared_ptr<const std::string> text) override {
    texts.push_back(json::parse(*text));
  }
  uint64_t queued_bytes() const override { return queued; }
  void close() override { ++closed; }

  std::vector<json::value> texts;
  uint64_t queued = 0;
  int closed = 0;
};

struct noted_exchange final : http_exchange {
  const http_request& request() const override { return asked; }
  bool from_loopback() const override { return true; }
  void respond(http_response what) override { answer = std::move(what); }

  http_request asked;
  std::optional<http_response> answer;
};

struct page_fixture : actor_fixture {
  void tell(event::any what) {
    self->send(page, std::move(what));
    settle();
  }

  std::shared_ptr<noted_socket> open() {
    auto socket = std::make_shared<noted_socket>();
    say(socket, std::make_shared<const std::string>());
    return socket;
  }

  void say(const std::shared_ptr<noted_socket>& socket, std::shared_ptr<const std::string> text) {
    self->send(page, web_socket_event{socket, std::move(text)});
    settle();
    advance(0ms); // What is due at once, too.
  }

  std::string metrics() {
    auto with = std::make_shared<noted_exchange>();
    self->send(page, http_exchange_ptr{with});
    settle();
    REQUIRE(with->answer);
    CHECK(with->answer->content_type == "text/plain; version=0.0.4; charset=utf-8");
    return {with->answer->body->begin(), with->answer->body->end()};
  }

  live_page_actor page =
    own(spawn_live_page(sys, {.run = usual_run(), .longest_callback = [] { return 1500us; }}));
};

} // namespace

TEST_CASE_METHOD(page_fixture, "a listener is told all at once, and then what changes") {
  tell(event::joined{a});
  auto socket = open();
  REQUIRE(socket->texts.size() == 1);
  CHECK(socket->texts[0].at("from") == 0);
  CHECK(socket->texts[0].at("clients").as_array().size() == 1);
  tell(event::joined{b});
  advance(100ms);
  REQUIRE(socket->texts.size() == 2);
  CHECK(socket->texts[1].at("from") == socket->texts[0].at("version"));
  CHECK(socket->texts[1].at("clients").as_array().size() == 1);
  advance(1min);
  CHECK(socket->texts.size() == 2); // Nothing new, nothing said.
}

TEST_CASE_METHOD(page_fixture, "a board that knows nothing yet is told all the same") {
  CHECK(open()->texts.size() == 1);
}

TEST_CASE_METHOD(page_fixture, "changes are told ten times a second at most, in one text") {
  auto socket = open();
  tell(fit_begins(1, {a}));
  for (int i = 1; i <= 1000; ++i) {
    tell(event::training{a, 1, static_cast<uint64_t>(i), 1000});
    advance(1ms);
  }
  advance(100ms);
  CHECK(socket->texts.size() >= 10);
  CHECK(socket->texts.size() <= 12);
  CHECK(socket->texts.back().at("clients").at(0).at("done") == 1000);
}

TEST_CASE_METHOD(page_fixture, "a slow listener is told when it has taken the last text") {
  auto slow = open(), fast = open();
  slow->queued = 1;
  for (auto client : {a, b}) {
    tell(event::joined{client});
    advance(100ms);
  }
  CHECK(slow->texts.size() == 1);
  CHECK(fast->texts.size() == 2);
  slow->queued = 0;
  advance(100ms);
  REQUIRE(slow->texts.size() == 2);
  CHECK(slow->texts[1].at("from") == slow->texts[0].at("version"));
  CHECK(slow->texts[1].at("clients").as_array().size() == 2);
}

TEST_CASE_METHOD(page_fixture, "who has gone is told no more, and what listeners say is nothing") {
  auto socket = open();
  say(socket, std::make_shared<const std::string>("hello"));
  CHECK(socket->texts.size() == 1);
  say(socket, nullptr);
  tell(event::joined{a});
  advance(100ms);
  CHECK(socket->texts.size() == 1);
  CHECK_THAT(metrics(), Contains("flwr_actor_feed_listeners 0\n"));
}

TEST_CASE_METHOD(page_fixture, "there are 256 listeners at most") {
  std::vector<std::shared_ptr<noted_socket>> all;
  for (int i = 0; i < 257; ++i)
    all.push_back(open());
  CHECK(all[255]->closed == 0);
  CHECK(all[256]->closed == 1);
  CHECK(all[256]->texts.empty());
  say(all[0], nullptr);
  CHECK(open()->closed == 0);
}

TEST_CASE_METHOD(page_fixture, "the run's end is told at once, to the slow as well") {
  auto socket = open();
  socket->queued = 1;
  auto heard = ask<void>(page, event::any{event::ended{{make_error(ec::stopped, "Ctrl-C")}}});
  CHECK(heard->done);
  REQUIRE(socket->texts.size() == 2);
  CHECK(socket->texts[1].at("end").at("reason") == "Ctrl-C");
}

TEST_CASE_METHOD(page_fixture, "the page's end is a goodbye to its listeners") {
  auto socket = open();
  tell(event::joined{a});
  end(page);
  CHECK(socket->texts.size() == 2);
  CHECK(socket->closed == 1);
}

TEST_CASE_METHOD(page_fixture, "metrics are answered") {
  tell(fit_begins(1, {a}));
  tell(fit_begins(2, {a}));
  auto text = metrics();
  CHECK_THAT(text, Contains("flwr_actor_round 2\n"));
  CHECK_THAT(text, Contains("flwr_actor_grpc_longest_callback_seconds 0.0015\n"));
  CHECK(text.find("process_threads 0\n") == text.npos);
}

TEST_CASE_METHOD(page_fixture, "the routes serve the page, and pass on the rest") {
  std::vector<std::string> passed;
  auto routes = live_page_routes(
    [&](http_exchange_ptr) { passed.emplace_back("request"); },
    [&](web_socket_event what) { passed.emplace_back(what.text ? "here" : "gone"); });
  REQUIRE(routes.size() == 3);
  auto with = std::make_shared<noted_exchange>();
  routes[0].serve(with);
  REQUIRE(with->answer);
  CHECK(with->answer->content_type == "text/html; charset=utf-8");
  CHECK(routes[1].path == "/metrics");
  routes[1].serve(with);
  CHECK(!routes[2].serve); // A WebSocket's only.
  auto listener = routes[2].upgrade(std::make_shared<noted_socket>());
  listener.on_close();
  CHECK(passed == std::vector<std::string>{"request", "here", "gone"});
}
