#include "apps/exit_codes.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("every kind of error has its exit code") {
  auto [code, number] = GENERATE(table<ec, int>({
    {ec::unreachable, 2},
    {ec::timeout, 3},
    {ec::rejected, 1},
    {ec::corrupt, 1},
    {ec::exhausted, 1},
    {ec::missing, 3},
    {ec::no_space, 1},
    {ec::io, 1},
    {ec::usage, 4},
    {ec::stopped, 130},
    {ec::bug, 5},
  }));
  CHECK(static_cast<int>(exit_code_of(code)) == number);
}
