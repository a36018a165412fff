/// Where blocks lie. For actors/ipfs/block_files only.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace flwr {

/// Blocks, without knowing what they are part of: loose ones, which can be removed, and kept ones.
/// Errors of all functions: as those of `block_folder`.
class block_body {
public:
  virtual ~block_body() = default;
  virtual bool has(const content_id&) const = 0;
  virtual bool is_kept(const content_id&) const = 0;

  /// Stores the block, loose unless it is kept.
  /// @param owner  What the block may be a part of in memory, or null.
  /// @returns  Whether it is loose.
  virtual expected<bool> write(const content_id&, std::span<const uint8_t> block,
                               const blob_ptr& owner) = 0;

  /// Loads the block, unchecked. @errors  missing, corrupt.
  virtual expected<bytes> read(const content_id&) const = 0;

  /// Loads the block and hashes it. @errors  missing, corrupt.
  virtual expected<bytes> verify(const content_id&) = 0;

  /// Of a block that is there.
  virtual expected<void> keep(const content_id&) = 0;

  /// Of a loose block.
  virtual expected<void> remove(const content_id&) = 0;

  /// Makes what was written before durable.
  virtual expected<void> sync() = 0;

  /// The same, of kept blocks alone.
  virtual expected<void> sync_kept() = 0;
};

/// A directory's blocks, and what was there already.
struct opened_blocks {
  std::unique_ptr<block_body> body;
  std::vector<content_id> loose;
};

/// Opens a directory: kept blocks as `block_folder` has them, loose ones in `loose` beneath.
expected<opened_blocks> open_blocks(std::filesystem::path directory);

/// The same for readers. @errors  missing -- there is no such directory.
expected<std::unique_ptr<block_body>> open_blocks_read_only(std::filesystem::path directory);

std::unique_ptr<block_body> blocks_in_memory();

} // namespace flwr
