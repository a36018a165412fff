#pragma once

#include "messages/actors.hpp"

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <memory>

namespace flwr {

/// A message as it came, shared because actors' messages must be copyable.
using raw_message_ptr = std::shared_ptr<const grpc::ByteBuffer>;

/// Our end of one Join call, at the server or at a client, as its actor sees it.
///
/// @threads  Any thread; no call blocks. After the call is over every call does nothing.
class join_stream {
public:
  virtual ~join_stream() = default;

  /// Queues a message, whose slices may be shared with other streams. The actor bounds the queue.
  virtual void write(grpc::ByteBuffer) = 0;

  /// Asks for the peer's next message; one `inbound` or `left` follows. While nobody asks, the peer
  /// is slowed down, so an actor holds at most one unread message.
  virtual void read_next() = 0;

  /// Ends the call once everything queued is written. Idempotent: the first status wins. A client
  /// has no status to give: OK half-closes, any other cancels the call at once.
  virtual void finish(grpc::Status) = 0;
};

using join_stream_ptr = std::shared_ptr<join_stream>;

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::raw_message_ptr)
FLWR_LOCAL_MESSAGE(grpc::Status)
