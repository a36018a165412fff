#include "actors/ipfs/unixfs_message.hpp"

#include "actors/ipfs/varint.hpp"

namespace flwr {
namespace {

// Protobuf's keys: field number and wire type.
constexpr uint8_t type_key = 0x08, data_key = 0x12, file_bytes_key = 0x18, child_bytes_key = 0x20;
constexpr uint8_t plain_file = 2;

std::optional<uint64_t> take_number(std::span<const uint8_t>& from, uint8_t key) {
  if (from.empty() || from.front() != key)
    return std::nullopt;
  auto rest = from.subspan(1);
  auto number = take_varint(rest);
  if (number)
    from = rest;
  return number;
}

} // namespace

bytes encode_unixfs(const unixfs_message& message) {
  bytes to{type_key, plain_file};
  to.reserve(message.data.size() + 10 * message.child_bytes.size() + 32);
  if (!message.data.empty()) {
    to.push_back(data_key);
    append_varint(to, message.data.size());
    to.insert(to.end(), message.data.begin(), message.data.end());
  }
  to.push_back(file_bytes_key);
  append_varint(to, message.file_bytes);
  for (auto size : message.child_bytes) {
    to.push_back(child_bytes_key);
    append_varint(to, size);
  }
  return to;
}

std::optional<unixfs_message> decode_unixfs(std::span<const uint8_t> from) {
  unixfs_message message;
  if (take_number(from, type_key) != plain_file)
    return std::nullopt;
  if (auto length = take_number(from, data_key)) {
    if (*length == 0 || *length > from.size())
      return std::nullopt;
    message.data = from.first(*length);
    from = from.subspan(*length);
  }
  auto file_bytes = take_number(from, file_bytes_key);
  if (!file_bytes)
    return std::nullopt;
  message.file_bytes = *file_bytes;
  while (auto size = take_number(from, child_bytes_key))
    message.child_bytes.push_back(*size);
  return from.empty() ? std::optional{message} : std::nullopt;
}

} // namespace flwr
