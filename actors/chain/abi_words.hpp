/// The fixed words of the contract ABI, which is all that the run's contract takes and gives:
/// 32 bytes each, one behind the other. abi.hpp has the rest.
/// @source  Solidity, "Contract ABI specification".
#pragma once

#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace flwr {

/// A number big-endian behind zeros, as `uint<N>` of any N that holds it. `bool` is 0 or 1.
hash256 abi_word(uint64_t value);
hash256 abi_word(const u256& value);

/// An address behind 12 zeros.
hash256 abi_word(const address& value);

/// A `bytes32`: itself.
hash256 abi_word(const hash256& value);

/// Appends each value's word: uint64_t, u256, address or hash256.
template <class... Values>
void append_words(bytes& to, const Values&... values) {
  for (const auto& word : {abi_word(values)...})
    to.insert(to.end(), word.begin(), word.end());
}

/// Each takes the word at the front of `from`. Nothing, and `from` as it was, if there are less
/// than 32 bytes or the value is out of its range: above `max`, dirty bytes before an address, a
/// truth that is neither 0 nor 1.
std::optional<uint64_t> read_uint64(std::span<const uint8_t>& from, uint64_t max = UINT64_MAX);
std::optional<u256> read_u256(std::span<const uint8_t>& from);
std::optional<address> read_address(std::span<const uint8_t>& from);
std::optional<hash256> read_hash256(std::span<const uint8_t>& from);
std::optional<bool> read_bool(std::span<const uint8_t>& from);

/// The first four bytes of a function's or error's calldata.
using selector = std::array<uint8_t, 4>;

/// The selector of a signature in canonical types, without names: `commit(uint64,bytes32)`.
selector selector_of(std::string_view signature);

/// The first topic of an event's logs, of the same form of signature.
hash256 event_topic(std::string_view signature);

} // namespace flwr
