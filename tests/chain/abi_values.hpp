/// Values of the contract ABI from the vectors' JSON.
#pragma once

#include "actors/chain/abi.hpp"
#include "tests/chain/chain_vectors.hpp"

#include <string>

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

} // namespace flwr::test
