#pragma once

#include "messages/types.hpp"

#include <cstdint>
#include <map>

namespace flwr {

/// The bodies of answers that peers haven't taken yet. One that many are sent counts once. One
/// thread at a time.
class unsent_answers {
public:
  void add(const blob_ptr& body) {
    if (body && ++readers_[body] == 1)
      bytes_ += body->size();
  }

  /// Of one that was added.
  void remove(const blob_ptr& body) {
    auto found = readers_.find(body);
    if (found == readers_.end() || --found->second > 0)
      return;
    bytes_ -= body->size();
    readers_.erase(found);
  }

  uint64_t bytes() const { return bytes_; }

private:
  std::map<blob_ptr, size_t> readers_;
  uint64_t bytes_ = 0;
};

} // namespace flwr
