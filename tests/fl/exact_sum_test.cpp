#include "actors/fl/exact_sum.hpp"

#include "actors/fl/layouts.hpp"
#include "tests/fl/models.hpp"

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>

using namespace flwr;

namespace {

const auto three_floats = layout_of({{dtype::f32, 3}});

parameters floats(std::vector<float> values) { return model_of(three_floats, {bytes_of(values)}); }

std::vector<float> average(const exact_sum& sum) {
  auto model = sum.finish();
  REQUIRE(model);
  return values_of<float>(**model, 0);
}

} // namespace

TEST_CASE("exact_sum weights each update by its examples") {
  exact_sum sum{three_floats};
  REQUIRE(sum.add(floats({1, -2, 0}), 10));
  REQUIRE(sum.add(floats({5, 2, 1}), 30));
  CHECK(average(sum) == std::vector<float>{4, 1, 0.75});
  CHECK(sum.total_examples() == 40);
  CHECK(sum.updates() == 2);
}

TEST_CASE("exact_sum writes the layout's header before the data") {
  exact_sum sum{three_floats};
  REQUIRE(sum.add(floats({1, 2, 3}), 7));
  auto model = sum.finish();
  REQUIRE(model);
  CHECK((*model)->layout == three_floats);
  CHECK(*(*model)->file == *floats({1, 2, 3}).file);
}

TEST_CASE("exact_sum can go on after finish") {
  exact_sum sum{three_floats};
  REQUIRE(sum.add(floats({1, 1, 1}), 1));
  REQUIRE(sum.finish());
  REQUIRE(sum.add(floats({2, 3, 4}), 1));
  CHECK(average(sum) == std::vector<float>{1.5, 2, 2.5});
}

TEST_CASE("exact_sum keeps what cancellation leaves") {
  exact_sum sum{three_floats};
  REQUIRE(sum.add(floats({1e6f, 1, 0}), 3));
  REQUIRE(sum.add(floats({1e-8f, 0x1p-49f, 0}), 1));
  REQUIRE(sum.add(floats({-1e6f, -1, 0}), 3));
  auto unit = 0x1p-50;
  auto rounded = std::nearbyint(1e-8f / unit) * unit; // As q does.
  CHECK(average(sum) == std::vector<float>{static_cast<float>(rounded / 7), 0x1p-49f / 7, 0});
}

TEST_CASE("exact_sum gives +0 for a sum of exactly 0, also of -0s") {
  exact_sum sum{three_floats};
  REQUIRE(sum.add(floats({-0.0f, 1, -0x1p-140f}), 1));
  REQUIRE(sum.add(floats({-0.0f, -1, -0x1p-60f}), 1));
  CHECK(values_of<uint32_t>(**sum.finish(), 0) == std::vector<uint32_t>{0, 0, 0});
}

TEST_CASE("exact_sum keeps the greatest value of integers and booleans, whatever its weight") {
  auto layout = layout_of({{dtype::i64, 2}, {dtype::u8, 2}, {dtype::boolean, 3}, {dtype::f32, 1}});
  auto model = [&](std::vector<int64_t> a, std::vector<uint8_t> b, std::vector<uint8_t> c) {
    return model_of(layout, {bytes_of(a), bytes_of(b), bytes_of(c), bytes_of<float>({0})});
  };
  exact_sum sum{layout}, other{layout};
  REQUIRE(sum.add(model({33, -7}, {200, 1}, {0, 1, 0}), 1));
  REQUIRE(other.add(model({20, -5}, {100, 255}, {0, 0, 1}), 1000));
  REQUIRE(sum.merge(other));
  auto average = sum.finish();
  REQUIRE(average);
  CHECK(values_of<int64_t>(**average, 0) == std::vector<int64_t>{33, -5});
  CHECK(values_of<uint8_t>(**average, 1) == std::vector<uint8_t>{200, 255});
  CHECK(values_of<uint8_t>(**average, 2) == std::vector<uint8_t>{0, 1, 1});
}

