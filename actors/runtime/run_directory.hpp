#pragma once

#include "actors/runtime/posix_file.hpp"
#include "messages/error.hpp"

#include <cstdint>
#include <filesystem>
#include <utility>

namespace flwr {

/// A run's number, 1-based, and its folder.
struct numbered_run {
  uint64_t number = 0;
  std::filesystem::path path;
};

/// A state directory (`--state-dir`): the runs of one server, and the blocks that they share.
///
///     flwr-actor-state   marks it as ours; the format's version
///     lock               held (fcntl, F_OFD_SETLK) by the server that uses it; its process id
///     blocks/            content of all runs
///     ledger/            the embedded ledger, which all runs share
///     account.key        the development key that commits, unless the user has one
///     runs/1, runs/2 ... one folder per run
///
/// @threads  One at a time; movable. The lock is given back at the end, or when the process dies.
/// @errors   of all calls: usage -- the path can't serve (exit code 4); no_space, io -- the system
///           failed. All texts name the path.
class run_directory {
public:
  /// For the server: makes what is missing (mode 0700), and locks.
  /// @errors  usage -- not a directory, not accessible, not empty and not ours, of a newer
  ///          version, or in use by another server (its process id is named).
  static expected<run_directory> open(const std::filesystem::path& root);

  /// For readers, also while a server works: no lock, nothing is written.
  /// @errors  usage -- there is none, or not accessible, not ours, of a newer version.
  static expected<run_directory> open_read_only(const std::filesystem::path& root);

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path blocks() const { return root_ / "blocks"; }
  std::filesystem::path ledger() const { return root_ / "ledger"; }
  std::filesystem::path account_key() const { return root_ / "account.key"; }

  /// Whether a server works in it. It is only asked: no server is ever kept out by this.
  bool in_use() const;

  /// The highest number in use, 0 if there is no run yet. It may be a run that never began: then
  /// its folder has no journal.
  expected<uint64_t> newest_run() const;

  /// An existing run's folder. @errors  usage -- there is no such run; says which there are.
  expected<numbered_run> run(uint64_t number) const;

  /// Makes the folder of the next run (mode 0700), durably. Not for read-only use.
  expected<numbered_run> create_run();

private:
  run_directory(std::filesystem::path root, file_descriptor lock)
    : root_(std::move(root)), lock_(std::move(lock)) {}

  expected<void> set_up();
  std::filesystem::path runs() const { return root_ / "runs"; }

  std::filesystem::path root_;
  file_descriptor lock_; ///< None for readers.
};

} // namespace flwr
