#include "actors/audit/canonical_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace flwr;

namespace {

std::string nested(size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

} // namespace

TEST_CASE("canonical JSON sorts keys and leaves out what needn't be there") {
  auto document = boost::json::parse(R"( { "b" : [ "2", { } ], "a\u0041" : "\/", "B": [] } )");
  CHECK(canonical(document) == R"({"B":[],"aA":"/","b":["2",{}]})");
}

TEST_CASE("canonical JSON escapes as RFC 8785 says") {
  boost::json::value text = boost::json::string{"\0\x01\b\t\n\x0b\f\r\x1f \"\\/\x7f", 14};
  auto expected_text = std::string{R"("\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/)"} + "\x7f" + "\"";
  CHECK(canonical(text) == expected_text);
  CHECK(parse_canonical(expected_text) == text);
}

TEST_CASE("a canonical text comes back as it was") {
  auto text = GENERATE(R"({})", R"([])", R"("")", R"({"":""})", R"({"a":["1",{"b":"c"}],"b":"2"})");
  auto document = parse_canonical(text);
  REQUIRE(document);
  CHECK(canonical(*document) == text);
}

TEST_CASE("a text that isn't canonical is refused") {
  std::string text = GENERATE(R"({"b":"1","a":"2"})", // order
                              R"({"a":"1","a":"1"})", // twice
                              R"({"a": "1"})", R"( {})", "{}\n", R"("\u0041")", R"("\/")",
                              R"("\u001F")", R"("\u00e9")", "\"\xc3\xa9\"", "\"\xff\"", R"(5)",
                              R"({"a":5})", R"([-1.5])", R"(true)", R"([null])", R"({"a":})",
                              R"({"a":"1",})", R"({} {})", R"({}{})", "", "{", "\"a", "'a'");
  INFO(text);
  auto document = parse_canonical(text);
  REQUIRE_FALSE(document);
  CHECK(document.error() == ec::corrupt);
}

TEST_CASE("the words say where a text stops being canonical") {
  CHECK(render(parse_canonical(R"({"a": "1"})").error()).find("at byte 5:") != std::string::npos);
  CHECK(render(parse_canonical("[\"\xc3\"]").error()).find("at byte 2: not ASCII")
        != std::string::npos);
}

TEST_CASE("a document's depth and length are limited") {
  CHECK(parse_canonical(nested(max_json_depth)));
  CHECK_FALSE(parse_canonical(nested(max_json_depth + 1)));
  auto longest = '"' + std::string(max_json_bytes - 2, 'a') + '"';
  CHECK(parse_canonical(longest));
  CHECK_FALSE(parse_canonical('"' + std::string(max_json_bytes - 1, 'a') + '"'));
}
