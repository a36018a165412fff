#include "actors/net/message_limits.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <grpcpp/support/proto_buffer_reader.h>

namespace flwr::wire {
namespace {

using coded_stream = google::protobuf::io::CodedInputStream;

constexpr int levels_below_message = 2;

// https://protobuf.dev/programming-guides/encoding/#structure. Nobody sends groups, 3 and 4.
enum wire_type : uint32_t { varint = 0, fixed64 = 1, length_delimited = 2, fixed32 = 5 };

/// Whether a field that is no number is a message: those of a message and of its body that
/// transport.proto knows. Later fields of Flower's may be anything.
bool is_message(uint32_t tag, int levels) {
  return levels > 0 && tag >> 3 <= (levels == levels_below_message ? 5U : 4U);
}

bool skip_number(coded_stream& in, uint32_t type) {
  uint64_t ignored = 0;
  return type == varint    ? in.ReadVarint64(&ignored)
         : type == fixed64 ? in.Skip(8)
                           : type == fixed32 && in.Skip(4);
}

/// Steps over all fields up to the stream's limit, and over those of `levels` levels below.
/// @param    left  How many more there may be.
/// @returns  False where they aren't well formed, or claim more bytes than there are.
bool walk(coded_stream& in, int levels, size_t& left) {
  while (in.BytesUntilLimit() > 0) {
    auto tag = in.ReadTag();
    if (tag == 0 || left == 0)
      return false;
    --left;
    if ((tag & 7) != length_delimited) {
      if (!skip_number(in, tag & 7))
        return false;
      continue;
    }
    int length = 0;
    if (!in.ReadVarintSizeAsInt(&length))
      return false;
    auto outer = in.PushLimit(length);
    bool whole = is_message(tag, levels) ? walk(in, levels - 1, left) : in.Skip(length);
    in.PopLimit(outer);
    if (!whole)
      return false;
  }
  return true;
}

} // namespace

caf::error check_limits(const grpc::ByteBuffer& buffer) {
  if (buffer.Length() > max_message_bytes)
    return make_error(ec::corrupt, "the message is longer than 2 GiB");
  auto shared = buffer;
  grpc::ProtoBufferReader reader{&shared};
  coded_stream in{&reader};
  in.PushLimit(static_cast<int>(buffer.Length()));
  auto left = max_fields;
  if (walk(in, levels_below_message, left))
    return {};
  return make_error(ec::corrupt, left > 0
                                   ? "the message isn't well formed"
                                   : "the message has more than " + std::to_string(max_fields)
                                       + " tensors, values and other fields");
}

} // namespace flwr::wire
