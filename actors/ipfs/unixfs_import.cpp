#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag_pb.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "actors/ipfs/unixfs_message.hpp"

#include <algorithm>
#include <utility>

namespace flwr {

std::optional<unixfs_profile> unixfs_profile_from(std::string_view name) {
  if (name == "unixfs-v1-2025")
    return unixfs_v1_2025;
  if (name == "unixfs-v0-2015")
    return unixfs_v0_2015;
  return std::nullopt;
}

unixfs_importer::unixfs_importer(const unixfs_profile& profile, block_sink sink)
  : profile_(profile), sink_(std::move(sink)) {}

unixfs_importer::link unixfs_importer::store(codec encoding, std::span<const uint8_t> block) {
  auto version = encoding == codec::raw ? uint8_t{1} : profile_.cid_version;
  link stored{.id = {sha256(block), encoding, version}, .dag_bytes = block.size()};
  sink_(stored.id, block);
  return stored;
}

void unixfs_importer::add(std::span<const uint8_t> chunk) {
  link leaf;
  if (profile_.raw_leaves) {
    leaf = store(codec::raw, chunk);
  } else {
    auto message = encode_unixfs({.data = chunk, .file_bytes = chunk.size(), .child_bytes = {}});
    leaf = store(codec::dag_pb, dag_pb_encode({.links = {}, .data = message}));
  }
  leaf.file_bytes = chunk.size();
  push(0, leaf);
}

// A full node is closed only when another link comes: the last one may be the root.
void unixfs_importer::push(size_t level, const link& next) {
  if (level == levels_.size())
    levels_.emplace_back();
  if (levels_[level].size() == profile_.max_links)
    push(level + 1, close(level));
  levels_[level].push_back(next);
}

unixfs_importer::link unixfs_importer::close(size_t level) {
  auto children = std::exchange(levels_[level], {});
  std::vector<bytes> hashes;
  dag_pb_node node;
  unixfs_message message;
  uint64_t below = 0;
  hashes.reserve(children.size());
  for (const auto& child : children) {
    hashes.push_back(to_bytes(child.id));
    node.links.push_back({hashes.back(), "", child.dag_bytes});
    message.child_bytes.push_back(child.file_bytes);
    message.file_bytes += child.file_bytes;
    below += child.dag_bytes;
  }
  auto data = encode_unixfs(message);
  node.data = data;
  auto closed = store(codec::dag_pb, dag_pb_encode(node));
  closed.file_bytes = message.file_bytes;
  closed.dag_bytes += below;
  return closed;
}

content_id unixfs_importer::finish() {
  if (levels_.empty())
    add({});
  size_t level = 0;
  for (; level + 1 < levels_.size() || levels_[level].size() > 1; ++level)
    push(level + 1, close(level));
  return levels_[level].front().id;
}

content_id import_file(std::span<const uint8_t> file, const unixfs_profile& profile,
                       const block_sink& sink) {
  unixfs_importer importer{profile, sink};
  while (!file.empty()) {
    auto size = std::min<uint64_t>(profile.chunk_bytes, file.size());
    importer.add(file.first(size));
    file = file.subspan(size);
  }
  return importer.finish();
}

content_id content_id_of(std::span<const uint8_t> file, const unixfs_profile& profile) {
  return import_file(file, profile, [](const content_id&, std::span<const uint8_t>) {});
}

} // namespace flwr
