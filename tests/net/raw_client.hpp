/// Flower clients that are nothing but the protocol.
#pragma once

#include "actors/net/wire.hpp"
#include "proto/transport.grpc.pb.h"

#include <catch2/catch.hpp>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

namespace flwr::test {

using channel_ptr = std::shared_ptr<grpc::Channel>;

/// A connection of its own. `agent` "flwr-actor/" is ours.
inline channel_ptr channel_to(uint16_t port, const std::string& agent = "") {
  grpc::ChannelArguments args;
  args.SetUserAgentPrefix(agent);
  args.SetMaxReceiveMessageSize(-1); // Models exceed gRPC's default of 4 MiB.
  args.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  args.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  args.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  args.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::InsecureChannelCredentials(), args);
}

/// A Join call. Its functions block, thirty seconds at most.
class raw_client {
public:
  explicit raw_client(const channel_ptr& channel,
                      grpc_compression_algorithm squeezed = GRPC_COMPRESS_NONE)
    : stub_(proto::FlowerService::NewStub(channel)) {
    context_.set_compression_algorithm(squeezed);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds{30});
    context_.set_wait_for_ready(true);
    stream_ = stub_->Join(&context_);
  }

  ~raw_client() {
    if (!finished_) {
      cancel();
      finish();
    }
  }

  /// The server's next message; an empty one when the call is over.
  proto::ServerMessage read() {
    proto::ServerMessage msg;
    stream_->Read(&msg);
    return msg;
  }

  bool write(const proto::ClientMessage& msg) { return stream_->Write(msg); }

  /// Says that nothing more will be written.
  bool done() { return stream_->WritesDone(); }

  /// Answers the greeting as client `id` and its key.
  void prove(client_id id) {
    auto words = wire::greeting_from_proto(read(), "127.0.0.1");
    REQUIRE(words);
    CHECK(write(wire::proof_to_proto({id, {9}, {words->nonce[0]}})));
  }

  void cancel() { context_.TryCancel(); }

  /// How the call ended. At most once.
  grpc::Status finish() {
    finished_ = true;
    return stream_->Finish();
  }

private:
  std::unique_ptr<proto::FlowerService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<proto::ClientMessage, proto::ServerMessage>> stream_;
  bool finished_ = false;
};

} // namespace flwr::test
