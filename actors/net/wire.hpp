/// Protobuf <-> messages: the border of Flower's Join. What comes from outside is judged here,
/// once. All pure; any thread. Errors of all readers: corrupt -- it breaks the protocol; the words
/// say what was wrong in whose message.
#pragma once

#include "messages/error.hpp"
#include "messages/joining.hpp"
#include "messages/parameters.hpp"
#include "proto/transport.pb.h"

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flwr::wire {

/// How models travel with a peer (docs/protocol.md, section 2).
enum class exchange : uint8_t {
  ipfs,         ///< Content ids; the peer is ours.
  with_tensors, ///< Tensors, and our own words beside them; the peer is ours.
  plain,        ///< Tensors and nothing of ours: any Flower client or server.
};

/// @errors  corrupt -- not such a message.
expected<proto::ClientMessage> parse_client_message(const grpc::ByteBuffer&);
expected<proto::ServerMessage> parse_server_message(const grpc::ByteBuffer&);

/// Bytes that several streams may share.
grpc::ByteBuffer serialize(const google::protobuf::MessageLite&);

// -- joining -------------------------------------------------------------------------------------

/// A greeting's `http` is the port alone on the wire; the reader puts in the host that it dialled.
proto::ServerMessage greeting_to_proto(const greeting&);
expected<greeting> greeting_from_proto(const proto::ServerMessage&, std::string_view dialled_host);

proto::ClientMessage proof_to_proto(const join_proof&);
/// @errors  rejected besides -- the client says that it can't join: its words.
expected<join_proof> proof_from_proto(const proto::ClientMessage&);

/// Our client's answer where it can't join.
proto::ClientMessage inability_to_proto(const caf::error&);

/// Tells a client that it, or its last answer, is refused, without asking for anything.
proto::ServerMessage refusal_to_proto(std::string_view reason);
/// The reason, if the message is a refusal.
std::optional<std::string> refusal_in(const proto::ServerMessage&);

/// Flower's end of a run: a ReconnectIns without seconds.
proto::ServerMessage goodbye();

// -- instructions --------------------------------------------------------------------------------

/// The base's tensors must be there unless the exchange is `ipfs`.
/// @errors  rejected -- they aren't, or a tensor is of a type that .npy doesn't have.
expected<proto::ServerMessage> fit_ins_to_proto(const fit_ins&, exchange);
expected<proto::ServerMessage> evaluate_ins_to_proto(const evaluate_ins&, exchange);

/// At our client. Tensors must have the layout, and the content id, when the server gives both.
expected<fit_ins> fit_ins_from_proto(const proto::ServerMessage&, client_id, const layout_ptr&);
expected<evaluate_ins> evaluate_ins_from_proto(const proto::ServerMessage&, client_id,
                                               const layout_ptr&);

// -- answers -------------------------------------------------------------------------------------

/// @errors  as fit_ins_to_proto
expected<proto::ClientMessage> fit_res_to_proto(const fit_res&, exchange);
proto::ClientMessage evaluate_res_to_proto(const evaluate_res&);

/// A client of ours announces an answer with tensors that is longer than this.
inline constexpr uint64_t unannounced_bytes = 64 << 10;

/// The longest answer that may be announced: a model's tensors and what goes with them.
uint64_t most_answer_bytes(const layout&);

/// Says how long the answer is that is ready.
proto::ClientMessage announcement_to_proto(uint64_t bytes);
/// What is announced, if the message does that.
std::optional<uint64_t> announcement_in(const proto::ClientMessage&);

/// Has a client send what it has announced.
proto::ServerMessage go_ahead();

/// What a client says when it has no answer.
proto::ClientMessage failure_to_proto(bool to_fit, const caf::error&);

/// The answer to `asked`, whose layout the tensors must have: client and signer are left for the
/// CLIENT PROXY. In a plain exchange round and base are the instruction's, and the model has no id
/// yet, nor a signature.
/// @errors  rejected besides -- the client's status isn't OK: its words.
expected<fit_res> fit_res_from_proto(const proto::ClientMessage&, const fit_ins& asked, exchange,
                                     const layout_ptr&);
expected<evaluate_res> evaluate_res_from_proto(const proto::ClientMessage&,
                                               const evaluate_ins& asked);

} // namespace flwr::wire
