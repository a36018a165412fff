/// Blocks on disk, without knowing what they are part of. For actors/ipfs/block_files only.
#pragma once

#include "actors/runtime/posix_file.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace flwr {

/// One file per block: `<directory>/<shard>/<content id, version 1>`; the shard is the two
/// characters before the last one, as in Kubo's flatfs. Blocks are written in
/// `<directory>/unfinished` and renamed, so nothing half-written has a block's name unless the
/// machine lost its power: then the hash tells.
///
/// Errors of all functions: no_space -- the disk or a quota is full; io -- it failed otherwise.
/// They name the path. One thread at a time. Processes may share a directory.
class block_folder {
public:
  /// Makes the directory where it isn't there. Removes what killed processes left unfinished.
  static expected<block_folder> open(std::filesystem::path directory);

  /// For readers: nothing is made and nothing removed.
  /// @errors  missing -- there is no such directory.
  static expected<block_folder> open_read_only(std::filesystem::path directory);

  /// Writes the block, unless it is there: written since the last sync, or read again and right.
  expected<void> write(const content_id&, std::span<const uint8_t> block);

  /// The bytes under the block's name, unchecked: whoever gets them hashes them.
  /// @errors  missing; corrupt -- more bytes than a block has.
  expected<bytes> read(const content_id&) const;

  /// Whether there is a file of the block's name.
  bool has(const content_id&) const;

  /// Reads the block and hashes it. One that is wrong counts as lost.
  /// @errors  missing, corrupt -- both name block and file.
  expected<bytes> verify(const content_id&);

  /// Takes over a block that another folder of the same disk has. It is as durable here as it was
  /// there; the place it has now is durable after the next `sync`.
  expected<void> adopt(const content_id&, block_folder& from);

  /// Removes the block. One that isn't there is no error.
  expected<void> remove(const content_id&);

  /// All blocks that are there, as far as their names tell.
  expected<std::vector<content_id>> list() const;

  /// Makes all that was written before durable. If that fails, what wasn't durable is removed, and
  /// this fails until it has been written again.
  expected<void> sync();

private:
  /// Where a block stands that isn't durable yet.
  enum class origin { written, found };

  block_folder(std::filesystem::path directory, file_descriptor lock);

  std::filesystem::path path_of(const content_id&) const;
  expected<void> write_file(const std::filesystem::path&, std::span<const uint8_t> block);
  expected<std::filesystem::path> write_unfinished(std::span<const uint8_t> block);
  expected<void> sync_pending() const;
  expected<void> sync_each() const;
  void drop_pending();

  std::filesystem::path directory_;
  file_descriptor lock_; ///< Shared while this process may have unfinished files.
  std::map<content_id, origin> pending_;
  std::set<content_id> lost_; ///< Written here, but not there any more.
  uint64_t unfinished_ = 0;   ///< Names of temporary files given so far.
};

} // namespace flwr
