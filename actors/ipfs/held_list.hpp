/// Which DAGs are held, on disk. For actors/ipfs/block_files only.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// What the file of held DAGs says. Each line is a change: "+" or "-", and content ids with a blank
/// between; an id alone, as the first release wrote them, is a "+".
struct held_text {
  std::set<content_id> roots; ///< After all changes.
  size_t ids = 0;             ///< Written there.
  bool is_whole = true;       ///< Its last line has an end.
};

/// Reads that. A change that a crash has cut short is a line without an end, and counts as none;
/// nothing else may be wrong, for what isn't held will go. Pure.
/// @errors  corrupt -- a line that is none; says which.
expected<held_text> read_held(std::string_view text);

/// The roots of what is held, and their file. A change is appended to it, so one of many pins costs
/// no more than the first; when it says twice as much as it need, it is written anew.
///
/// Errors of all functions: no_space, io -- they name the file, and nothing has changed. One thread
/// at a time.
class held_list {
public:
  /// Nothing is held, and nothing written down.
  held_list() = default;

  /// Reads the file, if there is one, and writes it anew where it says more than it need.
  /// @errors  corrupt -- as `read_held`.
  static expected<held_list> open(std::filesystem::path file);

  const std::set<content_id>& roots() const { return roots_; }

  /// Holds these as well; durably, all or none.
  expected<void> add(const std::vector<content_id>&);

  /// Holds these no longer; durably, all or none. They must be held.
  expected<void> remove(const std::vector<content_id>&);

private:
  expected<void> write(char sign, const std::set<content_id>& changed);
  expected<void> rewrite();

  std::filesystem::path file_; ///< Empty: none.
  std::set<content_id> roots_;
  size_t written_ = 0;    ///< Ids in the file.
  bool is_sound_ = false; ///< A line can be appended: the file is there, and nothing is cut short.
};

} // namespace flwr
