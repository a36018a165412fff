#pragma once

#include "apps/options.hpp"
#include "apps/tool_keys.hpp"

#include <span>
#include <string>

namespace CLI {
class App;
}

namespace flwr {

/// The command line of `flwr-actor keys`.
class keys_command {
public:
  /// Adds the commands to the tool box, which writes into this object when it parses.
  keys_command(CLI::App& tool, const environment& lookup);
  keys_command(const keys_command&) = delete;
  keys_command& operator=(const keys_command&) = delete;

  /// Whether it was typed.
  bool chosen() const;

  /// Does what was typed.
  /// @param    lookup  Where the folder of keys is if nothing says it: HOME, XDG_DATA_HOME.
  /// @returns  What goes to stdout.
  /// @errors   usage -- no folder for keys; else those of the functions in tool_keys.hpp.
  expected<std::string> run(const environment& lookup);

private:
  CLI::App* add_command(const std::string& name, const std::string& help);
  void add_name(CLI::App& command, const std::string& help);
  void add_sealing(CLI::App& command);

  keys_request request_;
  key_origin origin_;
  std::string folder_, password_file_, kdf_ = "standard";
  CLI::App* app_;
  CLI::App* new_;
  CLI::App* import_;
  CLI::App* list_;
  CLI::App* address_;
};

/// The error for a word that the keys commands don't know. Repeats it only if it is near a known
/// one: it may be a key or a password that belongs into a file.
caf::error unexpected_in_keys(const std::string& word, std::span<const std::string> options,
                              std::span<const std::string> commands);

} // namespace flwr
