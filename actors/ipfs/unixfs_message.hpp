/// UnixFS's own part of a dag-pb node. For actors/ipfs/unixfs only.
#pragma once

#include "messages/types.hpp"

#include <optional>
#include <span>
#include <vector>

namespace flwr {

/// What a node says of a plain file, or of a part of one.
struct unixfs_message {
  std::span<const uint8_t> data; ///< Of a leaf.
  uint64_t file_bytes = 0;
  std::vector<uint64_t> child_bytes; ///< Of the file, below each link.
};

bytes encode_unixfs(const unixfs_message&);

/// Nothing if these aren't the canonical bytes of a plain file's node. Views are into `from`.
std::optional<unixfs_message> decode_unixfs(std::span<const uint8_t> from);

} // namespace flwr