TEST_CASE("exact_sum rounds once to float16 and bfloat16") {
  auto layout = layout_of({{dtype::f16, 2}, {dtype::bf16, 1}});
  auto model = [&](std::vector<uint16_t> half, uint16_t brain) {
    return model_of(layout, {bytes_of(half), bytes_of<uint16_t>({brain})});
  };
  exact_sum sum{layout};
  REQUIRE(sum.add(model({0x3c00, 0x8001}, 0x3f80), 1)); // 1, the smallest below 0, 1
  REQUIRE(sum.add(model({0x3c01, 0x0000}, 0x3f83), 1)); // 1 + 2^-10, 0, 1 + 3 * 2^-7
  auto average = sum.finish();
  REQUIRE(average);
  CHECK(values_of<uint16_t>(**average, 0) == std::vector<uint16_t>{0x3c00, 0x8000});
  CHECK(values_of<uint16_t>(**average, 1) == std::vector<uint16_t>{0x3f82});
}

TEST_CASE("exact_sum takes the greatest values and weights that it allows") {
  exact_sum sum{three_floats};
  for (int i = 0; i < 8192; ++i) // 2^13 * 2^29 = 2^42
    REQUIRE(sum.add(floats({0x1p20f, -0x1p20f, 0x1.fffffep19f}), max_examples_limit));
  CHECK(sum.total_examples() == max_total_examples);
  CHECK(average(sum) == std::vector<float>{0x1p20f, -0x1p20f, 0x1.fffffep19f});
  auto full = sum.add(floats({0, 0, 0}), 1);
  CHECK(render(full.error()) == "the examples of all updates pass 2^42");
  CHECK(code_of(sum.merge(sum).error()) == ec::rejected);
}

