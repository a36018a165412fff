#include "actors/fl/exact_sum.hpp"
#include "tests/fl/models.hpp"
#include "tests/fl/oracle.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace flwr;

namespace {

constexpr size_t width = 5;

const auto all_types =
  layout_of({{dtype::f32, width}, {dtype::f16, width}, {dtype::bf16, width}, {dtype::i32, width}});

const auto one_float = layout_of({{dtype::f32, 1}});

struct update {
  std::vector<uint32_t> single;
  std::vector<uint16_t> half;
  std::vector<uint16_t> brain;
  std::vector<int32_t> integers;
  int64_t num_examples = 0;

  parameters model() const {
    return model_of(all_types,
                    {bytes_of(single), bytes_of(half), bytes_of(brain), bytes_of(integers)});
  }
};

/// Patterns of a type up to `limit`: any, and often the extremes.
template <class Word>
rc::Gen<std::vector<Word>> patterns(Word limit, Word sign, std::vector<Word> extremes) {
  auto any = rc::gen::map(
    rc::gen::pair(rc::gen::inRange<uint32_t>(0, uint32_t{limit} + 1), rc::gen::arbitrary<bool>()),
    [=](std::pair<uint32_t, bool> drawn) {
      return static_cast<Word>(drawn.first | (drawn.second ? sign : 0));
    });
  return rc::gen::container<std::vector<Word>>(
    width, rc::gen::weightedOneOf<Word>({{3, any}, {1, rc::gen::elementOf(extremes)}}));
}

/// Zeros, subnormals, 1 and its neighbours, 0.5, 2^-50 and 2^-51, 2^20 and what lies just below.
const std::vector<uint32_t> single_extremes{
  0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x3f800000, 0xbf800001, 0x3f7fffff,
  0xbf000000, 0x26800000, 0xa6000000, 0x49800000, 0xc9800000, 0x497fffff, 0xc97fffff};
const std::vector<uint16_t> half_extremes{0x0000, 0x8000, 0x0001, 0x8001, 0x03ff,
                                          0x8400, 0x3c00, 0xbc01, 0x7bff, 0xfbff};
const std::vector<uint16_t> brain_extremes{0x0000, 0x8000, 0x0001, 0x807f, 0x3f80,
                                           0xbf81, 0x2680, 0xa600, 0x4980, 0xc980};

rc::Gen<update> any_update() {
  auto examples = rc::gen::oneOf(rc::gen::inRange<int64_t>(1, 1000),
                                 rc::gen::inRange<int64_t>(1, max_examples_limit + 1),
                                 rc::gen::elementOf(std::vector<int64_t>{1, max_examples_limit}));
  return rc::gen::build<update>(
    rc::gen::set(&update::single, patterns<uint32_t>(0x49800000, 0x80000000, single_extremes)),
    rc::gen::set(&update::half, patterns<uint16_t>(0x7bff, 0x8000, half_extremes)),
    rc::gen::set(&update::brain, patterns<uint16_t>(0x4980, 0x8000, brain_extremes)),
    rc::gen::set(&update::integers,
                 rc::gen::container<std::vector<int32_t>>(width, rc::gen::arbitrary<int32_t>())),
    rc::gen::set(&update::num_examples, examples));
}

exact_sum sum_of(const std::vector<update>& updates) {
  exact_sum sum{all_types};
  for (const auto& update : updates)
    RC_ASSERT(bool{sum.add(update.model(), update.num_examples)});
  return sum;
}

bytes file_of(const exact_sum& sum) {
  auto model = sum.finish();
  RC_ASSERT(bool{model});
  return *(*model)->file;
}

/// What the oracle makes of one tensor of all updates.
template <class Word>
std::vector<Word> expected_of(const oracle::type& type, const std::vector<update>& updates,
                              std::vector<Word> update::*tensor) {
  std::vector<Word> average;
  for (size_t i = 0; i < width; ++i) {
    std::vector<std::pair<uint32_t, int64_t>> terms;
    for (const auto& update : updates)
      terms.emplace_back((update.*tensor)[i], update.num_examples);
    average.push_back(static_cast<Word>(oracle::average(type, terms)));
  }
  return average;
}

update expected_of(const std::vector<update>& updates) {
  update average{expected_of(oracle::float32, updates, &update::single),
                 expected_of(oracle::float16, updates, &update::half),
                 expected_of(oracle::bfloat16, updates, &update::brain), updates.front().integers,
                 1};
  for (const auto& update : updates)
    for (size_t i = 0; i < width; ++i)
      average.integers[i] = std::max(average.integers[i], update.integers[i]);
  return average;
}

rc::Gen<std::vector<update>> some_updates() {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<update>>(any_update()));
}

} // namespace

namespace rc {

template <>
struct Arbitrary<update> {
  static Gen<update> arbitrary() { return any_update(); }
};

} // namespace rc

TEST_CASE("exact_sum has the oracle's bits") {
  rc::prop("the average equals the formula in arbitrary precision", [] {
    auto updates = *some_updates();
    RC_ASSERT(file_of(sum_of(updates)) == *expected_of(updates).model().file);
  });
}

