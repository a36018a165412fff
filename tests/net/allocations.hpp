/// What a call allocates: the whole program's operator new counts.
#pragma once

#include <cstddef>

namespace flwr::test {

/// Bytes that this thread has asked for since its start.
size_t allocated_bytes();

/// Bytes that `call` asks for.
size_t cost_of(const auto& call) {
  auto before = allocated_bytes();
  call();
  return allocated_bytes() - before;
}

} // namespace flwr::test
