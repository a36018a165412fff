#pragma once

#include "actors/net/inbound_room.hpp"
#include "actors/net/join_stream.hpp"
#include "actors/net/shared_instructions.hpp"
#include "messages/actors.hpp"
#include "messages/joining.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace flwr {

/// What all sessions of a server share.
struct join_terms {
  greeting words; ///< Nonce and token are made for each; `http` as it goes over the wire.
  wire::exchange exchange = wire::exchange::ipfs; ///< With clients of ours.
  layout_ptr layout;
  client_manager_actor manager;
  ipfs_fetcher_actor fetcher;
  ipfs_uploader_actor uploader;
  inbound_room_actor room;         ///< For what clients of ours announce.
  std::function<hash256()> random; ///< Not to be guessed. Any thread.
  /// Whether the proof holds for this nonce. @errors  rejected
  std::function<expected<void>(const join_proof&, const hash256& nonce)> verify;
  /// Told who bears a token from now on; may be empty.
  std::function<void(const std::string& token, client_id)> admitted;
  reporter_actor reporter;                           ///< Told who is turned away; may be null.
  std::chrono::milliseconds proof_patience{600'000}; ///< A client loads its data first.
  std::shared_ptr<shared_instructions> instructions = std::make_shared<shared_instructions>();
};

using join_terms_ptr = std::shared_ptr<const join_terms>;

/// A CLIENT at the far end of a Join call.
using join_session_actor = client_actor::extend<
  // From the stream: the client said something. Never null.
  on<void, atom::inbound, raw_message_ptr>,
  // From the stream: the call is over.
  on<void, atom::left>,
  // From the INBOUND ROOM: as a guest of it.
  on<void, atom::given, ticket_ptr>, on<void, atom::release>>;

/// Spawns the JOIN SESSION that owns `stream`. It greets a client of ours and has it prove its key,
/// takes a plain Flower client as it is, and brings either to the CLIENT MANAGER.
///
/// Join has no correlation number, so one instruction is out at a time; a second gets `rejected`.
/// `cancel` does nothing: the answer that is owed has to come before anything else can be asked.
/// Tensors that come with an answer are stored before it is given. An update that a client of ours
/// announces may come, and is read, when the INBOUND ROOM has room for it, whose ticket it carries;
/// if it doesn't come and others wait for the room, the call ends (UNAVAILABLE). A client that
/// speaks unasked or no protobuf, or announces what it may not, loses the call (INVALID_ARGUMENT):
/// what it was asked fails `corrupt`, and if that is nothing, the reporter hears of it. One that is
/// refused, or proves nothing, hears why and loses it, too (PERMISSION_DENIED). The session ends
/// with the call, and the call with it: with Flower's goodbye if the exit's reason is
/// user_shutdown, PERMISSION_DENIED if it is `rejected`, else UNAVAILABLE, after which a client of
/// ours comes back.
///
/// @errors  Of fit and evaluate: unreachable -- the call ended; rejected -- busy, or the client's
///          own failure; corrupt -- the answer breaks the protocol; or the storage's.
join_session_actor spawn_join_session(caf::actor_system&, join_terms_ptr, join_stream_ptr stream,
                                      bool is_ours);

} // namespace flwr
