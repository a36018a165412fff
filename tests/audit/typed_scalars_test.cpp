#include "actors/audit/typed_scalars.hpp"

#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <bit>
#include <limits>

using namespace flwr;

namespace {

const scalars every_type{{"accuracy", 0.1},
                         {"note", std::string{"a\"b\n"}},
                         {"ok", true},
                         {"raw", bytes{0xca, 0xfe}},
                         {"steps", int64_t{-5}}};

constexpr auto every_type_text = R"({"accuracy":{"d":"3fb999999999999a"},"note":{"s":"a\"b\n"},)"
                                 R"("ok":{"b":"1"},"raw":{"x":"cafe"},"steps":{"i":"-5"}})";

std::string text_of(const expected<hash256>& hash) { return to_hex(*hash); }

} // namespace

TEST_CASE("every type of a metric has its own spelling") {
  CHECK(encode_scalars(every_type) == std::string{every_type_text});
  CHECK(decode_scalars(every_type_text) == every_type);
  CHECK(encode_scalars({}) == std::string{"{}"});
  CHECK(decode_scalars("{}") == scalars{});
}

TEST_CASE("a double keeps all its bits") {
  rc::prop("encode, decode", [](uint64_t bits) {
    auto text = encode_scalars({{"d", std::bit_cast<double>(bits)}});
    auto again = decode_scalars(*text);
    RC_ASSERT(std::bit_cast<uint64_t>(std::get<double>(again->at("d"))) == bits);
  });
}

TEST_CASE("metrics of any value come back") {
  rc::prop("encode, decode", [](int64_t number, bool flag, const bytes& raw) {
    auto letters = rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
    scalars values{{*letters, number}, {*letters, flag}, {*letters, raw}, {*letters, *letters}};
    RC_ASSERT(decode_scalars(*encode_scalars(values)) == values);
  });
}

TEST_CASE("the extreme integers come back") {
  using limits = std::numeric_limits<int64_t>;
  scalars values{{"max", limits::max()}, {"min", limits::min()}};
  CHECK(decode_scalars(*encode_scalars(values)) == values);
}

TEST_CASE("a metric that isn't ASCII is refused by its name") {
  auto text = encode_scalars({{"note", std::string{"caf\xc3\xa9"}}});
  REQUIRE_FALSE(text);
  CHECK(text.error() == ec::rejected);
  CHECK(render(text.error()).find("'note' isn't ASCII") != std::string::npos);
  CHECK(encode_scalars({{"\xff", true}}).error() == ec::rejected);
  CHECK(metrics_hash({{"\xff", true}}).error() == ec::rejected);
}

TEST_CASE("a typed value in another spelling is refused") {
  std::string value =
    GENERATE(R"({"i":"05"})", R"({"i":"-0"})", R"({"i":"+5"})", R"({"i":""})", R"({"i":" 5"})",
             R"({"i":"9223372036854775808"})", R"({"d":"0.1"})", R"({"d":"3FB999999999999A"})",
             R"({"d":"3fb999999999999"})", R"({"d":"3fb999999999999a00"})", R"({"b":"2"})",
             R"({"b":"true"})", R"({"x":"c"})", R"({"x":"CA"})", R"({"x":"0x"})", R"({"q":"1"})",
             R"({"b":"1","i":"1"})", R"({})", R"("1")", R"(["i"])", R"({"s":["a"]})");
  INFO(value);
  auto read = decode_scalars(R"({"loss":)" + value + "}");
  REQUIRE_FALSE(read);
  CHECK(read.error() == ec::corrupt);
  CHECK(render(read.error()).find("'loss'") != std::string::npos);
}

// Made with pycryptodome (Crypto.Hash.keccak, 256 bits) from the texts above.
TEST_CASE("the hash of metrics is that of their canonical text") {
  CHECK(text_of(metrics_hash(every_type))
        == "cf71ead11c7f0911153ff5f11377393802d9e2e3d012f51d7fa0de54dd57a194");
  CHECK(text_of(metrics_hash({}))
        == "b48d38f93eaa084033fc5970bf96e559c33c4cdc07d889ab00b4d63f9590739d");
}
