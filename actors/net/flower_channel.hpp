#pragma once

#include "actors/net/join_client.hpp"

#include <memory>
#include <string>

namespace flwr {

/// One connection to a server, for all Join calls of a process. Its end cancels the calls that are
/// left and waits for theirs, so it must not come on a thread of gRPC's.
/// @threads  Any.
class flower_channel {
public:
  explicit flower_channel(const std::string& server);
  ~flower_channel();
  flower_channel(const flower_channel&) = delete;
  flower_channel& operator=(const flower_channel&) = delete;

  /// Opens a call. `listener` hears `inbound`s, and `left` at its end.
  join_stream_ptr join(join_client_actor listener);

private:
  class body;
  std::unique_ptr<body> body_;
};

} // namespace flwr
