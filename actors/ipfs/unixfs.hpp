/// Files as IPFS stores them: https://specs.ipfs.tech/unixfs/.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace flwr {

/// How a file becomes blocks, and so what its content id is.
struct unixfs_profile {
  uint64_t chunk_bytes = 1 << 20; ///< Of each leaf but the last; at least 1.
  size_t max_links = 1024;        ///< Of a node; at least 2.
  bool raw_leaves = true;         ///< Leaves are the file's bytes as they are, else dag-pb nodes.
  uint8_t cid_version = 1;        ///< 0 needs dag-pb leaves.

  friend bool operator==(const unixfs_profile&, const unixfs_profile&) = default;
};

/// IPIP-499's profiles; `unixfs_v0_2015` gives Kubo's old `Qm...`.
inline constexpr unixfs_profile unixfs_v1_2025{1 << 20, 1024, true, 1};
inline constexpr unixfs_profile unixfs_v0_2015{1 << 18, 174, false, 0};

/// The profile called `unixfs-v1-2025` or `unixfs-v0-2015`.
std::optional<unixfs_profile> unixfs_profile_from(std::string_view name);

/// Larger blocks are neither exchanged by IPFS nodes nor read here.
inline constexpr size_t max_block_bytes = size_t{2} << 20;

/// Takes a block. The bytes are good for the length of the call.
using block_sink = std::function<void(const content_id&, std::span<const uint8_t> block)>;

/// Builds a file's balanced DAG piece by piece, as Kubo does: leaves first, each node when it is
/// full, the root last. Holds one node per level, no data. One thread at a time.
class unixfs_importer {
public:
  unixfs_importer(const unixfs_profile& profile, block_sink sink);

  /// Adds the next chunk: `chunk_bytes` long, the file's last one shorter. Raw leaves aren't
  /// copied.
  void add(std::span<const uint8_t> chunk);

  /// Completes the DAG and returns its root. At most once; a file without a chunk is empty.
  content_id finish();

private:
  /// What a node says of a child.
  struct link {
    content_id id;
    uint64_t file_bytes = 0;
    uint64_t dag_bytes = 0; ///< The child's block and all below it.
  };

  link store(codec, std::span<const uint8_t> block);
  void push(size_t level, const link&);
  link close(size_t level);

  unixfs_profile profile_;
  block_sink sink_;
  std::vector<std::vector<link>> levels_; ///< Links that no node has yet; leaves at 0.
};

/// The same for a file in memory. Raw leaves are handed on as views of `file`.
content_id import_file(std::span<const uint8_t> file, const unixfs_profile&, const block_sink&);

/// The content id alone.
content_id content_id_of(std::span<const uint8_t> file, const unixfs_profile&);

/// Loads a block; needn't check it. Its errors end the export.
using block_source = std::function<expected<bytes>(const content_id&)>;

/// Puts a file together again. Every block is hashed and compared; every size that a node claims
/// must be met by what is below it; only an empty file has an empty leaf. What a DAG can cost is
/// bounded before it is spent: by `max_bytes`, by max_block_bytes a block, by 16 levels, and by
/// twice the file's bytes plus 16 MiB for all blocks, where a block counts for 1 KiB more than it
/// has, and again wherever it is linked again.
///
/// @errors  rejected -- more than `max_bytes`; corrupt -- a block that hashes to another id, is no
///          plain file, or breaks a rule above: the text names it; the source's own.
expected<bytes> export_file(const content_id& root, const block_source&, uint64_t max_bytes);

} // namespace flwr
