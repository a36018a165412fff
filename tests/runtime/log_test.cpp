#include "actors/runtime/log.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("log levels are spelled in words") {
  CHECK(log_level_from_text("warning") == log_level::warning);
  CHECK(log_level_from_text("debug") == log_level::debug);
  CHECK_FALSE(log_level_from_text("loud"));
}
