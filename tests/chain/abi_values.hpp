/// Values of the contract ABI from the vectors' JSON.
#pragma once

#include "actors/chain/abi.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace flwr::test {

/// An integer as the EVM holds it, from decimal text with or without a sign, or a JSON number.
inline u256 word_of(const boost::json::value& from) {
  auto text = from.is_string() ? std::string{from.as_string()} : boost::json::serialize(from);
  auto negative = text.starts_with('-');
  u256 magnitude{text.substr(negative ? 1 : 0)};
  return negative ? u256{0} - magnitude : magnitude;
}

/// Hex as an address or digest, of exactly its size.
template <class Array>
Array array_of(const boost::json::value& from) {
  return fixed_of<Array>(boost::json::object{{"hex", from}}, "hex");
}

inline abi_value value_of(const abi_type& type, const boost::json::value& from) {
  switch (type.kind) {
  case abi_kind::uint:
  case abi_kind::sint:
    return {word_of(from)};
  case abi_kind::boolean:
    return {from.as_bool()};
  case abi_kind::address:
    return {array_of<address>(from)};
  case abi_kind::fixed_bytes:
  case abi_kind::bytes:
    return {unhex(from.as_string())};
  case abi_kind::string:
    return {std::string{from.as_string()}};
  default:
    abi_list list;
    for (const auto& each : from.as_array())
      list.push_back(value_of(
        type.kind == abi_kind::tuple ? type.parts[list.size()] : type.parts.front(), each));
    return {std::move(list)};
  }
}

/// A type that is one.
inline abi_type type_of(std::string_view text) {
  auto type = parse_abi_type(text);
  if (!type)
    throw std::runtime_error{render(type.error())};
  return *type;
}

/// The arguments of a case: its types as one tuple.
inline abi_type arguments_of(const boost::json::value& from) {
  std::string text;
  for (const auto& type : from.at("types").as_array())
    text += (text.empty() ? "" : ",") + std::string{type.as_string()};
  return type_of("(" + text + ")");
}

inline bytes encoded_in(const boost::json::value& from) { return unhex(text_of(from, "encoded")); }

} // namespace flwr::test
