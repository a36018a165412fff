#include "tests/net/allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local size_t asked_for = 0;

} // namespace

void* operator new(size_t size, const std::nothrow_t&) noexcept {
  asked_for += size;
  return std::malloc(size > 0 ? size : 1);
}

void* operator new(size_t size) {
  if (auto memory = operator new(size, std::nothrow))
    return memory;
  throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }

namespace flwr::test {

size_t allocated_bytes() { return asked_for; }

} // namespace flwr::test
