#include "actors/ipfs/dag.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/dag_pb.hpp"

#include <set>

namespace flwr {
namespace {

constexpr size_t max_levels = 16;

/// The depth is bounded, so the recursion is.
class dag_walk {
public:
  dag_walk(const block_source& source, const block_visitor& visit)
    : source_(source), visit_(visit) {}

  expected<void> enter(const content_id& id, size_t level) {
    if (!seen_.insert(as_version_1(id)).second)
      return caf::unit;
    if (level > max_levels)
      return make_error(ec::rejected, "the DAG has more than 16 levels");
    auto block = source_(id);
    if (!block)
      return block.error();
    if (auto taken = visit_(id, *block); !taken)
      return taken;
    return id.encoding == codec::dag_pb ? follow_links(*block, level) : caf::unit;
  }

private:
  expected<void> follow_links(std::span<const uint8_t> block, size_t level) {
    auto node = dag_pb_decode(block);
    if (!node)
      return node.error();
    for (auto& link : node->links) {
      auto id = content_id_from_bytes(link.hash);
      if (!id)
        return id.error();
      if (auto entered = enter(*id, level + 1); !entered)
        return entered;
    }
    return caf::unit;
  }

  const block_source& source_;
  const block_visitor& visit_;
  std::set<content_id> seen_;
};

} // namespace

expected<void> walk_dag(const content_id& root, const block_source& source,
                        const block_visitor& visit) {
  return dag_walk{source, visit}.enter(root, 1);
}

} // namespace flwr
