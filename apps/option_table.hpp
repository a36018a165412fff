#pragma once

#include "apps/option_rules.hpp"
#include "apps/options.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// What is said of one option.
struct option_words {
  std::string group;    ///< Its heading in --help.
  std::string name;     ///< `min-clients`: --min-clients, FLWR_ACTOR_MIN_CLIENTS, the TOML key.
  std::string value;    ///< What the help calls the value; empty for a flag.
  std::string fallback; ///< The default as users would type it, or in words; empty for a flag.
  std::string help;
};

/// One option of a program; everything that is known about it.
template <class Options>
struct option_row : option_words {
  value_rule<Options> rule;
};

/// A program's options but --config, --help and --version, in the order of --help.
template <class Options>
using option_table = std::vector<option_row<Options>>;

/// Any thread.
const option_table<server_options>& server_option_table();
const option_table<client_options>& client_option_table();

/// A program as its help and its readers of options see it.
struct program_words {
  std::string name;
  std::string introduction; ///< The help's text before the options: what for, and examples.
  std::vector<option_words> options;
};

const program_words& server_words();
const program_words& client_words();

/// The environment's name of an option: `FLWR_ACTOR_MIN_CLIENTS` of `min-clients`.
std::string variable_of(std::string_view option);

/// The text of --help, examples first.
std::string help_of(const program_words&);

} // namespace flwr
