/// The gRPC server of Flower's Join.
#pragma once

#include "actors/net/join_session.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace flwr {

/// For the connections themselves and what isn't a model: room for thousands.
inline constexpr uint64_t least_memory_bytes = uint64_t{256} << 20;

struct flower_server_config {
  std::string host = "127.0.0.1";
  uint16_t port = 0;          ///< 0: any free one.
  uint64_t spare_files = 256; ///< Descriptors that connections must leave to the rest of us.
  std::chrono::milliseconds keepalive_time{30'000};    ///< Who is silent for so long is pinged,
  std::chrono::milliseconds keepalive_timeout{20'000}; ///< and gone without an answer after this.
  /// Spawns the session of a stream; null while there is none to be had. Called on gRPC's threads;
  /// must not block.
  std::function<join_session_actor(join_stream_ptr, bool is_ours)> open;
};

/// Listens, and gives each Join call to a JOIN SESSION.
///
/// The connections are accepted on a thread of ours and handed over to gRPC, whose own acceptor
/// (1.51) stops for ever when the process is out of file descriptors. Messages are up to
/// 2^31 - 1 bytes, uncompressed: any other is refused (UNIMPLEMENTED) before it unfolds.
/// Connections that don't speak HTTP/2 within five seconds are closed.
class flower_server {
public:
  /// @errors  usage -- the address can't be listened on: says why.
  static expected<flower_server> listen(flower_server_config);

  flower_server(flower_server&&) noexcept;
  flower_server& operator=(flower_server&&) noexcept;
  /// Accepts no more, gives open calls two seconds to end, and cancels the rest.
  ~flower_server();

  /// How many bytes of messages all connections together may hold until we have parsed them, more
  /// or less: beyond, calls end RESOURCE_EXHAUSTED. `least_memory_bytes` at first. Any thread.
  void set_memory(uint64_t bytes);

  uint16_t port() const;

  /// Tells the longest time that one of our callbacks has kept a thread of gRPC's so far. May be
  /// called on any thread, even after the server's end.
  std::function<std::chrono::nanoseconds()> longest_callback() const;

private:
  class body;
  explicit flower_server(std::unique_ptr<body>);
  std::unique_ptr<body> body_;
};

} // namespace flwr
