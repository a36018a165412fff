#include "apps/tool_model.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace flwr;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// A model of one tensor.
template <class T>
parameters model(dtype type, const std::vector<T>& values, std::string name = "w") {
  layout shape;
  tensor_info tensor;
  tensor.name = std::move(name);
  tensor.type = type;
  tensor.shape = {values.size()};
  tensor.size_bytes = values.size() * sizeof(T);
  shape.tensors.push_back(tensor);
  shape.file_bytes = tensor.size_bytes;
  bytes file(tensor.size_bytes);
  if (!file.empty())
    std::memcpy(file.data(), values.data(), file.size());
  return {std::make_shared<const layout>(shape), std::make_shared<const bytes>(file)};
}

tensor_statistics statistics(const parameters& of) {
  auto found = statistics_of(of, 0);
  REQUIRE(found);
  return *found;
}

constexpr auto nan_of = std::numeric_limits<double>::quiet_NaN();
constexpr auto infinity_of = std::numeric_limits<double>::infinity();

} // namespace

TEST_CASE("a tensor's norm and range are those of its numbers") {
  auto of_floats = statistics(model<float>(dtype::f32, {3, -4, 0}));
  CHECK(of_floats.l2_norm == 5);
  CHECK(of_floats.min == -4.0);
  CHECK(of_floats.max == 3.0);
  CHECK(of_floats.nan == 0);
  CHECK(of_floats.infinite == 0);
  CHECK(statistics(model<double>(dtype::f64, {1e100, 0})).l2_norm == 1e100);
}

TEST_CASE("NaN and infinities are counted apart") {
  auto found = statistics(
    model<double>(dtype::f64, {nan_of, 1, infinity_of, -infinity_of, std::copysign(nan_of, -1)}));
  CHECK(found.nan == 2);
  CHECK(found.infinite == 2);
  CHECK(found.l2_norm == 1);
  CHECK(found.min == 1.0);
  auto none = statistics(model<float>(dtype::f32, {static_cast<float>(nan_of)}));
  CHECK_FALSE(none.min);
  CHECK_FALSE(none.max);
}

TEST_CASE("half precision is read as it is written") {
  // 1, -2, infinity, NaN, the smallest subnormal
  auto half = statistics(model<uint16_t>(dtype::f16, {0x3c00, 0xc000, 0x7c00, 0x7e00, 0x0001}));
  CHECK(half.min == -2.0);
  CHECK(half.max == 1.0);
  CHECK(half.nan == 1);
  CHECK(half.infinite == 1);
  auto brain = statistics(model<uint16_t>(dtype::bf16, {0x3f80, 0xc000, 0xff80, 0x7fc0}));
  CHECK(brain.min == -2.0);
  CHECK(brain.max == 1.0);
  CHECK(brain.nan == 1);
  CHECK(brain.infinite == 1);
}

TEST_CASE("integers have no statistics") {
  CHECK_FALSE(statistics_of(model<int64_t>(dtype::i64, {1, 2}), 0));
  CHECK_FALSE(statistics_of(model<uint8_t>(dtype::boolean, {1}), 0));
}

TEST_CASE("an empty tensor and a single number are counted right") {
  CHECK(statistics(model<float>(dtype::f32, {})).l2_norm == 0);
  CHECK(elements_of(tensor_info{"w", dtype::f32, {}, 0, 4}) == 1);
  CHECK(elements_of(tensor_info{"w", dtype::f32, {2, 0, 3}, 0, 0}) == 0);
  CHECK(elements_of(tensor_info{"w", dtype::f32, {2, 3}, 0, 24}) == 6);
}

TEST_CASE("a model is shown a line a tensor") {
  auto text = model_text(model<float>(dtype::f32, {3, -4}, "fc.weight"), "bafyid");
  CHECK_THAT(text, StartsWith("name       dtype  shape  elements  l2 norm  min  max  NaN  Inf\n"
                              "fc.weight  F32    [2]    2         5        -4   3    0    0\n"));
  CHECK_THAT(text, Contains("1 tensors, 2 elements, 8 bytes\ncontent id: bafyid\n"));
  CHECK_THAT(model_text(model<int8_t>(dtype::i8, {1}, "\x1b[31m"), "x"), Contains("?[31m  I8"));
}

TEST_CASE("a model's JSON holds what the text shows") {
  auto document = boost::json::parse(model_json(model<float>(dtype::f32, {3, -4}), "bafyid"));
  CHECK(document.at("schema") == "flwr-actor/model/1");
  CHECK(document.at("content_id") == "bafyid");
  CHECK(document.at("bytes") == 8);
  CHECK(document.at("elements") == 2);
  const auto& tensor = document.at("tensors").at(0);
  CHECK(tensor.at("name") == "w");
  CHECK(tensor.at("dtype") == "F32");
  CHECK(tensor.at("shape") == boost::json::array{2});
  CHECK(tensor.at("l2_norm") == 5.0);
  CHECK(tensor.at("nan") == 0);
}

TEST_CASE("what JSON can't say is null") {
  auto overflowing = model<double>(dtype::f64, {1e200, 1e200});
  auto document = boost::json::parse(model_json(overflowing, "x"));
  CHECK(document.at("tensors").at(0).at("l2_norm").is_null());
  auto whole = boost::json::parse(model_json(model<int32_t>(dtype::i32, {1}), "x"));
  CHECK_FALSE(whole.at("tensors").at(0).as_object().contains("l2_norm"));
}
