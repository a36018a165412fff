#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

namespace flwr {

/// Bytes that all requests under way may take together. Whoever has no room waits, first come,
/// first served; one that is larger than all of it goes when it is alone. One thread, but a
/// reservation may end on any: `post` brings that home.
class byte_budget : public std::enable_shared_from_this<byte_budget> {
public:
  /// A share, given back when its last copy goes.
  using reservation = std::shared_ptr<const void>;
  using taker = std::function<void(reservation)>;

  byte_budget(uint64_t total, std::function<void(std::function<void()>)> post)
    : total_(total), post_(std::move(post)) {}

  /// Calls `then` as soon as there is room.
  void reserve(uint64_t bytes, taker then) {
    waiting_.push_back({bytes, std::move(then)});
    serve();
  }

  /// Forgets whoever waits.
  void clear() { waiting_.clear(); }

private:
  struct request {
    uint64_t bytes;
    taker then;
  };

  bool has_room(uint64_t bytes) const { return used_ == 0 || used_ + bytes <= total_; }

  void serve() {
    while (!waiting_.empty() && has_room(waiting_.front().bytes)) {
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      used_ += next.bytes;
      next.then(share_of(next.bytes));
    }
  }

  reservation share_of(uint64_t bytes) {
    auto home = weak_from_this();
    auto give_back = [home, bytes, post = post_](const void*) {
      post([home, bytes] {
        if (auto self = home.lock())
          self->release(bytes);
      });
    };
    return {this, give_back};
  }

  void release(uint64_t bytes) {
    used_ -= bytes;
    serve();
  }

  uint64_t total_;
  uint64_t used_ = 0;
  std::function<void(std::function<void()>)> post_;
  std::deque<request> waiting_;
};

} // namespace flwr
