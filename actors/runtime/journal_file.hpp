#pragma once

#include "messages/error.hpp"
#include "messages/journal.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// What is known when a run begins (run id, description, ...); it never changes.
using journal_meta = std::map<std::string, std::string>;

enum class journal_access { read_only, read_write };

/// What is kept in a file of this form: SQLite's application id, and the word for people.
struct journal_format {
  int64_t application_id;
  std::string_view name;
};

/// Of a run's journal: "flwj".
inline constexpr journal_format run_journal{0x666c776a, "journal"};

/// A run's journal: an append-only list in one SQLite file. `docs/formats.md` has the tables. Other
/// lists that must not be lost have files of the same form.
///
/// A chain of SHA-256 checks runs through meta and entries, and its end is stored with their
/// number: an entry that is changed, moved, lost or added behind our back is noticed.
///
/// @threads  One at a time; movable. One writer (the lock of the RUN DIRECTORY sees to it) and any
///           number of read-only openings, in this process or others.
/// @errors   of all calls: corrupt -- not a journal, or damaged; no_space -- disk or quota full;
///           io -- the system failed, or access is denied; timeout -- locked for 5 s. All texts
///           name the file.
class journal_file {
public:
  using visitor = std::function<void(journal_entry)>;

  /// Makes a new journal, durably and as a whole: after a crash it is there or `missing`.
  /// @errors  usage -- there is one already.
  static expected<journal_file> create(const std::filesystem::path&, const journal_meta&,
                                       const journal_format& = run_journal);

  /// Opens a journal and checks all of it.
  /// @errors  missing -- no file, or one whose creation was cut short: the run never began;
  ///          usage -- written by a newer version.
  static expected<journal_file> open(const std::filesystem::path&, journal_access,
                                     const journal_format& = run_journal);

  journal_file(journal_file&&) noexcept;
  journal_file& operator=(journal_file&&) noexcept;
  ~journal_file();

  const journal_meta& meta() const;

  /// Appends all of `entries` or, on an error, none; `sequence` is ignored. When it returns they
  /// survive a crash of the machine. After an `io` error a later opening may find them all the
  /// same, whole.
  expected<void> append(std::span<const journal_entry> entries);

  /// Calls `visit` for each entry in order, as of one moment, and checks the chain. Entries before
  /// damage have been visited when `corrupt` comes.
  expected<void> for_each(const visitor& visit) const;

  /// All entries, or those of one kind, in order.
  expected<std::vector<journal_entry>> read_all() const;
  expected<std::vector<journal_entry>> read(std::string_view kind) const;

private:
  struct impl;
  explicit journal_file(std::unique_ptr<impl>);

  std::unique_ptr<impl> impl_;
};

} // namespace flwr
