#include "actors/ipfs/block_files.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/ipfs/block_body.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag.hpp"

#include <optional>
#include <string>
#include <utility>

namespace flwr {
namespace {

using block_view = std::span<const uint8_t>;

constexpr auto held_name = "held";

expected<blob_ptr> limited(blob_ptr blob, const content_id& id, uint64_t max_bytes) {
  if (blob->size() > max_bytes)
    return make_error(ec::rejected, "the blob " + to_text(id) + " has "
                                      + std::to_string(blob->size()) + " bytes, more than the "
                                      + std::to_string(max_bytes) + " that were asked for");
  return blob;
}

} // namespace

caf::error not_held(const content_id& id) {
  return make_error(ec::rejected, "path '" + to_text(id) + "' is not pinned");
}

block_files::block_files(std::unique_ptr<block_body> body, const unixfs_profile& profile)
  : body_(std::move(body)), profile_(profile) {}
block_files::block_files(block_files&&) noexcept = default;
block_files& block_files::operator=(block_files&&) noexcept = default;
block_files::~block_files() = default;

expected<block_files> block_files::open(std::filesystem::path directory,
                                        const unixfs_profile& profile) {
  auto opened = open_blocks(directory);
  if (!opened)
    return opened.error();
  auto held = held_list::open(directory / held_name);
  if (!held)
    return held.error();
  block_files files{std::move(opened->body), profile};
  for (auto& id : opened->loose)
    files.loose_.emplace(as_version_1(id), put_at{});
  files.held_ = std::move(*held);
  return files;
}

expected<block_files> block_files::open_read_only(std::filesystem::path directory) {
  auto body = open_blocks_read_only(std::move(directory));
  return body ? expected<block_files>{block_files{std::move(*body), unixfs_v1_2025}} : body.error();
}

block_files block_files::in_memory(const unixfs_profile& profile) {
  return {blocks_in_memory(), profile};
}

expected<content_id> block_files::put(const blob_ptr& blob) {
  auto stored = put(blob, profile_);
  return stored ? expected<content_id>{stored->id} : stored.error();
}

expected<stored_file> block_files::put(const blob_ptr& blob, const unixfs_profile& profile) {
  if (!blob)
    return make_error(ec::rejected, "there is no blob to store");
  caf::error failed;
  stored_file stored;
  stored.id = import_file(*blob, profile, [&](const content_id& block_id, block_view block) {
    stored.dag_bytes += block.size();
    if (failed)
      return;
    if (auto written = write(block_id, block, blob); !written)
      failed = written.error();
  });
  if (failed)
    return failed;
  remember(stored.id, blob);
  return stored;
}

expected<void> block_files::write(const content_id& id, block_view block, const blob_ptr& owner) {
  auto is_loose = body_->write(id, block, owner);
  if (!is_loose)
    return is_loose.error();
  if (*is_loose)
    loose_[as_version_1(id)] = {round_, std::chrono::steady_clock::now()};
  return caf::unit;
}

expected<void> block_files::sync() { return body_->sync(); }

// -- what stays ----------------------------------------------------------------------------------

expected<std::set<content_id>> block_files::blocks_below(const std::vector<content_id>& roots) {
  std::set<content_id> below;
  auto source = [this](const content_id& id) -> expected<bytes> {
    if (id.encoding == codec::raw && body_->has(id))
      return bytes{};
    return body_->verify(id);
  };
  auto note = [&](const content_id& id, block_view) -> expected<void> {
    below.insert(as_version_1(id));
    return caf::unit;
  };
  for (auto& root : roots)
    if (auto walked = walk_dag(root, source, note); !walked)
      return walked.error();
  return below;
}

expected<void> block_files::keep(const std::vector<content_id>& roots) {
  auto below = blocks_below(roots);
  if (!below) // The disk may know better where they went.
    if (auto lost = body_->sync(); !lost)
      return lost;
  if (!below)
    return below.error();
  for (auto& id : *below) {
    if (auto kept = body_->keep(id); !kept)
      return kept;
    loose_.erase(id);
  }
  return body_->sync_kept();
}

expected<void> block_files::check(const std::vector<content_id>& roots) {
  auto below = blocks_below(roots);
  return below ? expected<void>{caf::unit} : below.error();
}

expected<void> block_files::hold(const std::vector<content_id>& roots) {
  std::map<content_id, std::set<content_id>> found;
  for (auto& root : roots) {
    auto below = blocks_below({root});
    if (!below)
      return below.error();
    found[root] = std::move(*below);
  }
  return hold_known(std::move(found));
}

expected<void> block_files::hold(const content_id& root, std::set<content_id> below) {
  return hold_known({{root, std::move(below)}});
}

expected<void> block_files::hold_known(std::map<content_id, std::set<content_id>> dags) {
  if (auto durable = sync(); !durable)
    return durable;
  std::vector<content_id> roots;
  for (auto& [root, _] : dags)
    roots.push_back(root);
  if (auto held = held_.add(roots); !held)
    return held;
  for (auto& [root, below] : dags)
    below_.add(root, std::move(below), true);
  return caf::unit;
}

expected<void> block_files::release(const std::vector<content_id>& roots) {
  for (auto& id : roots)
    if (!held().contains(id))
      return not_held(id);
  if (auto released = held_.remove(roots); !released)
    return released;
  for (auto& id : roots)
    below_.remove(id);
  return caf::unit;
}

/// Walks a DAG of which something may be missing. A node that isn't there, or is wrong, may come
/// back: then it is read when this is called again. Raw leaves aren't read, nor missed.
expected<void> block_files::look_below(const content_id& root) {
  std::set<content_id> below;
  bool all = true;
  auto source = [&](const content_id& id) {
    auto block = id.encoding == codec::raw ? expected<bytes>{bytes{}} : body_->verify(id);
    if (block || code_of(block.error()) == ec::io)
      return block;
    all = false;
    return expected<bytes>{bytes{}}; // A node without links.
  };
  auto note = [&](const content_id& id, block_view) -> expected<void> {
    below.insert(as_version_1(id));
    return caf::unit;
  };
  auto walked = walk_dag(root, source, note);
  if (!walked && code_of(walked.error()) == ec::io)
    return walked;
  below_.add(root, std::move(below), all && walked);
  return caf::unit;
}

expected<void> block_files::collect(uint64_t before_round, std::chrono::nanoseconds grace) {
  for (auto& root : held())
    if (!below_.knows_all(root))
      if (auto looked = look_below(root); !looked)
        return looked;
  auto latest = std::chrono::steady_clock::now() - grace;
  for (auto next = loose_.begin(); next != loose_.end();) {
    auto& [id, put] = *next;
    bool goes = put.round < before_round && put.time <= latest && !below_.has_block(id);
    if (goes)
      if (auto removed = body_->remove(id); !removed)
        return removed;
    next = goes ? loose_.erase(next) : std::next(next);
  }
  return caf::unit;
}

// -- what is read --------------------------------------------------------------------------------

expected<blob_ptr> block_files::fetch(const content_id& id, uint64_t max_bytes) {
  auto used = in_use_.find(as_version_1(id));
  if (auto blob = used == in_use_.end() ? nullptr : used->second.lock())
    return limited(std::move(blob), id, max_bytes);
  auto blob = load(id, max_bytes);
  if (blob)
    remember(id, *blob);
  return blob;
}

expected<blob_ptr> block_files::load(const content_id& id, uint64_t max_bytes) {
  std::optional<content_id> last;
  auto source = [&](const content_id& block_id) {
    last = block_id;
    return body_->read(block_id);
  };
  auto file = export_file(id, source, max_bytes);
  if (file)
    return std::make_shared<const bytes>(std::move(*file));
  // The body knows where a wrong block lies, and has to know that it is wrong.
  if (last)
    if (auto block = body_->verify(*last); !block)
      return block.error();
  return file.error();
}

void block_files::remember(const content_id& id, const blob_ptr& blob) {
  if (in_use_.size() >= sweep_at_) {
    std::erase_if(in_use_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 2 * in_use_.size() + 16;
  }
  in_use_[as_version_1(id)] = blob;
}

bool block_files::has(const content_id& id) const { return body_->has(id); }

expected<void> block_files::put_block(const content_id& id, std::span<const uint8_t> block) {
  if (block.size() > max_block_bytes)
    return make_error(ec::rejected, std::to_string(block.size())
                                      + " bytes are too many for a block: at most "
                                      + std::to_string(max_block_bytes) + " are taken");
  if (sha256(block) != id.digest)
    return make_error(ec::rejected,
                      "these " + std::to_string(block.size()) + " bytes aren't " + to_text(id));
  return put_hashed(id, block);
}

expected<void> block_files::put_hashed(const content_id& id, block_view block) {
  return write(id, block, nullptr);
}

expected<bytes> block_files::get_block(const content_id& id) { return body_->verify(id); }

} // namespace flwr
