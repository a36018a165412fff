#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace flwr {

/// Lets so much work be under way at a time, and the rest wait for its turn, first come, first
/// served: what waits costs no more than it has cost already. One thread at a time.
class turns {
public:
  /// @param has_room  Nothing begins while this is false; whoever makes room calls `go_on`. Empty:
  ///                  always true.
  explicit turns(size_t most, std::function<bool()> has_room = {})
    : most_(most), has_room_(std::move(has_room)) {}

  /// Begins the work as soon as it may; it ends with one call of `leave`, at once or later.
  void enter(std::function<void()> begin) {
    waiting_.push_back(std::move(begin));
    go_on();
  }

  void leave() {
    --under_way_;
    go_on();
  }

  // A loop and no recursion, where work ends at once.
  void go_on() {
    if (std::exchange(is_going_on_, true))
      return;
    while (under_way_ < most_ && !waiting_.empty() && (!has_room_ || has_room_())) {
      ++under_way_;
      auto begin = std::move(waiting_.front());
      waiting_.pop_front();
      begin();
    }
    is_going_on_ = false;
  }

  /// Forgets whoever waits.
  void clear() { waiting_.clear(); }

private:
  size_t most_;
  std::function<bool()> has_room_;
  size_t under_way_ = 0;
  std::deque<std::function<void()>> waiting_;
  bool is_going_on_ = false;
};

} // namespace flwr
