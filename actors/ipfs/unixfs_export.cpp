#include "actors/hash/sha256.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag_pb.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "actors/ipfs/unixfs_message.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace flwr {
namespace {

constexpr unsigned max_levels = 16;
constexpr uint64_t block_cost = 1 << 10;
constexpr uint64_t free_cost = 16 << 20;
constexpr uint64_t reserved_at_once =
  1 << 30; // A claim of the peer's, and nothing but address space.

caf::error bad_block(const content_id& id, const std::string& why) {
  return make_error(ec::corrupt, "the block " + to_text(id) + " " + why + ": it isn't used");
}

struct child {
  content_id id;
  uint64_t file_bytes = 0;
  uint64_t dag_bytes = 0;
};

/// A block once it is understood: a leaf has no children.
struct node {
  bytes block;
  std::span<const uint8_t> data; ///< Into `block`.
  uint64_t file_bytes = 0;
  std::vector<child> children;
};

expected<child> child_of(const content_id& id, const dag_pb_link& link, uint64_t file_bytes) {
  auto target = content_id_from_bytes(link.hash);
  if (!target)
    return bad_block(id, "links to " + render(target.error()));
  if (!link.name.value_or("").empty() || !link.dag_bytes || file_bytes == 0)
    return bad_block(id, "has a link with a name, without a size, or to an empty part");
  return child{*target, file_bytes, *link.dag_bytes};
}

/// The children's sizes must add up before any of them is fetched.
expected<std::vector<child>> children_in(const content_id& id, const dag_pb_node& from,
                                         const unixfs_message& message) {
  std::vector<child> children;
  uint64_t total = 0;
  if (from.links.size() != message.child_bytes.size() || !message.data.empty())
    return bad_block(id, "has not one size per link, or data beside its links");
  for (size_t i = 0; i < from.links.size(); ++i) {
    auto next = child_of(id, from.links[i], message.child_bytes[i]);
    if (!next)
      return next.error();
    if (__builtin_add_overflow(total, next->file_bytes, &total))
      return bad_block(id, "claims more than 2^64 bytes");
    children.push_back(*next);
  }
  if (total != message.file_bytes)
    return bad_block(id, "claims another size than its parts together");
  return children;
}

expected<node> node_in(const content_id& id, bytes block) {
  node made;
  made.block = std::move(block);
  made.data = made.block;
  made.file_bytes = made.block.size();
  if (id.encoding == codec::raw)
    return made;
  auto decoded = dag_pb_decode(made.block);
  if (!decoded)
    return bad_block(id, "is " + render(decoded.error()));
  auto message = decode_unixfs(decoded->data.value_or(std::span<const uint8_t>{}));
  if (!message)
    return bad_block(id, "is no plain file of UnixFS");
  made.data = message->data;
  made.file_bytes = message->file_bytes;
  if (decoded->links.empty()) {
    if (made.data.size() != made.file_bytes || !message->child_bytes.empty())
      return bad_block(id, "claims another size than it has");
    return made;
  }
  auto children = children_in(id, *decoded, *message);
  if (!children)
    return children.error();
  made.children = std::move(*children);
  made.block = {};
  return made;
}

class exporter {
public:
  exporter(const block_source& source, uint64_t max_bytes)
    : source_(source), max_bytes_(max_bytes) {}

  expected<bytes> run(const content_id& root) {
    auto top = open(root);
    if (!top)
      return top.error();
    if (top->file_bytes > max_bytes_)
      return make_error(ec::rejected, "the file " + to_text(root) + " has "
                                        + std::to_string(top->file_bytes) + " bytes; at most "
                                        + std::to_string(max_bytes_) + " were expected");
    if (root.encoding == codec::raw)
      return std::move(top->block);
    budget_ += std::min<uint64_t>(top->file_bytes, UINT64_MAX / 4) * 2;
    file_.reserve(std::min(top->file_bytes, reserved_at_once));
    if (auto done = append(root, *top, 1); !done)
      return done.error();
    return std::move(file_);
  }

private:
  /// Fetches a block and makes sure that it is the right one.
  expected<node> open(const content_id& id) {
    auto block = source_(id);
    if (!block)
      return block.error();
    auto size = block->size();
    if (size > max_block_bytes)
      return bad_block(id, "has " + std::to_string(size) + " bytes, too many for a block");
    if (sha256(*block) != id.digest)
      return bad_block(id, "is damaged (its bytes hash to another id)");
    if (size + block_cost > budget_)
      return bad_block(id, "belongs to a file of too many blocks for its size");
    budget_ -= size + block_cost;
    opened_bytes_ += size;
    return node_in(id, std::move(*block));
  }

  expected<void> append(const content_id& id, const node& from, unsigned level) {
    if (from.children.empty())
      file_.insert(file_.end(), from.data.begin(), from.data.end());
    else if (level == max_levels)
      return bad_block(id, "lies too deep in its file");
    for (const auto& child : from.children)
      if (auto done = append_child(id, child, level + 1); !done)
        return done;
    return caf::unit;
  }

  expected<void> append_child(const content_id& parent, const child& next, unsigned level) {
    auto before = opened_bytes_;
    auto below = open(next.id);
    if (!below)
      return below.error();
    if (below->file_bytes != next.file_bytes)
      return bad_block(parent, "claims another size of " + to_text(next.id) + " than it has");
    if (auto done = append(next.id, *below, level); !done)
      return done;
    if (opened_bytes_ - before != next.dag_bytes)
      return bad_block(parent, "claims another size of the blocks below " + to_text(next.id));
    return caf::unit;
  }

  const block_source& source_;
  uint64_t max_bytes_;
  uint64_t budget_ = free_cost;
  uint64_t opened_bytes_ = 0;
  bytes file_;
};

} // namespace

expected<bytes> export_file(const content_id& root, const block_source& source,
                            uint64_t max_bytes) {
  return exporter{source, max_bytes}.run(root);
}

} // namespace flwr
