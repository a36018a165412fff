#pragma once

#include "actors/net/join_stream.hpp"
#include "actors/runtime/retry_policy.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace flwr {

/// A client's end of the line: it keeps a Join call to the server, hands its instructions to the
/// seat's CLIENT, and its answers back.
using join_client_actor = caf::typed_actor<
  // From the stream: the server said something. Never null.
  on<void, atom::inbound, raw_message_ptr>,
  // From the stream: the call is over, with this status.
  on<void, atom::left, grpc::Status>,
  // From itself: dial again.
  on<void, atom::attempt>>;

struct join_client_config {
  client_id id{};
  std::string server;      ///< HOST:PORT, for people.
  std::string server_host; ///< The host alone, for the greeting's places.
  client_host_actor host;
  reporter_actor reporter; ///< Told when the server is away, and of refusals; may be null.
  /// Opens a call whose events go to this actor. Any thread; doesn't block.
  std::function<join_stream_ptr(join_client_actor)> dial;
  retry_policy pauses{.first = std::chrono::milliseconds{500},
                      .cap = std::chrono::milliseconds{5'000},
                      .max_attempts = UINT32_MAX};
  std::chrono::milliseconds patience{600'000}; ///< For which the server may be away.
  std::function<double()> jitter;              ///< As of retry_config.
};

/// Spawns a JOIN CLIENT and dials. A call that breaks is opened again; what the client works on
/// meanwhile goes on, and is answered when the server asks for it again. A long update with tensors
/// is announced, and sent at the server's go-ahead; until then it keeps its share of the process's
/// room. It tells the CLIENT HOST that it has left, and why:
/// nothing      -- the server said goodbye;
/// rejected     -- the server refused it, or isn't one of ours: its words;
/// corrupt      -- the server breaks the protocol, asks again before it was answered, or for what
///                 wasn't announced;
/// unreachable  -- the server was away for longer than `patience`;
/// or what the host said when it was greeted.
join_client_actor spawn_join_client(caf::actor_system&, join_client_config);

} // namespace flwr
