#pragma once

#include "actors/net/wire.hpp"

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace flwr {

/// Instructions that many clients get alike, serialised once: the last few of them.
/// @threads  Any.
class shared_instructions {
public:
  struct key {
    phase_kind what = phase_kind::fit;
    uint64_t round = 0;
    content_id model;
    wire::exchange how = wire::exchange::ipfs;

    friend bool operator==(const key&, const key&) = default;
  };

  /// What was kept under this key.
  std::optional<grpc::ByteBuffer> find(const key& which) const {
    std::lock_guard lock{mutex_};
    return look_up(which);
  }

  /// The same, or else what `make` gives, which is kept. Whoever wants it meanwhile waits: making
  /// it again would take as long.
  /// @errors  those of `make`
  expected<grpc::ByteBuffer> obtain(const key& which,
                                    const std::function<expected<grpc::ByteBuffer>()>& make) {
    std::lock_guard lock{mutex_};
    if (auto known = look_up(which))
      return *known;
    auto made = make();
    if (made)
      keep(which, *made);
    return made;
  }

private:
  std::optional<grpc::ByteBuffer> look_up(const key& which) const {
    for (auto& [known, buffer] : entries_)
      if (known == which)
        return buffer;
    return std::nullopt;
  }

  void keep(const key& which, const grpc::ByteBuffer& buffer) {
    entries_.emplace_back(which, buffer);
    if (entries_.size() > most)
      entries_.pop_front();
  }

  static constexpr size_t most = 4; // Fit and evaluate of two rounds.

  mutable std::mutex mutex_;
  std::deque<std::pair<key, grpc::ByteBuffer>> entries_;
};

} // namespace flwr
