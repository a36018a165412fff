#include "actors/net/npy.hpp"

#include "actors/ipfs/safetensors.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <bit>
#include <charconv>
#include <cstdlib>
#include <cstring>

using namespace flwr;

namespace {

constexpr uint64_t plenty = 1 << 20;

bool is_text_array(const boost::json::value& entry) {
  return test::text_of(entry, "descr").find('U') != std::string::npos;
}

std::vector<uint64_t> shape_of(const boost::json::value& entry) {
  std::vector<uint64_t> shape;
  for (auto& dimension : entry.at("shape").as_array())
    shape.push_back(dimension.to_number<uint64_t>());
  return shape;
}

double half(uint16_t bits) {
  auto exponent = bits >> 10 & 31;
  auto fraction = bits & 1023;
  double value = exponent == 0    ? fraction * 0x1p-24
                 : exponent == 31 ? (fraction ? NAN : INFINITY)
                                  : (1024 + fraction) * std::ldexp(1.0, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

template <class T>
T at(const bytes& data, size_t i) {
  T value;
  std::memcpy(&value, data.data() + i * sizeof value, sizeof value);
  return value;
}

double real_at(const npy::tensor& from, size_t i) {
  switch (from.type) {
  case dtype::f16:
    return half(at<uint16_t>(from.row_major, i));
  case dtype::f32:
    return at<float>(from.row_major, i);
  default:
    return at<double>(from.row_major, i);
  }
}

std::string whole_at(const npy::tensor& from, size_t i) {
  switch (from.type) {
  case dtype::i64:
    return std::to_string(at<int64_t>(from.row_major, i));
  case dtype::i32:
    return std::to_string(at<int32_t>(from.row_major, i));
  case dtype::i16:
    return std::to_string(at<int16_t>(from.row_major, i));
  case dtype::i8:
    return std::to_string(at<int8_t>(from.row_major, i));
  case dtype::u64:
    return std::to_string(at<uint64_t>(from.row_major, i));
  case dtype::u32:
    return std::to_string(at<uint32_t>(from.row_major, i));
  case dtype::u16:
    return std::to_string(at<uint16_t>(from.row_major, i));
  default:
    return std::to_string(at<uint8_t>(from.row_major, i));
  }
}

bool is_real(dtype type) { return type == dtype::f16 || type == dtype::f32 || type == dtype::f64; }

void check_value(const npy::tensor& tensor, size_t i, const boost::json::value& wanted) {
  if (wanted.is_bool()) {
    CHECK(at<uint8_t>(tensor.row_major, i) == wanted.as_bool());
    return;
  }
  std::string text{wanted.as_string()};
  if (!is_real(tensor.type)) {
    CHECK(whole_at(tensor, i) == text);
    return;
  }
  auto value = std::strtod(text.c_str(), nullptr);
  auto read = real_at(tensor, i);
  CHECK((std::isnan(value) ? std::isnan(read) : read == value));
  CHECK(std::signbit(read) == std::signbit(value));
}

} // namespace

TEST_CASE("every published array of numbers is read to its last value") {
  size_t seen = 0;
  for (auto& entry : test::load_cases("npy")) {
    CAPTURE(test::text_of(entry, "name"));
    if (test::text_of(entry, "verdict") != "valid" || is_text_array(entry))
      continue;
    auto tensor = npy::read(test::unhex(test::text_of(entry, "file")), plenty);
    INFO((tensor ? "" : render(tensor.error())));
    REQUIRE(tensor);
    CHECK(tensor->shape == shape_of(entry));
    auto& values = entry.at("values_row_major").as_array();
    REQUIRE(tensor->row_major.size() == values.size() * size_of(tensor->type));
    for (size_t i = 0; i < values.size(); ++i)
      check_value(*tensor, i, values[i]);
    ++seen;
  }
  CHECK(seen == 41);
}

// Of what NumPy itself is lenient with, nothing is taken.
TEST_CASE("every other published file is refused, and texts are no tensors") {
  size_t seen = 0;
  for (auto& entry : test::load_cases("npy")) {
    CAPTURE(test::text_of(entry, "name"));
    if (test::text_of(entry, "verdict") == "valid" && !is_text_array(entry))
      continue;
    auto tensor = npy::read(test::unhex(test::text_of(entry, "file")), plenty);
    CHECK(!tensor);
    CHECK(tensor.error() == ec::corrupt);
    ++seen;
  }
  CHECK(seen == 56);
}

TEST_CASE("the writer makes NumPy's own bytes") {
  size_t seen = 0;
  for (std::string wanted :
       {"le-f2", "le-f4", "le-f8", "i1", "le-i2", "le-i4", "le-i8", "u1", "le-u2", "le-u4", "le-u8",
        "bool", "f4-0d", "i8-0d", "bool-0d", "f4-2d", "zero-1d", "zero-3d", "rank-8"})
    for (auto& entry : test::load_cases("npy")) {
      if (test::text_of(entry, "name") != wanted)
        continue;
      CAPTURE(wanted);
      auto file = test::unhex(test::text_of(entry, "file"));
      auto tensor = npy::read(file, plenty);
      REQUIRE(tensor);
      CHECK(*npy::write(tensor->type, tensor->shape, tensor->row_major) == file);
      ++seen;
    }
  CHECK(seen == 19);
}

TEST_CASE("types that NumPy hasn't are refused by name") {
  auto refused = npy::write(dtype::bf16, std::vector<uint64_t>{1}, bytes{0, 0});
  CHECK(refused.error() == ec::rejected);
  CHECK_THAT(render(refused.error()), Catch::Contains("BF16"));
}

TEST_CASE("an array larger than allowed is refused, whatever its header claims") {
  auto file = *npy::write(dtype::f32, std::vector<uint64_t>{4}, bytes(16));
  CHECK(npy::read(file, 16));
  CHECK(npy::read(file, 15).error() == ec::corrupt);
}

TEST_CASE("what is written is read again, and no cut or flipped file does harm") {
  CHECK(rc::check([] {
    auto shape = *rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(0, 4));
    RC_PRE(shape.size() <= 5);
    uint64_t count = 4;
    for (auto dimension : shape)
      count *= dimension;
    auto data = *rc::gen::container<bytes>(count, rc::gen::arbitrary<uint8_t>());
    auto file = *npy::write(dtype::f32, shape, data);
    auto tensor = npy::read(file, count);
    RC_ASSERT(bool(tensor));
    RC_ASSERT(tensor->shape == shape);
    RC_ASSERT(tensor->row_major == data);
    auto cut = *rc::gen::inRange<size_t>(0, file.size());
    RC_ASSERT(!npy::read(std::span{file}.first(cut), count));
    auto bit = *rc::gen::inRange<size_t>(0, file.size() * 8);
    file[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    std::ignore = npy::read(file, count);
  }));
}