TEST_CASE("exact_sum carries before its lower plane overflows") {
  exact_sum sum{three_floats};
  for (int i = 0; i < 40'000; ++i) // Ties leave 2^49 units each in the lower plane.
    REQUIRE(sum.add(floats({0.5, -0.5, 2.5}), 1));
  CHECK(average(sum) == std::vector<float>{0.5, -0.5, 2.5});
}

TEST_CASE("exact_sum carries when partial sums merge over and over") {
  exact_sum sum{three_floats}, part{three_floats};
  for (int i = 0; i < 4'000; ++i)
    REQUIRE(part.add(floats({0.5, -0.5, 2.5}), 1));
  for (int i = 0; i < 20; ++i)
    REQUIRE(sum.merge(part));
  CHECK(average(sum) == std::vector<float>{0.5, -0.5, 2.5});
  CHECK(sum.updates() == 80'000);
}

TEST_CASE("exact_sum names the tensor and the element that it refuses, and changes nothing") {
  auto layout =
    layout_of({{dtype::f32, 2}, {dtype::f16, 1}, {dtype::bf16, 1}, {dtype::boolean, 1}});
  auto model = [&](std::vector<float> a, uint16_t b, uint16_t c, uint8_t d) {
    return model_of(layout, {bytes_of(a), bytes_of<uint16_t>({b}), bytes_of<uint16_t>({c}), {d}});
  };
  exact_sum sum{layout};
  REQUIRE(sum.add(model({1, 2}, 0x3c00, 0x3f80, 1), 4));
  auto before = *(*sum.finish())->file;
  auto nan = std::numeric_limits<float>::quiet_NaN();
  auto infinity = std::numeric_limits<float>::infinity();
  auto words = [&](const parameters& bad) {
    auto refused = sum.add(bad, 4);
    REQUIRE_FALSE(refused);
    CHECK(code_of(refused.error()) == ec::corrupt);
    CHECK(*(*sum.finish())->file == before);
    CHECK(sum.updates() == 1);
    return render(refused.error());
  };
  CHECK(words(model({1, nan}, 0, 0, 0)) == "tensor 't0', element 1: not finite");
  CHECK(words(model({-infinity, 1}, 0, 0, 0)) == "tensor 't0', element 0: not finite");
  CHECK(words(model({std::nextafter(-0x1p20f, -infinity), 1}, 0, 0, 0))
        == "tensor 't0', element 0: magnitude above 2^20");
  CHECK(words(model({1, 1}, 0x7c00, 0, 0)) == "tensor 't1', element 0: not finite");
  CHECK(words(model({1, 1}, 0xfe00, 0, 0)) == "tensor 't1', element 0: not finite");
  CHECK(words(model({1, 1}, 0, 0x4981, 0)) == "tensor 't2', element 0: magnitude above 2^20");
  CHECK(words(model({1, 1}, 0, 0xff80, 0)) == "tensor 't2', element 0: not finite");
  CHECK(words(model({1, 1}, 0, 0, 2)) == "tensor 't3', element 0: not a boolean (0 or 1)");
}

TEST_CASE("exact_sum refuses weights out of range") {
  exact_sum sum{three_floats, 100};
  for (int64_t examples : {int64_t{0}, int64_t{-1}, int64_t{101}, INT64_MAX, INT64_MIN}) {
    auto refused = sum.add(floats({1, 1, 1}), examples);
    REQUIRE_FALSE(refused);
    CHECK(code_of(refused.error()) == ec::rejected);
    CHECK(render(refused.error())
          == "num_examples is " + std::to_string(examples) + "; allowed are 1 .. 100");
  }
  CHECK(sum.add(floats({1, 1, 1}), 100));
  exact_sum greedy{three_floats, INT64_MAX};
  CHECK_FALSE(greedy.add(floats({1, 1, 1}), max_examples_limit + 1));
}

TEST_CASE("exact_sum refuses another layout, and takes an equal one") {
  exact_sum sum{three_floats};
  auto words = [&](const parameters& model) { return render(sum.add(model, 1).error()); };
  auto twin = std::make_shared<const layout>(*three_floats);
  CHECK(sum.add(model_of(twin, {bytes_of<float>({1, 2, 3})}), 1));
  auto longer = layout_of({{dtype::f32, 4}});
  CHECK(words(model_of(longer, {bytes_of<float>({1, 2, 3, 4})}))
        == "another layout: tensor 't0' differs from the run's tensor 't0' in name, type, shape or "
           "place");
  auto more = layout_of({{dtype::f32, 3}, {dtype::f32, 0}});
  CHECK(words(model_of(more, {bytes_of<float>({1, 2, 3}), {}}))
        == "another layout: 2 tensors where the run's model has 1");
  CHECK(code_of(sum.merge(exact_sum{longer}).error()) == ec::corrupt);
}

TEST_CASE("exact_sum refuses a file that is shorter than its layout") {
  exact_sum sum{three_floats};
  CHECK(render(sum.add(model_of(three_floats, {bytes_of<float>({1, 2})}), 1).error())
        == "the model has 16 bytes; its layout says 20");
}

TEST_CASE("exact_sum has no average before the first update") {
  exact_sum sum{three_floats};
  CHECK(code_of(sum.finish().error()) == ec::rejected);
}

TEST_CASE("can_average refuses types that no average is written for") {
  for (auto type : {dtype::f64, dtype::c64, dtype::f8_e4m3, dtype::f8_e5m2, dtype::f8_e8m0}) {
    auto refused = can_average(*layout_of({{dtype::f32, 1}, {type, 2}}));
    REQUIRE_FALSE(refused);
    CHECK(code_of(refused.error()) == ec::rejected);
    CHECK_THAT(render(refused.error()),
               Catch::StartsWith("tensor 't1': its type can't be averaged"));
  }
}

TEST_CASE("exact_sum refuses every update if its layout can't be averaged") {
  auto layout = layout_of({{dtype::f32, 1}, {dtype::f64, 1}});
  exact_sum sum{layout};
  auto refused = sum.add(model_of(layout, {bytes_of<float>({1}), bytes_of<double>({1})}), 1);
  CHECK(render(refused.error()) == render(can_average(*layout).error()));
  CHECK(sum.merge(sum));
  CHECK_FALSE(sum.finish());
}

TEST_CASE("can_average refuses a layout whose sizes and places contradict each other") {
  auto with = [](auto change) {
    auto broken = *three_floats;
    change(broken);
    auto refused = can_average(broken);
    return refused ? std::string{"taken"} : render(refused.error());
  };
  CHECK(with([](auto&) {}) == "taken");
  auto outside = "tensor 't0': its bytes don't lie inside the file as its shape says";
  CHECK(with([](auto& l) { l.tensors[0].size_bytes = 16; }) == outside);
  CHECK(with([](auto& l) { l.tensors[0].offset_bytes = 12; }) == outside);
  CHECK(with([](auto& l) { l.tensors[0].offset_bytes = 4; }) == outside);
  CHECK(with([](auto& l) { l.tensors[0].offset_bytes = UINT64_MAX; }) == outside);
  CHECK(with([](auto& l) { l.file_bytes = 19; }) == outside);
  CHECK(with([](auto& l) { l.file_bytes = 7; }) == "the layout's header is longer than its file");
  CHECK(with([](auto& l) {
          l.tensors[0].shape = {uint64_t{1} << 32, uint64_t{1} << 31};
        })
        == "tensor 't0': its shape overflows 64 bits");
}
