#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

namespace flwr {

/// Bytes that all requests under way may take together. Whoever has no room waits, first come,
/// first served; one that is larger than all of it goes when it is alone.
///
/// A share may grow. Those that grow come first, and one of them at a time may overdraw: else all
/// could hold a part and wait for the rest. So never more is taken than the total and one request.
/// @threads  One; but a share may end on any: `post` brings that home.
class byte_budget : public std::enable_shared_from_this<byte_budget> {
public:
  /// Given back when its last copy goes.
  struct share;
  using share_ptr = std::shared_ptr<share>;
  using taker = std::function<void(share_ptr)>;
  using poster = std::function<void(std::function<void()>)>;

  byte_budget(uint64_t total, poster post) : total_(total), post_(std::move(post)) {}

  /// Calls `then` as soon as there is room.
  void reserve(uint64_t bytes, taker then);

  /// Calls `then`, with the same share, as soon as there is room for so much more.
  void grow(share_ptr, uint64_t more, taker then);

  /// From now on there is so much in all.
  void resize(uint64_t total);

  /// Forgets whoever waits.
  void clear();

  /// What is taken now.
  uint64_t used_bytes() const { return used_; }

private:
  struct request {
    share_ptr grown; ///< Null: a new one.
    uint64_t bytes;
    taker then;
  };

  bool has_room(uint64_t bytes) const;
  void serve();
  bool serve_growing();
  bool serve_waiting();
  void take_back(uint64_t bytes, bool overdrawn);

  uint64_t total_;
  uint64_t used_ = 0;
  bool overdrawn_ = false;
  poster post_;
  std::deque<request> growing_;
  std::deque<request> waiting_;
};

} // namespace flwr
