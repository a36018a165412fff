#pragma once

#include "apps/options.hpp"

#include <map>
#include <span>
#include <string>

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
expected<command_line> read_command_line(int argc, const char* const* argv);

/// The options that the environment sets, `config` among them.
settings read_environment(const environment& lookup);

/// The options that a TOML file sets.
/// @errors  usage -- unreadable, over 1 MiB, not TOML, unknown key, a value that isn't single.
expected<settings> read_config_file(const std::string& path);

/// Options with these settings; the defaults are those of `server_options`.
/// @errors  usage -- a value that an option doesn't take: where it was set, what is allowed.
expected<server_options> apply_settings(const settings&);

} // namespace flwr
