#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace flwr {

/// Overwrites memory that is about to go, in a way that no optimizer drops.
void wipe(void* memory, size_t size);

/// Whether both are equal, in a time that depends on their lengths only.
bool equal_secrets(std::span<const uint8_t>, std::span<const uint8_t>);

/// Wipes what it gives back, so that a vector may grow, move and be copied.
template <class T>
struct wiping_allocator {
  using value_type = T;

  T* allocate(size_t count) { return std::allocator<T>{}.allocate(count); }

  void deallocate(T* memory, size_t count) {
    wipe(memory, count * sizeof(T));
    std::allocator<T>{}.deallocate(memory, count);
  }

  friend bool operator==(const wiping_allocator&, const wiping_allocator&) = default;
};

/// Keys, seeds and what they are made from: wiped when they go.
using secret_bytes = std::vector<uint8_t, wiping_allocator<uint8_t>>;

} // namespace flwr
