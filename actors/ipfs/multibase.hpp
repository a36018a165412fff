/// The bases that content ids come in: https://github.com/multiformats/multibase.
#pragma once

#include "messages/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace flwr {

/// Lower case, without padding and without multibase's prefix.
std::string base32_encode(std::span<const uint8_t>);

/// Bitcoin's alphabet, without multibase's prefix. Quadratic: for short input.
std::string base58_encode(std::span<const uint8_t>);
std::optional<bytes> base58_decode(std::string_view);

/// Reads text with a prefix: f F (base16), b B (base32), k K (base36), z (base58btc),
/// u (base64url). Case doesn't count but in z and u. Quadratic for k, K and z.
/// Nothing for any other prefix, digit, or length that no encoder gives.
std::optional<bytes> multibase_decode(std::string_view);

} // namespace flwr
