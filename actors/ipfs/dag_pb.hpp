/// The dag-pb codec: https://ipld.io/specs/codecs/dag-pb/spec/.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace flwr {

/// A link of a node. The views are into whatever it was made from.
struct dag_pb_link {
  std::span<const uint8_t> hash; ///< A content id's bytes; never empty.
  std::optional<std::string_view> name;
  std::optional<uint64_t> dag_bytes; ///< "Tsize".
};

/// A node. What is absent and what is empty are two things.
struct dag_pb_node {
  std::vector<dag_pb_link> links;
  std::optional<std::span<const uint8_t>> data;
};

/// The canonical bytes: links, then data.
bytes dag_pb_encode(const dag_pb_node&);

/// Reads a block. The node's views are into it.
/// @errors  corrupt -- a field is unknown, cut, out of order, repeated or has an overlong length,
///          or a link is without a hash; says where.
expected<dag_pb_node> dag_pb_decode(std::span<const uint8_t> block);

} // namespace flwr
