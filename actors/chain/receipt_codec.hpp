#pragma once

#include "messages/ledger.hpp"

#include <array>
#include <span>

namespace flwr {

/// 2048 bits, the high one first, in which every log sets three for its emitter and three for each
/// topic: what isn't set wasn't logged.
/// @source  Yellow paper, section 4.3.1.
using logs_bloom = std::array<uint8_t, 256>;

/// The bloom of these logs: a receipt's, or all of a block's. Pure, as everything here; any thread.
logs_bloom bloom_of(std::span<const log>);

/// The receipt as a block commits to it: status, cumulative gas, bloom and logs, behind the type's
/// byte unless it is a legacy transaction's. Nothing else of the receipt counts.
/// @source  Yellow paper, section 4.3.1; EIP-658, EIP-2718.
bytes encode_receipt(const receipt&);

} // namespace flwr
