#include "apps/key_store.hpp"

#include "actors/chain/keystore.hpp"
#include "actors/hash/hex.hpp"
#include "apps/private_file.hpp"
#include "messages/unknown_word.hpp"

#include <algorithm>
#include <system_error>

namespace flwr {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view name_characters = "0123456789abcdefghijklmnopqrstuvwxyz"
                                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-";
constexpr size_t max_name_characters = 64;

std::optional<std::string> set_in(const environment& lookup, const std::string& name) {
  auto text = lookup(name);
  return text && !text->empty() ? text : std::nullopt;
}

std::optional<address> owner_in(const fs::path& path) {
  auto file = read_private(path);
  if (!file)
    return std::nullopt;
  auto owner = keystore_owner(as_text(file->data));
  return owner ? std::optional{*owner} : std::nullopt;
}

/// What a file in the folder is called as a key; nothing if it isn't one.
std::optional<std::string> key_name(const fs::directory_entry& file) {
  std::error_code failed;
  auto name = file.path().stem().string();
  if (file.path().extension() != ".json" || !check_key_name(name) || !file.is_regular_file(failed))
    return std::nullopt;
  return name;
}

caf::error unreadable(const fs::path& folder, const std::error_code& failed) {
  return make_error(ec::usage, "cannot read " + folder.string() + ": " + failed.message());
}

caf::error no_key(const fs::path& folder, std::string_view name,
                  const std::vector<stored_key>& keys) {
  if (keys.empty())
    return make_error(ec::usage, "no keys in " + folder.string()
                                   + "; make one with: flwr-actor keys new NAME");
  std::vector<std::string_view> names(keys.size());
  std::ranges::transform(keys, names.begin(), &stored_key::name);
  return unknown_word("key", name, names);
}

} // namespace

expected<fs::path> default_keys_folder(const environment& lookup) {
  auto data = set_in(lookup, "XDG_DATA_HOME");
  if (data && fs::path{*data}.is_absolute())
    return fs::path{*data} / "flwr-actor" / "keys";
  if (auto home = set_in(lookup, "HOME"))
    return fs::path{*home} / ".local" / "share" / "flwr-actor" / "keys";
  return make_error(ec::usage, "HOME isn't set; say where the keys are with --keys-dir DIR");
}

expected<void> check_key_name(std::string_view name) {
  if (name.empty() || name.size() > max_name_characters || name.starts_with('.')
      || name.find_first_not_of(name_characters) != std::string_view::npos)
    return make_error(ec::usage, "a key's name has 1 to 64 letters, digits, '.', '_' or '-', and "
                                 "doesn't start with '.'");
  if (name.ends_with(".key") || name.ends_with(".json"))
    return make_error(ec::usage, "a key's name can't end in .key or .json, as --account takes that "
                                 "for a file");
  if (name.size() == max_name_characters && from_hex(name))
    return make_error(ec::usage, "64 hex digits are no name but a private key, and now others may "
                                 "have seen it; put keys into a file of mode 0600");
  return caf::unit;
}

fs::path key_path(const fs::path& folder, std::string_view name) {
  return folder / (std::string{name} + ".json");
}

expected<void> add_key(const fs::path& folder, std::string_view name, std::string_view text) {
  if (auto good = check_key_name(name); !good)
    return good;
  if (auto made = make_private_folder(folder); !made)
    return made;
  return write_new_file(key_path(folder, name), text);
}

expected<std::vector<stored_key>> keys_in(const fs::path& folder) {
  std::vector<stored_key> keys;
  std::error_code failed;
  fs::directory_iterator files{folder, failed};
  if (failed == std::errc::no_such_file_or_directory)
    return keys;
  for (; !failed && files != fs::directory_iterator{}; files.increment(failed))
    if (auto name = key_name(*files))
      keys.push_back({*name, files->path(), owner_in(files->path())});
  if (failed)
    return unreadable(folder, failed);
  std::ranges::sort(keys, {}, &stored_key::name);
  return keys;
}

expected<stored_key> find_key(const fs::path& folder, std::string_view name) {
  if (auto good = check_key_name(name); !good)
    return good.error();
  auto keys = keys_in(folder);
  if (!keys)
    return std::move(keys.error());
  auto found = std::ranges::find(*keys, name, &stored_key::name);
  if (found == keys->end())
    return no_key(folder, name, *keys);
  return *found;
}

} // namespace flwr
