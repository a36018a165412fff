#pragma once

#include "actors/round_lines.hpp"
#include "messages/actors.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace flwr {

/// Where a REPORTER's words go. The functions are called on an actor's thread and never at once.
struct reporter_config {
  uint64_t rounds = 0;
  std::optional<ledger_place> ledger; ///< Nothing without a chain.
  std::filesystem::path folder; ///< history.json and history.csv are written here; empty: nowhere.
  bool bar = false;             ///< `progress` is wanted: stderr is a terminal.
  bool guests = false;          ///< Clients come and go, and people want to know.
  std::function<void(const std::string& line)> say;      ///< A finished line, for people.
  std::function<void(const std::string& line)> progress; ///< Replaces the last one; may be empty.
  std::function<void(const std::string& document)> data; ///< The JSON document, at the end.
};

/// Spawns a REPORTER. Rounds enter the history in order, each when it is tested and recorded, and
/// the files are replaced as a whole after each; after the 256th not so often that it would take
/// more than a twentieth of the time.
reporter_actor spawn_reporter(caf::actor_system&, reporter_config);

} // namespace flwr
