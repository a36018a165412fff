/// The contract ABI's codec over values whose types are known only at run time: for errors with
/// text, foreign contracts and typed data. abi_words.hpp has the short way for fixed words.
/// @source  Solidity, "Contract ABI specification", sections "Formal Specification of the Encoding"
///          and "Strict Encoding Mode".
#pragma once

#include "actors/chain/abi_types.hpp"
#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <span>
#include <variant>

namespace flwr {

struct abi_value;

/// The elements of an array, or the members of a tuple, in order.
using abi_list = std::vector<abi_value>;

/// A value; its type says how to read it. Integers are words as the EVM holds them: int<N> is the
/// two's complement in 256 bits. `bytes` is bytes and bytes<N>; text isn't checked to be UTF-8.
struct abi_value {
  std::variant<bool, u256, address, bytes, std::string, abi_list> data;

  friend bool operator==(const abi_value&, const abi_value&) = default;
};

/// Encodes a value of `type`, which is a tuple for a call's arguments.
/// @errors  usage -- the value isn't of the type: another kind, count or length, or out of range.
expected<bytes> abi_encode(const abi_type& type, const abi_value& value);

/// What may stand behind the encoding. Solidity's decoder takes any calldata that is too long.
enum class trailing : uint8_t { refused, accepted };

/// Decodes what `abi_encode` writes and nothing else: tails in order, without gaps and overlaps;
/// numbers in range; padding zero. So a value has one encoding, and takes memory in proportion to
/// it: counts are checked against the bytes that are left.
/// @errors  corrupt -- the data breaks these rules; the words say where.
expected<abi_value> abi_decode(const abi_type& type, std::span<const uint8_t> data,
                               trailing rest = trailing::refused);

} // namespace flwr
