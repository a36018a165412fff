#include "apps/tool_keys.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/hd_wallet.hpp"
#include "apps/key_files.hpp"
#include "apps/key_store.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr auto first_account = "m/44'/60'/0'/0/0";
constexpr auto question = "A password for the new key file: ";

/// A key that is about to be stored, and under which password.
struct opened_key {
  signing_key_ptr key;
  secret_bytes password;
};

std::string address_text(const stored_key& key) { return key.owner ? to_text(*key.owner) : "-"; }

json::object fields_of(const stored_key& key) {
  return {{"name", key.name},
          {"address", key.owner ? json::value(to_text(*key.owner)) : json::value(nullptr)},
          {"file", key.file.string()}};
}

std::string shown(const keys_request& request, const stored_key& key) {
  if (!request.json)
    return address_text(key) + "\n";
  json::object document{{"schema", "flwr-actor/key/1"}};
  for (auto& field : fields_of(key))
    document.insert(field);
  return json::serialize(document) + "\n";
}

/// What would fail after somebody typed a password fails before.
expected<void> check_free(const keys_request& request) {
  if (auto good = check_key_name(request.name); !good)
    return good;
  std::error_code failed;
  auto path = key_path(request.folder, request.name);
  if (std::filesystem::exists(path, failed))
    return make_error(ec::usage, path.string() + " is there already and stays as it is");
  return caf::unit;
}

expected<opened_key> with_new_password(const keys_request& request, expected<signing_key_ptr> key) {
  if (!key)
    return std::move(key.error());
  auto password = choose_password(request.password, question);
  if (!password)
    return std::move(password.error());
  return opened_key{*std::move(key), *std::move(password)};
}

/// Takes over the password of a file that has one.
expected<opened_key> from_key_file(const keys_request& request, const std::string& path) {
  auto file = read_private(path);
  if (!file)
    return std::move(file.error());
  if (!is_sealed(as_text(file->data)))
    return with_new_password(request, plain_key(*file));
  auto password = have_password(request.password, "Password of " + path + ": ");
  if (!password)
    return std::move(password.error());
  if (password->empty())
    return make_error(ec::usage, "an empty password protects nothing");
  auto key = unsealed_key(*file, as_text(*password));
  if (!key)
    return std::move(key.error());
  return opened_key{*std::move(key), *std::move(password)};
}

expected<signing_key_ptr> from_mnemonic(const key_origin& origin) {
  auto file = read_private(origin.mnemonic_file);
  if (!file)
    return std::move(file.error());
  if (auto closed = check_unexposed(*file); !closed)
    return closed.error();
  auto key = account_of(as_text(file->data), {}, origin.path.empty() ? first_account : origin.path);
  if (!key)
    return make_error(code_of(key.error()), origin.mnemonic_file + ": " + render(key.error()));
  return key;
}

expected<std::string> stored(const keys_request& request, const expected<opened_key>& opened) {
  if (!opened)
    return opened.error();
  const auto& [key, password] = *opened;
  auto text = sealed_text(*key, as_text(password), request.cost);
  if (!text)
    return text;
  if (auto added = add_key(request.folder, request.name, *text); !added)
    return added.error();
  return shown(request, {request.name, key_path(request.folder, request.name), key->address()});
}

} // namespace

expected<std::string> new_key(const keys_request& request) {
  if (auto free = check_free(request); !free)
    return free.error();
  return stored(request, with_new_password(request, random_key()));
}

expected<std::string> import_key(const keys_request& request, const key_origin& origin) {
  if (origin.key_file.empty() == origin.mnemonic_file.empty())
    return make_error(ec::usage, "give one of --key-file FILE and --mnemonic-file FILE");
  if (!origin.path.empty() && origin.mnemonic_file.empty())
    return make_error(ec::usage, "--path is for --mnemonic-file: a key file holds one key");
  if (auto free = check_free(request); !free)
    return free.error();
  if (!origin.key_file.empty())
    return stored(request, from_key_file(request, origin.key_file));
  return stored(request, with_new_password(request, from_mnemonic(origin)));
}

expected<std::string> show_key(const keys_request& request) {
  auto key = find_key(request.folder, request.name);
  if (!key)
    return std::move(key.error());
  if (!key->owner)
    return make_error(ec::missing, key->file.string()
                                     + " doesn't say its address; import it under "
                                       "another name to find out");
  return shown(request, *key);
}

expected<std::string> list_keys(const keys_request& request) {
  auto keys = keys_in(request.folder);
  if (!keys)
    return std::move(keys.error());
  std::string text;
  json::array entries;
  size_t width = 0;
  for (const auto& key : *keys)
    width = std::max(width, key.name.size());
  for (const auto& key : *keys) {
    entries.push_back(fields_of(key));
    text += key.name + std::string(width + 2 - key.name.size(), ' ') + address_text(key) + "\n";
  }
  if (!request.json)
    return text;
  return json::serialize(json::object{{"schema", "flwr-actor/keys/1"}, {"keys", entries}}) + "\n";
}

} // namespace flwr
