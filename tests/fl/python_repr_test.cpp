#include "actors/fl/python_repr.hpp"

#include "tests/fl/python_repr_golden.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <bit>
#include <cmath>
#include <cstdlib>

using namespace flwr;

TEST_CASE("python_repr writes doubles as Python does") {
  for (auto [bits, repr] : golden::floats)
    CHECK(python_repr(std::bit_cast<double>(bits)) == repr);
}

TEST_CASE("python_repr writes text as Python's ascii and bytes as its repr") {
  for (auto [text, ascii, repr] : golden::texts) {
    CHECK(python_repr(text) == ascii);
    CHECK(python_repr(scalar{bytes(text.begin(), text.end())}) == repr);
  }
}

TEST_CASE("python_repr writes every kind of scalar") {
  CHECK(python_repr(scalar{true}) == "True");
  CHECK(python_repr(scalar{false}) == "False");
  CHECK(python_repr(scalar{int64_t{-5}}) == "-5");
  CHECK(python_repr(scalar{5.0}) == "5.0");
  CHECK(python_repr(scalar{std::string{"a"}}) == "'a'");
}

TEST_CASE("python_repr writes metrics as a dict") {
  CHECK(python_repr(scalars{}) == "{}");
  CHECK(python_repr(scalars{{"b", 0.5}, {"a", int64_t{1}}}) == "{'a': 1, 'b': 0.5}");
}

TEST_CASE("python_repr of a double reads back as the same double") {
  rc::prop("for any bits", [] {
    auto value = std::bit_cast<double>(*rc::gen::resize(100, rc::gen::arbitrary<uint64_t>()));
    auto read = std::strtod(python_repr(value).c_str(), nullptr);
    bool same = std::bit_cast<uint64_t>(read) == std::bit_cast<uint64_t>(value);
    RC_ASSERT(same || (std::isnan(read) && std::isnan(value)));
  });
}
