#include "actors/fl/sampling.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <set>

using namespace flwr;

namespace {

/// The ids 0, step, 2 * step, ...
std::vector<client_id> roster_of(size_t count, uint64_t step = 1) {
  std::vector<client_id> roster;
  for (size_t i = 0; i < count; ++i)
    roster.push_back(client_id{i * step});
  return roster;
}

std::vector<uint64_t> numbers(const std::vector<client_id>& clients) {
  std::vector<uint64_t> ids;
  for (auto client : clients)
    ids.push_back(static_cast<uint64_t>(client));
  return ids;
}

} // namespace

TEST_CASE("sample_clients gives the samples of an independent Philox") {
  // From a script of its own in Python: hashlib, ten rounds of Philox4x32, Fisher-Yates.
  auto hundred = roster_of(100), sevens = roster_of(100, 7);
  CHECK(numbers(sample_clients(1, 1, phase_kind::fit, hundred, 10))
        == std::vector<uint64_t>{9, 13, 16, 24, 52, 66, 68, 71, 73, 82});
  CHECK(numbers(sample_clients(1, 1, phase_kind::evaluate, hundred, 10))
        == std::vector<uint64_t>{18, 22, 38, 47, 57, 59, 62, 63, 69, 96});
  CHECK(numbers(sample_clients(UINT64_MAX, 3, phase_kind::fit, sevens, 5))
        == std::vector<uint64_t>{7, 49, 56, 357, 378});
}

TEST_CASE("sample_clients takes everybody if it may") {
  auto roster = roster_of(3, 7);
  CHECK(sample_clients(1, 1, phase_kind::fit, roster, 3) == roster);
  CHECK(sample_clients(1, 1, phase_kind::fit, roster, 100) == roster);
  CHECK(sample_clients(1, 1, phase_kind::fit, roster, 0).empty());
  CHECK(sample_clients(1, 1, phase_kind::fit, {}, 2).empty());
}

TEST_CASE("sample_clients gives distinct members of the roster, ascending, each time the same") {
  rc::prop("for any seed, round, roster and count", [] {
    auto ids = *rc::gen::arbitrary<std::set<uint64_t>>();
    auto count = *rc::gen::inRange<size_t>(0, 20);
    auto seed = *rc::gen::arbitrary<uint64_t>();
    auto round = *rc::gen::inRange<uint64_t>(1, 1000);
    std::vector<client_id> roster;
    for (auto id : ids)
      roster.push_back(client_id{id});
    auto sample = sample_clients(seed, round, phase_kind::evaluate, roster, count);
    RC_ASSERT(sample.size() == std::min(count, roster.size()));
    RC_ASSERT(std::ranges::adjacent_find(sample, std::ranges::greater_equal{}) == sample.end());
    RC_ASSERT(std::ranges::includes(roster, sample));
    RC_ASSERT(sample == sample_clients(seed, round, phase_kind::evaluate, roster, count));
  });
}

TEST_CASE("sample_clients draws anew for each seed, round and kind") {
  auto roster = roster_of(1000);
  auto sample = sample_clients(1, 1, phase_kind::fit, roster, 20);
  CHECK(sample != sample_clients(2, 1, phase_kind::fit, roster, 20));
  CHECK(sample != sample_clients(1, 2, phase_kind::fit, roster, 20));
  CHECK(sample != sample_clients(1, 1, phase_kind::evaluate, roster, 20));
}

TEST_CASE("sample_clients takes every client equally often") {
  constexpr size_t clients = 20, count = 5, rounds = 4000;
  auto roster = roster_of(clients);
  std::vector<double> taken(clients);
  for (uint64_t round = 1; round <= rounds; ++round)
    for (auto client : sample_clients(1, round, phase_kind::fit, roster, count))
      ++taken[static_cast<size_t>(client)];
  double mean = double{rounds} * count / clients, chi_square = 0;
  for (auto times : taken)
    chi_square += (times - mean) * (times - mean) / mean;
  // 19 degrees of freedom, less by (1 - count / clients) for drawing without repetition.
  CHECK(chi_square / (1 - double{count} / clients) < 43.8); // p = 0.001
}
