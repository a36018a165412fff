#pragma once

#include "apps/options.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// How one option's text becomes its value.
struct value_rule {
  std::string allowed; ///< For errors: what `set` takes.
  std::function<bool(server_options&, std::string_view text)> set; ///< False: refused.
};

/// One option of `flwr-actor-server`; everything that is known about it.
struct option_row {
  std::string group;    ///< Its heading in --help.
  std::string name;     ///< `min-clients`: --min-clients, FLWR_ACTOR_MIN_CLIENTS, the TOML key.
  std::string value;    ///< What the help calls the value; empty for a flag.
  std::string fallback; ///< The default as users would type it, or in words; empty for a flag.
  std::string help;
  value_rule rule;
};

/// All options but --config, --help and --version, in the order of --help. Any thread.
const std::vector<option_row>& server_option_table();

/// The environment's name of an option: `FLWR_ACTOR_MIN_CLIENTS` of `min-clients`.
std::string variable_of(std::string_view option);

/// The text of `flwr-actor-server --help`, examples first.
std::string server_help();

} // namespace flwr
