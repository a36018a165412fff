#include "actors/ipfs/block_store.hpp"

#include "actors/ipfs/block_files.hpp"

#include <utility>

namespace flwr {
namespace {

struct block_store_state {
  static inline const char* name = "flwr.block-store";

  explicit block_store_state(blob_store_actor::stateful_pointer<block_store_state>) {}

  caf::result<void> pin() {
    if (auto synced = files->sync(); !synced)
      return synced.error();
    return caf::unit;
  }

  std::shared_ptr<block_files> files;
};

blob_store_actor::behavior_type
block_store(blob_store_actor::stateful_pointer<block_store_state> self,
            std::shared_ptr<block_files> files) {
  self->state.files = std::move(files);
  return {
    [self](atom::put, const blob_ptr& blob) { return self->state.files->put(blob); },
    [self](atom::fetch, const content_id& id, uint64_t max_bytes) {
      return self->state.files->fetch(id, max_bytes);
    },
    // One group commit makes all that was put before durable.
    [self](atom::pin, const std::vector<content_id>&) { return self->state.pin(); },
  };
}

} // namespace

blob_store_actor spawn_block_store(caf::actor_system& sys, runs_on where,
                                   std::shared_ptr<block_files> files) {
  return spawn_on(where, sys, block_store, std::move(files));
}

} // namespace flwr
