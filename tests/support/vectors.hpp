/// Published test vectors: one JSON file a topic, its `source` inside.
#pragma once

#include "actors/hash/hex.hpp"
#include "messages/types.hpp"

#include <boost/json.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flwr::test {

/// The cases of tests/vectors/`name`.json. Fails loudly if there are none.
inline boost::json::array load_cases(const std::string& name) {
  std::ifstream file{FLWR_VECTORS "/" + name + ".json", std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto cases = boost::json::parse(text).at("cases").as_array();
  if (cases.empty())
    throw std::runtime_error{name + ".json has no cases"};
  return cases;
}

/// A member that is text; empty if it isn't there.
inline std::string text_of(const boost::json::value& object, std::string_view key) {
  auto found = object.as_object().if_contains(key);
  return found ? std::string{found->as_string()} : std::string{};
}

/// Hex digits of a vector, with or without "0x"; throws if they aren't.
inline bytes unhex(std::string_view text) { return from_hex(text).value(); }

/// Byte i of `length` is what `formula` says: "(i*A+B) mod M", or one number for every byte.
inline bytes formula_bytes(const std::string& formula, size_t length) {
  size_t a = 0, b = 0, m = 256;
  if (std::sscanf(formula.c_str(), "(i*%zu+%zu) mod %zu", &a, &b, &m) != 3)
    b = std::stoul(formula);
  bytes data(length);
  for (size_t i = 0; i < length; ++i)
    data[i] = static_cast<uint8_t>((i * a + b) % m);
  return data;
}

/// The input of a case: `formula` and `length`, or hex under `key`.
inline bytes input_of(const boost::json::value& from, std::string_view key) {
  if (auto formula = text_of(from, "formula"); !formula.empty())
    return formula_bytes(formula, from.at("length").to_number<size_t>());
  return unhex(text_of(from, key));
}

} // namespace flwr::test
