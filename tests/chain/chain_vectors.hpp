/// What the chain's tests read from vectors.
#pragma once

#include "messages/u256.hpp"
#include "tests/support/vectors.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace flwr::test {

/// The cases of one kind of tests/vectors/`name`.json. Fails loudly if there are none.
inline boost::json::array cases_of(const std::string& name, std::string_view kind) {
  boost::json::array found;
  for (const auto& each : load_cases(name))
    if (text_of(each, "kind") == kind)
      found.push_back(each);
  if (found.empty())
    throw std::runtime_error{name + ".json has no cases of kind " + std::string{kind}};
  return found;
}

/// A member's hex as an address, hash or key, of exactly its size.
template <class Array>
Array fixed_of(const boost::json::value& object, std::string_view key) {
  auto raw = unhex(text_of(object, key));
  Array value;
  if (raw.size() != value.size())
    throw std::runtime_error{std::string{key} + " has the wrong length"};
  std::ranges::copy(raw, value.begin());
  return value;
}

/// A member that is a list of hex texts.
inline std::vector<bytes> hex_list_of(const boost::json::value& object, std::string_view key) {
  std::vector<bytes> values;
  for (const auto& each : object.at(key).as_array())
    values.push_back(unhex(std::string{each.as_string()}));
  return values;
}

/// A member's quantity ("0x1a") as a number; 0 if it isn't there.
inline u256 number_of(const boost::json::value& object, std::string_view key) {
  auto text = text_of(object, key);
  return text.empty() ? u256{} : u256{text};
}

} // namespace flwr::test
