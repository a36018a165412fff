#include "actors/ipfs/dag_pb.hpp"

#include "actors/ipfs/varint.hpp"

#include <string>

namespace flwr {
namespace {

// Protobuf's keys: field number and wire type.
constexpr uint8_t node_data = 0x0a, node_link = 0x12;
constexpr uint8_t link_hash = 0x0a, link_name = 0x12, link_dag_bytes = 0x18;

using view = std::span<const uint8_t>;

void append_field(bytes& to, uint8_t key, view data) {
  to.push_back(key);
  append_varint(to, data.size());
  to.insert(to.end(), data.begin(), data.end());
}

view as_view(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(view data) {
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

bytes encode(const dag_pb_link& link) {
  bytes data;
  append_field(data, link_hash, link.hash);
  if (link.name)
    append_field(data, link_name, as_view(*link.name));
  if (link.dag_bytes) {
    data.push_back(link_dag_bytes);
    append_varint(data, *link.dag_bytes);
  }
  return data;
}

/// Takes a key off the front, if it is next.
bool take_key(view& from, uint8_t key) {
  if (from.empty() || from.front() != key)
    return false;
  from = from.subspan(1);
  return true;
}

std::optional<view> take_data(view& from) {
  auto length = take_varint(from);
  if (!length || *length > from.size())
    return std::nullopt;
  auto data = from.first(*length);
  from = from.subspan(*length);
  return data;
}

std::optional<dag_pb_link> link_in(view data) {
  dag_pb_link link;
  if (!take_key(data, link_hash))
    return std::nullopt;
  auto hash = take_data(data);
  if (!hash || hash->empty())
    return std::nullopt;
  link.hash = *hash;
  if (take_key(data, link_name)) {
    auto name = take_data(data);
    if (!name)
      return std::nullopt;
    link.name = as_text(*name);
  }
  if (take_key(data, link_dag_bytes) && !(link.dag_bytes = take_varint(data)))
    return std::nullopt;
  return data.empty() ? std::optional{link} : std::nullopt;
}

caf::error wrong_at(view block, view rest, const char* what) {
  return make_error(ec::corrupt, std::string{"no dag-pb node: "} + what + " before byte "
                                   + std::to_string(block.size() - rest.size()) + " of "
                                   + std::to_string(block.size()));
}

} // namespace

bytes dag_pb_encode(const dag_pb_node& node) {
  bytes block;
  for (const auto& link : node.links)
    append_field(block, node_link, encode(link));
  if (node.data)
    append_field(block, node_data, *node.data);
  return block;
}

expected<dag_pb_node> dag_pb_decode(view block) {
  dag_pb_node node;
  auto rest = block;
  while (take_key(rest, node_link)) {
    auto data = take_data(rest);
    auto link = data ? link_in(*data) : std::nullopt;
    if (!link)
      return wrong_at(block, rest, "a link is cut short, without a hash, or not canonical");
    node.links.push_back(*link);
  }
  if (take_key(rest, node_data) && !(node.data = take_data(rest)))
    return wrong_at(block, rest, "the data is cut short");
  if (!rest.empty())
    return wrong_at(block, rest, "a field is unknown, or not in its place,");
  return node;
}

} // namespace flwr
