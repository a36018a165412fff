/// The C library's calls, failing on request. For programs that are linked with libfiu's preload
/// library first.
#pragma once

#define FIU_ENABLE
#include <fiu-control.h>
#include <fiu.h>

#include <cstdint>

namespace flwr::test {

inline int calls_left = 0;

/// From the call after the next `calls_left` on, every call fails: a full disk stays full.
inline int spent(const char*, int*, void**, unsigned*) { return calls_left-- <= 0; }

/// Lets `point` fail with `cause` after `healthy` calls, as long as it lives.
class failing {
public:
  failing(const char* point, int cause, int healthy) : point_(point) {
    calls_left = healthy;
    fiu_enable_external(point, 1, reinterpret_cast<void*>(static_cast<intptr_t>(cause)), 0, spent);
  }
  ~failing() { fiu_disable(point_); }

private:
  const char* point_;
};

} // namespace flwr::test
