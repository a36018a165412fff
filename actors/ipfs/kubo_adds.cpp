#include "actors/ipfs/kubo_adds.hpp"

#include "actors/ipfs/kubo_answers.hpp"
#include "actors/ipfs/kubo_arguments.hpp"

namespace flwr::kubo {
namespace {

/// A file's leaves, and the nodes above them.
uint64_t blocks_in(uint64_t file_bytes, const unixfs_profile& profile) {
  auto level = file_bytes == 0 ? 1 : (file_bytes - 1) / profile.chunk_bytes + 1;
  auto all = level;
  while (level > 1) {
    level = (level - 1) / profile.max_links + 1;
    all += level;
  }
  return all;
}

// As Kubo's clients call what is no plain file.
bool is_plain(const body_part& part) {
  return !part.content_type.starts_with("application/x-directory")
         && !part.content_type.starts_with("application/symlink");
}

expected<void> count_blocks(add_request& what) {
  for (auto& file : what.files) {
    if (!is_plain(file))
      return make_error(ec::usage, "'" + file.file_name
                                     + "' is a folder or a link; this node adds plain files alone");
    what.blocks += blocks_in(file.data.size(), what.profile);
  }
  if (what.blocks > max_blocks_at_once)
    return make_error(ec::usage, "these files come to " + std::to_string(what.blocks)
                                   + " blocks; at most " + std::to_string(max_blocks_at_once)
                                   + " are taken at once: use a larger chunker, or add them apart");
  return caf::unit;
}

} // namespace

expected<add_request> add_in(const http_request& request, const unixfs_profile& fallback) {
  auto profile = profile_in(request.query, fallback);
  if (!profile)
    return profile.error();
  auto only_hash = flag_in(request.query, "only-hash", false);
  auto pin = flag_in(request.query, "pin", true);
  if (!only_hash || !pin)
    return !only_hash ? only_hash.error() : pin.error();
  auto files = parts_in(request);
  if (!files)
    return files.error();
  add_request what{*profile, *only_hash, *pin, std::move(*files)};
  if (auto counted = count_blocks(what); !counted)
    return counted.error();
  return what;
}

std::vector<blob_ptr> blobs_of(const add_request& what) {
  std::vector<blob_ptr> blobs;
  for (auto& [name, file_name, type, data] : what.files)
    blobs.push_back(std::make_shared<const bytes>(data.begin(), data.end()));
  return blobs;
}

http_response add_answer(const add_request& what, const std::vector<stored_file>& stored) {
  std::vector<std::pair<std::string, stored_file>> named;
  for (size_t i = 0; i < stored.size(); ++i)
    named.emplace_back(what.files[i].file_name, stored[i]);
  return added(named);
}

http_response hash_answer(const add_request& what) {
  std::vector<stored_file> hashed;
  for (auto& file : what.files)
    hashed.push_back({content_id_of(file.data, what.profile), 0});
  return add_answer(what, hashed);
}

} // namespace flwr::kubo
