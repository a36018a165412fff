#include "apps/keys_command.hpp"

#include "apps/key_store.hpp"
#include "apps/option_table.hpp"
#include "apps/option_values.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace flwr {
namespace {

constexpr const char* summary = "keep accounts of Ethereum in encrypted files";

constexpr const char* introduction =
  R"(flwr-actor keys: keeps accounts of Ethereum in encrypted files.

Examples:
  flwr-actor keys new server
      asks for a password twice and prints the new account's address
  flwr-actor keys import owner --key-file UTC--2024-01-01--0123
      from another wallet's key file, which keeps its password
  flwr-actor keys import owner --mnemonic-file words --path "m/44'/60'/0'/0/1"
  flwr-actor keys list --json
  flwr-actor keys new node7 --password-file secret   # nobody is there to type
)";

/// Fast to open, and fast to guess.
constexpr scrypt_cost light{1 << 12, 8, 6};

std::string variable_or_nothing(const environment& lookup, const std::string& option) {
  return lookup(variable_of(option)).value_or("");
}

} // namespace

keys_command::keys_command(CLI::App& tool, const environment& lookup)
  : folder_(variable_or_nothing(lookup, "keys-dir")),
    password_file_(variable_or_nothing(lookup, "password-file")),
    app_(tool.add_subcommand("keys", summary)), new_(add_command("new", "make a key")),
    import_(add_command("import", "take over a key from a file")),
    list_(add_command("list", "print all names and addresses")),
    address_(add_command("address", "print the address of a key")) {
  app_->require_subcommand(1);
  app_->preparse_callback([this](size_t) { app_->description(introduction); });
  for (auto* command : {new_, import_}) {
    add_name(*command, "what the key will be called here");
    add_sealing(*command);
  }
  add_name(*address_, "what the key is called here");
  import_->add_option("--key-file", origin_.key_file, "64 hex digits, or a wallet's JSON")
    ->type_name("FILE")
    ->take_last();
  import_->add_option("--mnemonic-file", origin_.mnemonic_file, "a wallet's 12 to 24 words")
    ->type_name("FILE")
    ->take_last();
  import_->add_option("--path", origin_.path, "which of their accounts (m/44'/60'/0'/0/0)")
    ->type_name("PATH")
    ->take_last();
}

CLI::App* keys_command::add_command(const std::string& name, const std::string& help) {
  auto* command = app_->add_subcommand(name, help);
  command->add_option("--keys-dir", folder_, "the folder of keys (~/.local/share/flwr-actor/keys)")
    ->type_name("DIR")
    ->take_last();
  command->add_flag("--json", request_.json, "print one JSON document");
  return command;
}

void keys_command::add_name(CLI::App& command, const std::string& help) {
  command.add_option("NAME", request_.name, help)->required()->type_name("");
}

void keys_command::add_sealing(CLI::App& command) {
  command
    .add_option("--password-file", password_file_,
                "its first line is the password (typed on the terminal)")
    ->type_name("FILE")
    ->take_last();
  command.add_option("--kdf", kdf_, "what guessing costs: standard, light (standard)")
    ->type_name("COST")
    ->take_last()
    ->check(CLI::IsMember({"standard", "light"}));
}

bool keys_command::chosen() const { return app_->parsed(); }

expected<std::string> keys_command::run(const environment& lookup) {
  auto folder = folder_.empty() ? default_keys_folder(lookup) : std::filesystem::path{folder_};
  if (!folder)
    return std::move(folder.error());
  request_.folder = *folder;
  if (!password_file_.empty())
    request_.password.file = password_file_;
  if (kdf_ == "light")
    request_.cost = light;
  if (new_->parsed())
    return new_key(request_);
  if (import_->parsed())
    return import_key(request_, origin_);
  return list_->parsed() ? list_keys(request_) : show_key(request_);
}

caf::error unexpected_in_keys(const std::string& word, std::span<const std::string> options,
                              std::span<const std::string> commands) {
  auto option = word.starts_with("-");
  auto typed = word.substr(0, word.find('='));
  auto bare = typed.substr(std::min(typed.find_first_not_of('-'), typed.size()));
  auto meant = option ? suggestion("--", bare, options) : suggestion("", bare, commands);
  auto what = std::string{option ? "an unknown option" : "a word too many"};
  return make_error(ec::usage, what + (meant.empty() ? "" : ": " + typed + meant)
                                 + "; see flwr-actor keys --help. Keys and passwords are read from "
                                   "files or typed when asked for, never on a command line");
}

} // namespace flwr
