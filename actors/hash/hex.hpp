#pragma once

#include "messages/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace flwr {

/// Two lower-case digits a byte, without "0x". Pure; any thread.
std::string to_hex(std::span<const uint8_t> raw);

/// The same behind "0x", as Ethereum's JSON-RPC spells data.
std::string to_0x(std::span<const uint8_t> raw);

/// Digits of either case, with or without "0x". Nothing if a digit is odd or none.
std::optional<bytes> from_hex(std::string_view text);

/// The 32 bytes of 64 digits, spelled as above. Nothing if it isn't that.
std::optional<hash256> hash_from_hex(std::string_view text);

} // namespace flwr
