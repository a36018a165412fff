#include "actors/ipfs/held_dags.hpp"

#include <utility>

namespace flwr {

void held_dags::add(const content_id& root, std::set<content_id> blocks, bool all) {
  remove(root);
  for (auto& id : blocks)
    ++uses_[id];
  dags_.emplace(root, dag{std::move(blocks), all});
}

void held_dags::remove(const content_id& root) {
  auto found = dags_.extract(root);
  if (!found)
    return;
  for (auto& id : found.mapped().blocks)
    if (auto use = uses_.find(id); --use->second == 0)
      uses_.erase(use);
}

bool held_dags::knows_all(const content_id& root) const {
  auto found = dags_.find(root);
  return found != dags_.end() && found->second.all;
}

} // namespace flwr