TEST_CASE("exact_sum has the oracle's bits where rounding is hardest") {
  rc::prop("neighbouring floats with few examples, whose averages are often ties", [] {
    auto base = *rc::gen::inRange<uint32_t>(0x00800000, 0x49800000 - 8);
    auto steps = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::pair<uint32_t, int64_t>>>(
      rc::gen::pair(rc::gen::inRange<uint32_t>(0, 8), rc::gen::inRange<int64_t>(1, 4))));
    exact_sum sum{one_float};
    for (auto& [pattern, examples] : steps) {
      pattern += base;
      RC_ASSERT(bool{sum.add(model_of(one_float, {bytes_of<uint32_t>({pattern})}), examples)});
    }
    auto average = sum.finish();
    RC_ASSERT(values_of<uint32_t>(**average, 0).at(0) == oracle::average(oracle::float32, steps));
  });
}

TEST_CASE("exact_sum has the oracle's bits a hair beside a tie") {
  rc::prop("averages nearer to the middle of two floats than double can tell", [] {
    auto base = *rc::gen::inRange<uint32_t>(0x32000000, 0x49800000 - 1);
    auto sign = *rc::gen::elementOf(std::vector<uint32_t>{0, 0x80000000});
    auto beside = *rc::gen::inRange<uint32_t>(0, 2);
    exact_sum sum{one_float};
    std::vector<std::pair<uint32_t, int64_t>> terms{{base | sign, max_examples_limit},
                                                    {(base + 1) | sign, max_examples_limit},
                                                    {(base + beside) | sign, 1}};
    for (auto [pattern, examples] : terms)
      RC_ASSERT(bool{sum.add(model_of(one_float, {bytes_of<uint32_t>({pattern})}), examples)});
    auto average = sum.finish();
    RC_ASSERT(values_of<uint32_t>(**average, 0).at(0) == oracle::average(oracle::float32, terms));
    RC_ASSERT(values_of<uint32_t>(**average, 0).at(0) == ((base + beside) | sign));
  });
}

TEST_CASE("exact_sum doesn't depend on order") {
  rc::prop("a shuffled run has the same file", [] {
    auto updates = *some_updates();
    auto file = file_of(sum_of(updates));
    std::shuffle(updates.begin(), updates.end(), std::mt19937_64{*rc::gen::arbitrary<uint64_t>()});
    RC_ASSERT(file_of(sum_of(updates)) == file);
  });
}

TEST_CASE("exact_sum doesn't depend on how updates are split into partial sums") {
  rc::prop("partial sums, empty ones among them, merge to the same file", [] {
    auto updates = *some_updates();
    std::vector<exact_sum> parts(4, exact_sum{all_types});
    for (const auto& update : updates)
      RC_ASSERT(bool{parts[*rc::gen::inRange<size_t>(0, parts.size())].add(update.model(),
                                                                           update.num_examples)});
    exact_sum sum{all_types};
    for (const auto& part : parts)
      RC_ASSERT(bool{sum.merge(part)});
    auto whole = sum_of(updates);
    RC_ASSERT(file_of(sum) == file_of(whole));
    RC_ASSERT(sum.total_examples() == whole.total_examples());
    RC_ASSERT(sum.updates() == updates.size());
  });
}

TEST_CASE("exact_sum of one update is that update, up to q") {
  rc::prop("values that are multiples of 2^-50 come back unchanged", [] {
    auto one = *any_update();
    for (auto& pattern : one.single)
      if ((pattern & 0x7fffffff) < 0x32000000) // Below 2^-27 the last bits pass 2^-50.
        pattern = 0x3f800000;
    for (auto& pattern : one.brain)
      if ((pattern & 0x7fff) < 0x2a80)
        pattern = 0x3f80;
    for (auto& pattern : one.half)
      if (pattern == 0x8000)
        pattern = 0;
    RC_ASSERT(file_of(sum_of({one})) == *one.model().file);
  });
}

TEST_CASE("exact_sum has the oracle's bits for 1, 100 and 10,000 updates") {
  auto count = GENERATE(size_t{1}, size_t{100}, size_t{10'000});
  std::mt19937_64 random{count};
  auto layout = layout_of({{dtype::f32, 3}});
  // Any value; up to 1; from 0.5 to 1: where the upper plane, both, and the lower one matter.
  constexpr std::pair<uint32_t, uint32_t> ranges[]{
    {0, 0x49800000}, {0x30000000, 0x3f800000}, {0x3f000000, 0x3f800000}};
  std::vector<std::vector<std::pair<uint32_t, int64_t>>> terms(3);
  std::vector<exact_sum> parts(3, exact_sum{layout});
  for (size_t i = 0; i < count; ++i) {
    auto examples = static_cast<int64_t>(1 + random() % 8);
    std::vector<uint32_t> patterns;
    for (size_t t = 0; t < terms.size(); ++t) {
      auto [low, high] = ranges[t];
      auto magnitude = low + static_cast<uint32_t>(random() % (high - low + 1));
      patterns.push_back(magnitude | static_cast<uint32_t>((random() & 1) << 31));
      terms[t].emplace_back(patterns.back(), examples);
    }
    REQUIRE(parts[i % 5 / 3].add(model_of(layout, {bytes_of(patterns)}), examples));
  }
  REQUIRE(parts[2].merge(parts[0]));
  REQUIRE(parts[2].merge(parts[1]));
  auto average = parts[2].finish();
  REQUIRE(average);
  for (size_t i = 0; i < terms.size(); ++i)
    CHECK(values_of<uint32_t>(**average, 0)[i] == oracle::average(oracle::float32, terms[i]));
}
