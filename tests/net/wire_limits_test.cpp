#include "actors/net/message_limits.hpp"
#include "actors/net/wire.hpp"
#include "tests/net/allocations.hpp"
#include "tests/support/models.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

using namespace flwr;
using namespace flwr::test;

namespace {

grpc::ByteBuffer buffer_of(std::string_view text) {
  grpc::Slice slice{text.data(), text.size()};
  return {&slice, 1};
}

std::string bytes_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string all;
  if (buffer.Dump(&slices).ok())
    for (const auto& slice : slices)
      all.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return all;
}

/// Values of every type.
scalars every_scalar() {
  return {{"bool", true},
          {"int", int64_t{-5}},
          {"double", -0.0},
          {"text", std::string{"Gruss"}},
          {"raw", bytes{0, 255, 128}},
          {"", std::string{}}};
}

std::string raw(std::initializer_list<int> octets) { return {octets.begin(), octets.end()}; }

std::string varint(uint64_t value) {
  std::string text;
  for (; value > 127; value >>= 7)
    text += static_cast<char>(value | 128);
  return text + static_cast<char>(value);
}

std::string field(int number, const std::string& content) {
  return static_cast<char>(number << 3 | 2) + varint(content.size()) + content;
}

std::string repeated(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i)
    all += text;
  return all;
}

/// What reading a client's message costs, which must be refused.
size_t cost_of_refusing(const std::string& message) {
  auto buffer = buffer_of(message);
  return cost_of([&] {
    auto read = wire::parse_client_message(buffer);
    CHECK(code_of(read.error()) == ec::corrupt);
  });
}

constexpr size_t little = 100'000; // Catch's own words included.

} // namespace

TEST_CASE("2 GiB that a field claims and a message doesn't have cost nothing") {
  auto claimed = varint(0x7fff'0000);
  auto tensor = "\x0a" + claimed + "x"; // In parameters.
  auto nested = "\x22" + varint(0x7fff'0000) + "\x12" + varint(0x7ffe'0000) + "\x0a"
                + varint(0x7ffd'0000) + "x";
  auto claims = {"\x22" + claimed + "x",                               // A fit_res,
                 raw({0x22, 0x07, 0x12}) + claimed + "x",              // its parameters,
                 field(4, field(2, tensor)),                           // a tensor,
                 field(4, field(1, "\x12" + claimed + "x")),           // the words of a status,
                 field(4, field(4, tensor)),                           // a metric's name,
                 field(4, field(4, field(2, "\x72" + claimed + "x"))), // and value,
                 nested};                                              // the first three at once.
  for (const auto& message : claims)
    CHECK(cost_of_refusing(message) < little);
}

TEST_CASE("a million empty tensors or values are refused before they are made") {
  auto entry = field(4, field(1, "a"));
  CHECK(cost_of_refusing(field(4, field(2, repeated(raw({0x0a, 0x00}), 1'000'000)))) < little);
  CHECK(cost_of_refusing(field(4, repeated(entry, 1'000'000))) < little);
  CHECK(cost_of_refusing(repeated(raw({0x0a, 0x00}), 1'000'000)) < little);
  // Behind something that isn't well formed where nobody reads it.
  CHECK(cost_of_refusing(
          field(4, field(9, raw({0x0a})) + field(2, repeated(raw({0x0a, 0x00}), 1'000'000))))
        < little);
  CHECK(
    cost_of_refusing(field(4, raw({0x4b, 0x4c}) + field(2, repeated(raw({0x0a, 0x00}), 1'000'000))))
    < little);
}

TEST_CASE("a later field of Flower's may be anything") {
  std::string text = "\x0a\x7f text"; // As a message it would claim too much.
  CHECK(wire::parse_client_message(buffer_of(field(4, field(5, text)) + field(6, text))));
}

TEST_CASE("as many fields as the limit has are read") {
  auto tensors = [](size_t count) {
    return buffer_of(field(4, field(2, repeated(raw({0x0a, 0x00}), count))));
  };
  CHECK(wire::parse_client_message(tensors(wire::max_fields - 2)));
  CHECK_FALSE(wire::parse_client_message(tensors(wire::max_fields - 1)));
}

TEST_CASE("a message may come in many slices") {
  fit_res res;
  res.metrics = every_scalar();
  auto whole = bytes_of(wire::serialize(*wire::fit_res_to_proto(res, wire::exchange::ipfs)));
  std::vector<grpc::Slice> slices;
  for (char byte : whole)
    slices.emplace_back(&byte, 1);
  grpc::ByteBuffer scattered{slices.data(), slices.size()};
  auto read = wire::parse_client_message(scattered);
  REQUIRE(read);
  CHECK(read->fit_res().metrics().size() == every_scalar().size() + 3);
  CHECK(bytes_of(scattered) == whole);
}

TEST_CASE("unknown fields take no more memory than they have bytes") {
  auto unknown = field(4, field(4, field(1, "a") + field(2, repeated(raw({0x78, 0x01}), 500'000))));
  auto buffer = buffer_of(unknown);
  CHECK(cost_of([&] { CHECK(wire::parse_client_message(buffer)); }) < 4'000'000);
}

TEST_CASE("a buffer without anything in it is no message") {
  CHECK(code_of(wire::parse_client_message(grpc::ByteBuffer{}).error()) == ec::corrupt);
}

TEST_CASE("a model of 2 GiB can't travel as tensors") {
  auto shape = *make_layout({{"w", dtype::u8, {uint64_t{1} << 31}}});
  auto model = std::make_shared<const parameters>(
    parameters{shape, std::make_shared<const bytes>()}); // Nobody looks into it.
  auto message =
    wire::fit_ins_to_proto({client_id{1}, 1, {{}, model}, {}, {}}, wire::exchange::plain);
  REQUIRE_FALSE(message);
  CHECK(code_of(message.error()) == ec::rejected);
  CHECK_THAT(render(message.error()), Catch::Contains("--exchange ipfs"));
}
