#include "apps/client_folders.hpp"

#include "actors/chain/address.hpp"
#include "actors/hash/hex.hpp"
#include "actors/runtime/file_lock.hpp"
#include "apps/accounts.hpp"
#include "apps/private_file.hpp"
#include "apps/tool_files.hpp"
#include "messages/client_names.hpp"

#include <string>
#include <utility>

namespace flwr {
namespace {

namespace fs = std::filesystem;

expected<client_folder> open_folder(const fs::path& path, client_id id) {
  if (auto made = make_private_folder(path); !made)
    return made.error();
  auto lock = take_lock(path / "lock", [&](const std::string& who) {
    return make_error(ec::usage, name_of(id) + " in " + path.string() + " is " + who
                                   + " already; end that one, or give another --cid or "
                                     "--state-dir");
  });
  if (!lock)
    return lock.error();
  auto key = load_or_make_dev_key(path / "client.key");
  if (!key)
    return key.error();
  return client_folder{id, path, std::move(*lock), *key};
}

client_memory first_memory(const greeting& words) {
  return {.run = words.run,
          .chain_id = words.chain_id,
          .contract = words.contract,
          .over = false,
          .answer = {}};
}

std::string name_of(const hash256& run, const address& contract) {
  return to_0x(run) + " (contract " + to_text(contract) + ")";
}

caf::error bound_elsewhere(const client_folder& folder, const client_memory& old,
                           const greeting& words) {
  return make_error(
    ec::usage, name_of(folder.id) + " has signed for run " + name_of(old.run, old.contract)
                 + ", which isn't over, and the server runs " + name_of(words.run, words.contract)
                 + "; a client takes part in one run at a time: join with another "
                   "--state-dir, or remove "
                 + (folder.path / "run.json").string() + " if that run is lost for good");
}

expected<client_memory> memory_for(const greeting& words, const client_folder& folder) {
  auto path = folder.path / "run.json";
  std::error_code failed;
  if (!fs::exists(path, failed))
    return first_memory(words);
  auto text = read_file(path);
  if (!text)
    return text.error();
  auto old = decode_client_memory({reinterpret_cast<const char*>(text->data()), text->size()});
  if (!old)
    return make_error(ec::corrupt, path.string() + ": " + render(old.error()));
  auto same =
    old->run == words.run && old->chain_id == words.chain_id && old->contract == words.contract;
  if (same)
    return old;
  if (old->over || !old->answer)
    return first_memory(words);
  return bound_elsewhere(folder, *old, words);
}

} // namespace

expected<std::vector<client_folder>> open_client_folders(const fs::path& state_dir, client_id first,
                                                         client_id last) {
  if (auto made = make_private_folder(state_dir / "clients"); !made)
    return made.error();
  std::vector<client_folder> folders;
  for (auto id = static_cast<uint64_t>(first); id <= static_cast<uint64_t>(last); ++id) {
    auto folder = open_folder(state_dir / "clients" / std::to_string(id), client_id{id});
    if (!folder)
      return folder.error();
    folders.push_back(std::move(*folder));
  }
  return folders;
}

expected<client_memories> memories_for(const greeting& words,
                                       const std::vector<client_folder>& folders) {
  client_memories memories;
  for (auto& folder : folders) {
    auto memory = memory_for(words, folder);
    if (!memory)
      return memory.error();
    memories.emplace(folder.id, kept_memory{folder.path / "run.json", std::move(*memory)});
  }
  return memories;
}

} // namespace flwr
