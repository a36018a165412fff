#pragma once

#include "messages/types.hpp"

#include <optional>
#include <span>

namespace flwr {

/// Appends `value` as an unsigned varint: seven bits a byte, the low ones first.
inline void append_varint(bytes& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    to.push_back(static_cast<uint8_t>(value | 0x80));
  to.push_back(static_cast<uint8_t>(value));
}

/// Takes an unsigned varint off the front: at most 9 bytes, so below 2^63, and none longer than
/// needed. Nothing, and `from` as it was, if there is no such varint.
/// @source  multiformats/unsigned-varint; protobuf's are the same up to that length.
inline std::optional<uint64_t> take_varint(std::span<const uint8_t>& from) {
  uint64_t value = 0;
  for (size_t i = 0; i < from.size() && i < 9; ++i) {
    value |= uint64_t{from[i] & 0x7fu} << (7 * i);
    if (from[i] & 0x80)
      continue;
    if (i > 0 && from[i] == 0)
      return std::nullopt;
    from = from.subspan(i + 1);
    return value;
  }
  return std::nullopt;
}

} // namespace flwr
