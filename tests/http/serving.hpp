/// An HTTP server whose routes a test can look into.
#pragma once

#include "actors/http/http_server.hpp"
#include "tests/http/raw_peer.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace flwr::test {

/// Things that another thread hands over.
template <class T>
class mailbox {
public:
  void put(T what) {
    std::lock_guard lock{mutex_};
    things_.push_back(std::move(what));
    filled_.notify_one();
  }

  /// Waits for the next one.
  T take() {
    std::unique_lock lock{mutex_};
    if (!filled_.wait_for(lock, patience, [this] { return !things_.empty(); }))
      throw std::runtime_error{"waited in vain"};
    auto first = std::move(things_.front());
    things_.pop_front();
    return first;
  }

  size_t size() {
    std::lock_guard lock{mutex_};
    return things_.size();
  }

private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<T> things_;
};

inline std::string text_of(const blob_ptr& blob) {
  return blob ? std::string{blob->begin(), blob->end()} : "";
}

/// A request of these lines: `request("GET / HTTP/1.1", {"Accept: any"})`, with a Host.
inline std::string request(const std::string& start, const std::vector<std::string>& lines = {},
                           const std::string& body = {}) {
  std::string text = start + "\r\nHost: localhost\r\n";
  for (auto& line : lines)
    text += line + "\r\n";
  return text + "\r\n" + body;
}

inline std::string post(const std::string& path, const std::string& body) {
  return request("POST " + path + " HTTP/1.1", {"Content-Length: " + std::to_string(body.size())},
                 body);
}

inline std::string chunk(const std::string& text) {
  std::array<char, 20> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return size.data() + text + "\r\n";
}

/// What no system takes on its way to a peer that doesn't read.
constexpr size_t big_bytes = 32 << 20;

struct serving {
  explicit serving(http_server_config limits = {}) : server(listen(std::move(limits))) {}

  static http_route route(std::string path, std::vector<std::string> methods,
                          std::function<void(http_exchange_ptr)> serve) {
    return {.path = std::move(path),
            .methods = std::move(methods),
            .content_type = {},
            .max_body_bytes = 1 << 20,
            .serve = std::move(serve),
            .upgrade = {}};
  }

  std::vector<http_route> routes() {
    auto hello = [](http_exchange_ptr with) { with->respond(text_response(200, "hello")); };
    auto echo = [](http_exchange_ptr with) {
      with->respond({.status = 200,
                     .content_type = "application/octet-stream",
                     .fields = {},
                     .body = with->request().body});
    };
    auto keep = [this](http_exchange_ptr with) { held.put(std::move(with)); };
    auto json = route("/json", {"POST"}, hello);
    json.content_type = "application/json";
    auto large = route("/large", {"POST"}, echo);
    large.max_body_bytes = 64 << 20;
    auto guarded = route("/guarded", {"POST"}, echo);
    auto big = route("/big", {"GET"}, [](http_exchange_ptr with) {
      with->respond({.status = 200,
                     .content_type = "application/octet-stream",
                     .fields = {},
                     .body = std::make_shared<const bytes>(big_bytes)});
    });
    big.max_at_once = 4;
    auto in_turns = route("/in-turns", {"POST"}, keep);
    in_turns.max_at_once = 4;
    in_turns.is_heavy = [](const http_request& asked) { return !asked.body->empty(); };
    guarded.admit = [this](http_admission_ptr which) { asked.put(std::move(which)); };
    return {route("/hello", {"GET"}, hello),
            route("/echo", {"POST", "PUT"}, echo),
            route("/hold", {"GET", "POST"}, keep),
            route("/hold/", {"GET", "POST"}, keep),
            route("/drop", {"GET"}, [](http_exchange_ptr) {}),
            json,
            large,
            big,
            in_turns,
            guarded};
  }

  http_server listen(http_server_config limits) {
    for (auto& each : routes())
      limits.routes.push_back(std::move(each));
    auto made = http_server::listen(std::move(limits));
    REQUIRE(made);
    return std::move(*made);
  }

  raw_peer dial() const { return raw_peer{server->port()}; }

  /// What a request of its own connection is answered.
  raw_message ask(std::string_view text) const {
    auto peer = dial();
    peer.send(text);
    return peer.read_message();
  }

  mailbox<http_exchange_ptr> held;   ///< What came to /hold, and to /in-turns.
  mailbox<http_admission_ptr> asked; ///< What wants in at /guarded.
  std::optional<http_server> server;
};

} // namespace flwr::test
