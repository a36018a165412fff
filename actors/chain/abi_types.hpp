#pragma once

#include "messages/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

enum class abi_kind : uint8_t {
  uint,        ///< uint<N>
  sint,        ///< int<N>
  boolean,     ///< bool
  address,     ///< address
  fixed_bytes, ///< bytes<N>
  bytes,       ///< bytes
  string,      ///< string
  fixed_array, ///< T[k]
  array,       ///< T[]
  tuple,       ///< (T, U, ...)
};

/// A type of the contract ABI. Make it by `parse_abi_type`, which keeps the limits below.
/// @source  Solidity, "Contract ABI specification", section "Types".
struct abi_type {
  abi_kind kind = abi_kind::uint;
  uint64_t size = 0;           ///< Bits of an integer, bytes of bytes<N>, elements of T[k]; else 0.
  std::vector<abi_type> parts; ///< The one type of an array's elements; a tuple's members.

  friend bool operator==(const abi_type&, const abi_type&) = default;
};

/// Limits of a type: how deep arrays and tuples nest, and how many bytes it takes in place.
inline constexpr size_t max_abi_depth = 16;
inline constexpr uint64_t max_abi_head_bytes = 1 << 20;

/// Reads a type as Solidity spells it, without names and white space: `(address,bytes32[])[2]`.
/// `uint` and `int` are those of 256 bits. A function's arguments are one tuple; only at the top
/// may it be empty, so that every element of an array takes bytes.
/// @errors  usage -- no such type, or over a limit; the words say where.
expected<abi_type> parse_abi_type(std::string_view text);

/// The canonical spelling, as it stands in signatures.
std::string to_text(const abi_type&);

/// Whether the value's length varies, so that an offset stands in its place.
bool is_dynamic(const abi_type&);

/// How many bytes it takes in its place: 32 for an offset or a word, more for T[k] and tuples.
uint64_t head_bytes(const abi_type&);

} // namespace flwr
