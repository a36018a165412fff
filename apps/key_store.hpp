/// A folder of encrypted keys, each in a file NAME.json of mode 0600.
#pragma once

#include "apps/options.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// A key in the folder, as far as it can be known without its password.
struct stored_key {
  std::string name;
  std::filesystem::path file;
  std::optional<address> owner; ///< What the file says; nothing if that isn't legible.
};

/// Where keys are unless --keys-dir says otherwise: `flwr-actor/keys` in XDG_DATA_HOME, which is
/// ~/.local/share if it isn't set.
/// @errors  usage -- neither that nor HOME is set.
/// @source  XDG Base Directory Specification.
expected<std::filesystem::path> default_keys_folder(const environment&);

/// Whether a key may have that name: 1 to 64 letters, digits, `.`, `_`, `-`, not starting with `.`,
/// and nothing that `--account` takes for a file, nor 64 hex digits.
/// @errors  usage -- it may not. Doesn't repeat the name: it may be a key that was put there by
///          mistake.
expected<void> check_key_name(std::string_view name);

/// Where a key of a good name is, or would be.
std::filesystem::path key_path(const std::filesystem::path& folder, std::string_view name);

/// Puts a key file into the folder, which is made if need be.
/// @errors  As of `check_key_name`, `make_private_folder`, `write_new_file`.
expected<void> add_key(const std::filesystem::path& folder, std::string_view name,
                       std::string_view text);

/// All keys, by name; none if there is no folder.
/// @errors  usage -- the folder can't be read.
expected<std::vector<stored_key>> keys_in(const std::filesystem::path& folder);

/// The key of that name.
/// @errors  As of `check_key_name`, and usage -- there is none: says which there are.
expected<stored_key> find_key(const std::filesystem::path& folder, std::string_view name);

} // namespace flwr
