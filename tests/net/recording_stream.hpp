/// A Join call without gRPC, for the actors at its two ends.
#pragma once

#include "actors/net/join_stream.hpp"
#include "actors/net/wire.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace flwr::test {

/// A stream that only remembers what its actor did, and minds that it asks for one message at a
/// time.
struct recording_stream : join_stream {
  void write(grpc::ByteBuffer msg) override { written.push_back(std::move(msg)); }

  void read_next() override {
    CHECK_FALSE(reading);
    reading = true;
  }

  void finish(grpc::Status with) override {
    if (!status)
      status = std::move(with);
  }

  std::vector<grpc::ByteBuffer> written;
  bool reading = false;
  std::optional<grpc::Status> status;
};

using recording_stream_ptr = std::shared_ptr<recording_stream>;

inline grpc::ByteBuffer buffer_of(std::string_view raw) {
  grpc::Slice slice{raw.data(), raw.size()};
  return {&slice, 1};
}

/// Has the peer say something, which its actor must have asked for.
template <class Handle>
void arrive(const Handle& whom, recording_stream& over, const grpc::ByteBuffer& raw) {
  REQUIRE(over.reading);
  over.reading = false;
  caf::anon_send(whom, atom::inbound_v, std::make_shared<const grpc::ByteBuffer>(raw));
}

/// Where the bytes of a buffer of one slice lie.
inline const uint8_t* memory_of(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  REQUIRE(buffer.Dump(&slices).ok());
  REQUIRE(slices.size() == 1);
  return slices[0].begin();
}

} // namespace flwr::test
