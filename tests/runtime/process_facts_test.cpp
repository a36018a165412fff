#include "actors/runtime/process_facts.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

TEST_CASE("a process's facts are found behind any name") {
  auto facts = process_facts_in("17 (a) (b c) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14 15 16 5 18 19 20 "
                                "1000 22",
                                4096, 100);
  REQUIRE(facts);
  CHECK(facts->resident_bytes == 4'096'000);
  CHECK(facts->threads == 5);
  CHECK(facts->cpu_seconds == 3);
  CHECK(!process_facts_in("", 4096, 100));
  CHECK(!process_facts_in("17 (a) S 1 2", 4096, 100));
}

TEST_CASE("this process has a thread and memory") {
  auto facts = facts_of_this_process();
  CHECK(facts.threads >= 1);
  CHECK(facts.resident_bytes > 100'000);
}
