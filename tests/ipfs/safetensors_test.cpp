#include "actors/ipfs/safetensors.hpp"

#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <numeric>
#include <set>

using namespace flwr;

namespace {

/// A file with this header and so many zero bytes of data.
bytes file_of(std::string_view json, size_t data_bytes = 0) {
  bytes file(8);
  for (size_t i = 0; i < 8; ++i)
    file[i] = static_cast<uint8_t>(json.size() >> (8 * i));
  file.insert(file.end(), json.begin(), json.end());
  file.resize(file.size() + data_bytes);
  return file;
}

std::string entry(std::string_view name, size_t begin, size_t end) {
  return '"' + std::string{name} + R"(":{"dtype":"U8","shape":[)" + std::to_string(end - begin)
         + R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

std::string why_refused(const bytes& file) {
  auto read = read_layout(file);
  REQUIRE_FALSE(read);
  CHECK(code_of(read.error()) == ec::corrupt);
  return render(read.error());
}

std::string header_text(const std::vector<tensor_spec>& tensors) {
  auto made = make_layout(tensors);
  REQUIRE(made);
  return {(*made)->header.begin() + 8, (*made)->header.end()};
}

std::vector<tensor_spec> specs_of(const layout& of) {
  std::vector<tensor_spec> specs;
  for (const auto& tensor : of.tensors)
    specs.push_back({tensor.name, tensor.type, tensor.shape});
  return specs;
}

rc::Gen<std::vector<tensor_spec>> arbitrary_tensors() {
  auto shape =
    rc::gen::resize(4, rc::gen::container<std::vector<uint64_t>>(rc::gen::inRange<uint64_t>(0, 5)));
  auto name = rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
  auto type = rc::gen::map(rc::gen::inRange(0, 17), [](int i) { return static_cast<dtype>(i); });
  auto tensor = rc::gen::build<tensor_spec>(rc::gen::set(&tensor_spec::name, name),
                                            rc::gen::set(&tensor_spec::type, type),
                                            rc::gen::set(&tensor_spec::shape, shape));
  return rc::gen::uniqueBy<std::vector<tensor_spec>>(tensor, [](const auto& t) { return t.name; });
}

} // namespace

TEST_CASE("read_layout judges the published files as the reference does") {
  for (const auto& one : test::load_cases("safetensors")) {
    INFO(test::text_of(one, "name"));
    auto file = test::unhex(test::text_of(one, "file"));
    auto read = read_layout(file);
    CHECK(bool{read} == (test::text_of(one, "verdict") == "valid"));
    if (!read)
      CHECK(code_of(read.error()) == ec::corrupt);
  }
}

TEST_CASE("read_layout finds the published tensors in the order of their data") {
  for (const auto& one : test::load_cases("safetensors")) {
    if (test::text_of(one, "verdict") != "valid")
      continue;
    INFO(test::text_of(one, "name"));
    auto file = std::make_shared<const bytes>(test::unhex(test::text_of(one, "file")));
    auto model = parameters_from(*read_layout(*file), file);
    REQUIRE(model);
    const auto& wanted = one.at("tensors").as_array();
    REQUIRE((*model)->layout->tensors.size() == wanted.size());
    for (size_t t = 0; t < wanted.size(); ++t) {
      const auto& found = (*model)->layout->tensors[t];
      const auto& want = wanted[t];
      CHECK(found.name == test::text_of(want, "name"));
      CHECK(name_of(found.type) == test::text_of(want, "dtype"));
      const auto& shape = want.at("shape").as_array();
      CHECK(std::ranges::equal(found.shape, shape, {}, {},
                               [](auto& n) { return n.template to_number<uint64_t>(); }));
      CHECK(std::ranges::equal((*model)->tensor(t), test::unhex(test::text_of(want, "data"))));
    }
  }
}

TEST_CASE("make_layout writes the reference's header, whatever the state-dict order") {
  for (const auto& one : test::load_cases("safetensors")) {
    if (!one.as_object().contains("canonical") || !one.at("metadata").is_null())
      continue;
    INFO(test::text_of(one, "name"));
    auto file = test::unhex(test::text_of(one, "file"));
    auto read = *read_layout(file);
    auto specs = specs_of(*read);
    std::ranges::reverse(specs);
    auto made = make_layout(specs);
    REQUIRE(made);
    CHECK((*made)->header == read->header);
    CHECK((*made)->file_bytes == file.size());
    CHECK(specs_of(**made).size() == specs.size());
    for (size_t t = 0; t < specs.size(); ++t)
      CHECK((*made)->tensors[t].name == specs[t].name);
  }
}

TEST_CASE("make_layout escapes names as the reference does") {
  CHECK(header_text({{"\"\\/\b\f\n\r\t\x01\x1f\x7f\u00fc\u2028", dtype::u8, {0}}})
          .starts_with("{\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\u00fc\u2028\":{"));
}

TEST_CASE("make_layout sorts names as bytes within a type") {
  auto text = header_text({{"b", dtype::f32, {1}},
                           {"a", dtype::f32, {1}},
                           {"Z", dtype::f32, {1}},
                           {"\u00fc", dtype::f32, {1}},
                           {"", dtype::u64, {1}}});
  std::vector<size_t> at{text.find("\"\":"), text.find("\"Z\""), text.find("\"a\""),
                         text.find("\"b\""), text.find("\"\u00fc\"")};
  CHECK(std::ranges::is_sorted(at));
  CHECK(at.back() != std::string::npos);
}

TEST_CASE("make_layout refuses tensors that no file can hold") {
  auto refused = [](std::vector<tensor_spec> tensors) {
    auto made = make_layout(std::move(tensors));
    return !made && code_of(made.error()) == ec::rejected;
  };
  constexpr uint64_t half = uint64_t{1} << 32;
  CHECK(refused({{"w", dtype::f32, {1}}, {"w", dtype::u8, {1}}}));
  CHECK(refused({{"__metadata__", dtype::f32, {1}}}));
  CHECK(refused({{"\xff", dtype::f32, {1}}}));
  CHECK(refused({{"w", dtype::u8, {half, half}}}));
  CHECK(refused({{"w", dtype::u64, {half, half / 2}}}));
  CHECK(refused({{"a", dtype::u8, {~uint64_t{0}}}, {"b", dtype::u8, {1}}}));
  CHECK(refused({{"w", dtype::u8, {~uint64_t{0}}}}));
  CHECK(refused({{"w", dtype::u8, std::vector<uint64_t>(65, 1)}}));
}

TEST_CASE("read_layout reads what make_layout wrote") {
  rc::prop("for any tensors", [] {
    auto specs = *arbitrary_tensors();
    auto made = *make_layout(specs);
    auto read = *read_layout(new_file(*made));
    RC_ASSERT(read->header == made->header);
    RC_ASSERT(read->header.size() % 8 == 0);
    RC_ASSERT(read->file_bytes == made->file_bytes);
    RC_ASSERT(std::ranges::is_permutation(read->tensors, made->tensors));
  });
}

TEST_CASE("read_layout refuses a file cut anywhere or with a byte more") {
  auto whole = new_file(**make_layout({{"w", dtype::f32, {2}}, {"b", dtype::f16, {3}}}));
  REQUIRE(read_layout(whole));
  for (size_t size = 0; size < whole.size(); ++size)
    CHECK_FALSE(read_layout(std::span{whole}.first(size)));
  whole.push_back(0);
  CHECK_FALSE(read_layout(whole));
}

TEST_CASE("read_layout survives any byte of a header changed") {
  auto whole = new_file(**make_layout({{"w", dtype::f32, {2}}, {"b", dtype::f16, {3}}}));
  for (size_t at = 0; at < whole.size(); ++at)
    for (int value = 0; value < 256; ++value) {
      auto changed = whole;
      changed[at] = static_cast<uint8_t>(value);
      if (auto read = read_layout(changed))
        for (const auto& tensor : (*read)->tensors)
          REQUIRE(tensor.offset_bytes + tensor.size_bytes <= changed.size());
    }
}

TEST_CASE("read_layout names what is wrong") {
  using Catch::Contains;
  auto two = [](auto first, auto second) { return "{" + first + "," + second + "}"; };
  CHECK_THAT(why_refused(file_of(two(entry("a", 0, 2), entry("b", 3, 4)), 4)),
             Contains("\"b\"") && Contains("byte 3") && Contains("end at 2"));
  CHECK_THAT(why_refused(file_of(two(entry("a", 0, 1), entry("a", 1, 2)), 2)),
             Contains("\"a\"") && Contains("twice"));
  CHECK_THAT(why_refused(file_of(R"({"a":{"dtype":"Q4"}})")), Contains("\"Q4\""));
  CHECK_THAT(why_refused({'P', 'K', 3, 4, 0, 0, 8, 8, 0, 0}), Contains("ZIP archive"));
  CHECK_THAT(why_refused({0x80, 2, 'c', 'o', 's', '\n', 's', 'y', 's'}), Contains("pickle"));
  CHECK_THAT(why_refused(file_of("{" + entry(std::string(5000, 'x'), 1, 2) + "}", 2)),
             Contains("xxx\"...") && !Contains(std::string(100, 'x')));
}

TEST_CASE("read_layout refuses what the reference's JSON reader refuses") {
  auto with_field = [](std::string_view shape, std::string_view offsets) {
    return file_of(R"({"w":{"dtype":"U8","shape":)" + std::string{shape} + R"(,"data_offsets":)"
                     + std::string{offsets} + "}}",
                   1);
  };
  REQUIRE(read_layout(with_field("[1]", "[0,1]")));
  for (auto shape : {"1", "[-0]", "[1e0]", "[01]", "[1,]", "[[1]]", "[true]", "[null]", "{}",
                     "\"1\"", "[18446744073709551616]", "[1]]"})
    CHECK_FALSE(read_layout(with_field(shape, "[0,1]")));
  for (auto offsets : {"[0]", "[]", "[0,1,1]", "{\"0\":1}", "1", "[1,0]", "null"})
    CHECK_FALSE(read_layout(with_field("[1]", offsets)));
}

TEST_CASE("read_layout refuses repeated keys at every level") {
  CHECK_FALSE(read_layout(file_of(R"({"__metadata__":{},"__metadata__":{}})")));
  CHECK_FALSE(read_layout(file_of(R"({"__metadata__":{"a":"1","a":"2"}})")));
  CHECK_FALSE(read_layout(file_of(R"({"w":{"dtype":"U8","dtype":"U8","shape":[0],)"
                                  R"("data_offsets":[0,0]}})")));
  CHECK(read_layout(file_of(R"({"__metadata__":{"a":"1","b":"2"}})")));
}

TEST_CASE("read_layout stops at its limits") {
  std::string many = "{";
  for (size_t t = 0; t < 65'536; ++t)
    many += entry(std::to_string(t), 0, 0) + ",";
  auto at_limit = many;
  at_limit.back() = '}';
  CHECK(read_layout(file_of(at_limit)));
  CHECK_THAT(why_refused(file_of(many + entry("one more", 0, 0) + "}")), Catch::Contains("65,536"));
  CHECK_FALSE(read_layout(file_of("{\"w\":" + std::string(1'000'000, '['))));
}

TEST_CASE("parameters_from takes exactly the files of its layout") {
  auto shape = *make_layout({{"w", dtype::f32, {2}}});
  auto take = [&](bytes file) {
    return parameters_from(shape, std::make_shared<const bytes>(std::move(file)));
  };
  auto right = new_file(*shape), longer = right, other = right;
  right.back() = 7;
  longer.push_back(0);
  other[8 + 2] ^= 1;
  auto taken = take(right);
  REQUIRE(taken);
  CHECK((*taken)->tensor(0).back() == 7);
  CHECK(code_of(take(longer).error()) == ec::corrupt);
  CHECK(code_of(take(other).error()) == ec::corrupt);
  CHECK(code_of(take({}).error()) == ec::corrupt);
}

TEST_CASE("Every element type has a name of its own and a size") {
  std::set<std::string_view> names;
  for (auto type = dtype::u64; type <= dtype::boolean;
       type = static_cast<dtype>(static_cast<int>(type) + 1)) {
    names.insert(name_of(type));
    CHECK(dtype_from(name_of(type)) == type);
  }
  CHECK(names.size() == 17);
  CHECK(size_of(dtype::c64) == 8);
  CHECK(size_of(dtype::bf16) == 2);
  CHECK(size_of(dtype::boolean) == 1);
  CHECK_FALSE(dtype_from("f32"));
}
