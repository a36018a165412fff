/// What a message may cost before anybody has looked at it. For actors/net/wire only; pure.
#pragma once

#include "messages/error.hpp"

#include <grpcpp/support/byte_buffer.h>

#include <cstddef>

namespace flwr::wire {

/// Protobuf's.
inline constexpr size_t max_message_bytes = 0x7fff'ffff;

/// Of the message, its body and the body's parts: tensors, config and metrics entries.
inline constexpr size_t max_fields = 1 << 18;

/// Refuses what would take far more memory than it has bytes: an empty tensor is 2 of them here and
/// 40 in memory; and for a length that it believes protobuf makes room. Reads tags and lengths
/// only.
/// @errors  corrupt -- longer than max_message_bytes, more than max_fields, or a length that passes
///          the end of what it is in.
caf::error check_limits(const grpc::ByteBuffer&);

} // namespace flwr::wire
