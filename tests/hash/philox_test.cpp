#include "actors/hash/philox.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace flwr;

namespace {

using words = std::array<uint32_t, 4>;

std::vector<uint32_t> numbered(size_t count) {
  std::vector<uint32_t> items(count);
  std::iota(items.begin(), items.end(), 0u);
  return items;
}

} // namespace

// Random123's kat_vectors, philox4x32 with 10 rounds.
TEST_CASE("philox_block gives Random123's known answers") {
  CHECK(philox_block({0, 0, 0, 0}, 0) == words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox_block({~0u, ~0u, ~0u, ~0u}, ~uint64_t{0})
        == words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox_block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822)
        == words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is the blocks of the counters 0, 1, 2, ... in order") {
  philox random{0x299f31d0a4093822};
  for (uint32_t block = 0; block < 3; ++block)
    for (auto word : philox_block({block, 0, 0, 0}, 0x299f31d0a4093822))
      CHECK(random.next() == word);
}

// The golden values below come from a model of the documented rules in Python.
TEST_CASE("keys of streams are what they were") {
  CHECK(stream_key("batches", 1, 0, 1) == 0x71c1b19886d288af);
  CHECK(stream_key("batches", 1, 1, 1) == 0xf23938f918e72b5a);
  CHECK(stream_key("genesis", 1, 0, 0) == 0xc2d8a35ae37505ee);
  CHECK(stream_key("batches", ~uint64_t{0}, ~uint64_t{0}, uint64_t{1} << 63) == 0xb90513fddeedfe39);
}

TEST_CASE("words, numbers and shuffles are what they were") {
  auto key = stream_key("batches", 1, 0, 1);
  philox words_of{key};
  for (auto word : {0x5054b084u, 0x22072c38u, 0x4964530cu, 0xdce095cau, 0xdfb2409eu})
    CHECK(words_of.next() == word);
  philox numbers{key};
  for (auto number : {2u, 6u, 8u, 0u, 8u, 6u, 9u, 2u, 2u, 3u, 3u, 2u})
    CHECK(numbers.below(10) == number);
  auto items = numbered(10);
  philox order{key};
  shuffle(std::span{items}, order);
  CHECK(items == std::vector<uint32_t>{5, 8, 7, 6, 1, 9, 3, 4, 0, 2});
}

TEST_CASE("below passes over words that would favour small numbers") {
  philox random{stream_key("batches", 1, 0, 1)};
  // The stream's fourth, fifth and eighth word are 0xc0000000 or more.
  for (auto number : {0x5054b084u, 0x22072c38u, 0x4964530cu, 0x303de08au, 0xb21e1d7u, 0x632fbb2cu})
    CHECK(random.below(0xc0000000) == number);
}

TEST_CASE("uniform and normal numbers are what they were") {
  philox uniform{stream_key("batches", 1, 0, 1)};
  for (auto number : {0x1.4152cp-2f, 0x1.10396p-3f, 0x1.25914cp-2f, 0x1.b9c12ap-1f})
    CHECK(uniform.uniform() == number);
  philox normal{stream_key("batches", 1, 0, 1)};
  for (auto number :
       {-0.34785745448275507, 0.5001325373792486, 1.2254345406560334, 0.8025760034678847})
    CHECK(normal.normal() == Approx(number).epsilon(1e-15));
}

TEST_CASE("normal numbers have mean 0 and variance 1") {
  philox random{7};
  double sum = 0, squares = 0;
  constexpr int count = 100'000;
  for (int i = 0; i < count; ++i) {
    auto x = random.normal();
    sum += x;
    squares += x * x;
  }
  CHECK(std::abs(sum / count) < 0.01);
  CHECK(std::abs(squares / count - 1) < 0.02);
}

TEST_CASE("laws of random numbers") {
  rc::prop("below stays below", [](uint64_t key, uint32_t n) {
    philox random{key};
    RC_PRE(n > 0u);
    RC_ASSERT(random.below(n) < n);
  });
  rc::prop("uniform is in [0, 1)", [](uint64_t key) {
    auto number = philox{key}.uniform();
    RC_ASSERT(number >= 0 && number < 1);
  });
  rc::prop("a shuffle loses nothing", [](uint64_t key, uint8_t count) {
    auto items = numbered(count);
    philox random{key};
    shuffle(std::span{items}, random);
    std::ranges::sort(items);
    RC_ASSERT(items == numbered(count));
  });
}
