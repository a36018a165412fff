#pragma once

#include "apps/option_table.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace flwr {

/// An option's text, and where it was set: `--rounds`, `FLWR_ACTOR_ROUNDS`, `run.toml:3: rounds`.
struct setting {
  std::string text;
  std::string source;
};

/// By option name.
using settings = std::map<std::string, setting>;

/// What a command line says.
struct command_line {
  settings values; ///< `config` among them.
  bool help = false;
  bool version = false;
};

/// The error for a word on a command line that isn't one of the `known` options (without --).
caf::error unexpected_word(const std::string& word, std::span<const std::string> known);

/// Reads a command line; of an option given twice the last one counts.
/// @errors  usage -- unknown option, stray word, missing value.
expected<command_line> read_command_line(const program_words&, int argc, const char* const* argv);

/// The options that the environment sets, `config` among them.
settings read_environment(const program_words&, const environment& lookup);

/// A line for each variable that is named as ours are, and is no option of any of our programs.
std::vector<std::string> strange_variables(std::span<const std::string> names);

/// The options that a TOML file sets.
/// @errors  usage -- unreadable, over 1 MiB, not TOML, unknown key, a value that isn't single.
expected<settings> read_config_file(const program_words&, const std::string& path);

/// What the program is told: option, else environment, else the file behind `config`.
/// @errors  as read_config_file
expected<settings> merged(const program_words&, command_line typed, const environment& lookup);

/// The error for a setting that its option doesn't take: where it was set, what is allowed.
caf::error wrong_setting(const setting&, const std::string& allowed);

/// Options with these settings; the defaults are those of `Options`.
/// @errors  usage -- as wrong_setting
template <class Options>
expected<Options> apply_settings(const settings& found, const option_table<Options>& table) {
  Options result;
  for (const auto& row : table) {
    auto given = found.find(row.name);
    if (given != found.end() && !row.rule.set(result, given->second.text))
      return wrong_setting(given->second, row.rule.allowed);
  }
  return result;
}

} // namespace flwr
