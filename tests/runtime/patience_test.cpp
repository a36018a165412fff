#include "actors/runtime/patience.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace std::chrono_literals;

TEST_CASE("a transfer has the usual time, and what a line of 1 Mbit/s needs") {
  CHECK(patience_for(0, 90s) == 90s);
  CHECK(patience_for(125'000, 90s) == 91s);
  CHECK(patience_for(100'000'000, 1min) == 860s);
  CHECK(patience_for(UINT64_MAX, 0s) == patience_for(uint64_t{2} << 30, 0s));
}
