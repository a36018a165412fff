#pragma once

#include "actors/ipfs/unixfs.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <span>

namespace flwr {

/// What became of a blob.
struct stored_file {
  content_id id;
  uint64_t dag_bytes = 0; ///< Of its blocks; one that comes twice counts twice, as at Kubo.
};

/// The embedded store of blobs, in a directory or in memory. Blocks the calling thread; one thread
/// at a time. Processes may share a directory.
///
/// A blob is a UnixFS DAG. In a directory there is one file per block, and every block that is read
/// is hashed again; in memory raw leaves are views of the blob, which stays alive, and all counts
/// as durable. A blob that somebody in this process still holds is served as it is.
///
/// Errors of all functions: no_space -- the disk or a quota is full; io -- it failed otherwise.
/// They name the path.
class block_files {
public:
  /// Opens the store, makes the directory if need be, and removes what killed processes left
  /// unfinished there.
  static expected<block_files> open(std::filesystem::path directory, const unixfs_profile&);

  /// Opens the store for `fetch`, `has` and `get_block`: nothing is made, nothing removed.
  /// @errors  missing -- there is no such directory.
  static expected<block_files> open_read_only(std::filesystem::path directory);

  static block_files in_memory(const unixfs_profile&);

  block_files(block_files&&) noexcept;
  block_files& operator=(block_files&&) noexcept;
  ~block_files();

  /// Stores the blob; idempotent. Readable at once, durable after the next `sync`. Repairs blocks
  /// that are wrong on disk.
  /// @errors  rejected -- there is no blob (null).
  expected<content_id> put(const blob_ptr&);

  /// The same in another profile than the store's.
  expected<stored_file> put(const blob_ptr&, const unixfs_profile&);

  /// Group commit: what was put before is durable when this succeeds. After a failure it fails
  /// until the blobs that it lost have been put again.
  expected<void> sync();

  /// Loads a blob of at most so many bytes.
  /// @errors  missing, corrupt -- they name the block, and corrupt the file; rejected -- the blob
  ///          is longer.
  expected<blob_ptr> fetch(const content_id&, uint64_t max_bytes);

  /// Whether the block is there; not whether it is right, nor what it links to.
  bool has(const content_id&) const;

  /// Stores one block, as `put` does.
  /// @errors  rejected -- it hashes to another id, or is larger than max_block_bytes.
  expected<void> put_block(const content_id&, std::span<const uint8_t> block);

  /// Loads one block. @errors  missing, corrupt.
  expected<bytes> get_block(const content_id&);

private:
  class body;
  class disk_body;
  class memory_body;

  block_files(std::unique_ptr<body>, const unixfs_profile&);

  void hold(const content_id&, const blob_ptr&);
  expected<blob_ptr> load(const content_id&, uint64_t max_bytes);

  std::unique_ptr<body> body_;
  unixfs_profile profile_;
  std::map<content_id, std::weak_ptr<const bytes>> held_; ///< By the id in version 1.
  size_t sweep_at_ = 16;
};

} // namespace flwr
