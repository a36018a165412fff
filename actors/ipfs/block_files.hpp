#pragma once

#include "actors/ipfs/held_dags.hpp"
#include "actors/ipfs/held_list.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

namespace flwr {

class block_body;

/// The error of whoever takes back what isn't there: Kubo's words, which its clients look for.
caf::error not_held(const content_id&);

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
/// as durable. A blob that somebody in this process still has is served as it is.
///
/// What is put is loose until it is kept. `collect` removes what stayed loose, by rounds: `begin`
/// says which one it is. In a directory, loose blocks lie in a folder of their own, and what is
/// kept is never removed.
///
/// Errors of all functions: no_space -- the disk or a quota is full; io -- it failed otherwise.
/// They name the path.
class block_files {
public:
  /// Opens the store, makes the directory if need be, and removes what killed processes left
  /// unfinished there.
  /// @errors  corrupt -- what is written down of held DAGs.
  static expected<block_files> open(std::filesystem::path directory, const unixfs_profile&);

  /// Opens the store for `fetch`, `has` and `get_block`: nothing is made, nothing removed.
  /// @errors  missing -- there is no such directory.
  static expected<block_files> open_read_only(std::filesystem::path directory);

  static block_files in_memory(const unixfs_profile&);

  block_files(block_files&&) noexcept;
  block_files& operator=(block_files&&) noexcept;
  ~block_files();

  /// Stores the blob, loose; idempotent. Readable at once, durable after the next `sync`. Repairs
  /// blocks that are wrong on disk.
  /// @errors  rejected -- there is no blob (null).
  expected<content_id> put(const blob_ptr&);

  /// The same in another profile than the store's.
  expected<stored_file> put(const blob_ptr&, const unixfs_profile&);

  /// Group commit: what was put before is durable when this succeeds. After a failure it fails
  /// until the blobs that it lost have been put again.
  expected<void> sync();

  /// Group commit of these DAGs: durable, and kept for good, when this succeeds.
  /// @errors  missing, corrupt -- of a node, or a block isn't there; rejected -- more than 16
  /// levels.
  expected<void> keep(const std::vector<content_id>& roots);

  /// Whether these DAGs are here as a whole; the data in raw leaves isn't hashed again.
  /// @errors  As those of `keep`.
  expected<void> check(const std::vector<content_id>& roots);

  /// Makes these DAGs durable, and holds them, loose as they are, until `release`: through
  /// restarts.
  /// @errors  As those of `keep`.
  expected<void> hold(const std::vector<content_id>& roots);

  /// The same of a DAG whose blocks have all been put, and nothing been collected since: they are
  /// taken to be there.
  /// @param below  Their ids in version 1, the root's among them.
  expected<void> hold(const content_id& root, std::set<content_id> below);

  /// Holds these DAGs no longer.
  /// @errors  rejected -- one of them isn't held; then nothing changes.
  expected<void> release(const std::vector<content_id>& roots);

  const std::set<content_id>& held() const { return held_.roots(); }

  /// What is put from now on belongs to this round. What was found at the opening belongs to 0.
  void begin(uint64_t round) { round_ = round; }

  /// Removes what was last put before this round and at least `grace` ago, and is neither kept nor
  /// held. Somebody may be about to hold what he has put. What is left of a held DAG that has lost
  /// blocks stays, and so do these when they are put again.
  expected<void> collect(uint64_t before_round, std::chrono::nanoseconds grace = {});

  /// Loads a blob of at most so many bytes.
  /// @errors  missing, corrupt -- they name the block, and corrupt the file; rejected -- the blob
  ///          is longer.
  expected<blob_ptr> fetch(const content_id&, uint64_t max_bytes);

  /// Whether the block is there; not whether it is right, nor what it links to.
  bool has(const content_id&) const;

  /// Stores one block, as `put` does.
  /// @errors  rejected -- it hashes to another id, or is larger than max_block_bytes.
  expected<void> put_block(const content_id&, std::span<const uint8_t> block);

  /// The same of a block that has been hashed, and isn't too large.
  expected<void> put_hashed(const content_id&, std::span<const uint8_t> block);

  /// Loads one block. @errors  missing, corrupt.
  expected<bytes> get_block(const content_id&);

private:
  block_files(std::unique_ptr<block_body>, const unixfs_profile&);

  expected<void> write(const content_id&, std::span<const uint8_t> block, const blob_ptr& owner);
  expected<std::set<content_id>> blocks_below(const std::vector<content_id>& roots);
  expected<void> look_below(const content_id& held_root);
  expected<void> hold_known(std::map<content_id, std::set<content_id>> dags);
  void remember(const content_id&, const blob_ptr&);
  expected<blob_ptr> load(const content_id&, uint64_t max_bytes);

  std::unique_ptr<block_body> body_;
  unixfs_profile profile_;
  /// When a block was put last.
  struct put_at {
    uint64_t round = 0;
    std::chrono::steady_clock::time_point time;
  };

  std::map<content_id, put_at> loose_; ///< By the id in version 1.
  uint64_t round_ = 0;
  held_list held_;
  held_dags below_; ///< Of all that is in `held_`, as far as it has been walked.
  std::map<content_id, std::weak_ptr<const bytes>> in_use_; ///< By the id in version 1.
  size_t sweep_at_ = 16;
};

} // namespace flwr
