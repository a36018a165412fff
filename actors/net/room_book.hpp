#pragma once

#include "actors/runtime/ticket.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace flwr {

/// Who has room in a number of bytes, and who waits for some. First come, first served; one that is
/// larger than all of it goes when it is alone. Whoever has room and doesn't use it in time is
/// called upon to yield it, but only for somebody who waits, and no more of them than it takes.
/// Pure; not thread-safe.
template <class Guest>
class room_book {
public:
  struct place {
    uint64_t key; ///< From 1; never twice.
    Guest guest;
    uint64_t bytes;
  };

  explicit room_book(uint64_t total_bytes) : total_(total_bytes) {}

  void wait(Guest guest, uint64_t bytes) { waiting_.push_back({++last_, std::move(guest), bytes}); }

  /// Those for whom `gone` holds wait no longer.
  template <class Predicate>
  void forget(Predicate gone) {
    std::erase_if(waiting_, [&](const place& each) { return gone(each.guest); });
  }

  /// Gives room to the first that waits, if there is enough.
  std::optional<place> let_in() {
    if (waiting_.empty() || !has_room(total_, used_, waiting_.front().bytes))
      return std::nullopt;
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    used_ += next.bytes;
    held_.emplace(next.key, holder{next});
    return next;
  }

  void give_back(uint64_t key) {
    auto node = held_.extract(key);
    if (!node)
      return;
    used_ -= node.mapped().what.bytes;
    std::erase(late_, key);
    if (node.mapped().called)
      leaving_ -= node.mapped().what.bytes;
  }

  /// Its time is over, if it still has room.
  void note_late(uint64_t key) {
    if (held_.contains(key))
      late_.push_back(key);
  }

  /// The late ones that have to yield so that the first that waits can go on, each told once.
  std::vector<Guest> call_in() {
    std::vector<Guest> called;
    while (!late_.empty() && !waiting_.empty()
           && !has_room(total_, used_ - leaving_, waiting_.front().bytes)) {
      auto& next = held_.at(late_.front());
      late_.pop_front();
      next.called = true;
      leaving_ += next.what.bytes;
      called.push_back(next.what.guest);
    }
    return called;
  }

  /// Everybody who waits; from then on nobody does.
  std::vector<Guest> dismiss() {
    std::vector<Guest> all;
    for (auto& each : std::exchange(waiting_, {}))
      all.push_back(std::move(each.guest));
    return all;
  }

  uint64_t used_bytes() const { return used_; }

private:
  struct holder {
    place what;
    bool called = false;
  };

  uint64_t total_;
  uint64_t used_ = 0;
  uint64_t leaving_ = 0; ///< Of it, what those have who were called upon.
  uint64_t last_ = 0;
  std::deque<place> waiting_;
  std::unordered_map<uint64_t, holder> held_; ///< By key.
  std::deque<uint64_t> late_;                 ///< Not called upon yet.
};

} // namespace flwr
