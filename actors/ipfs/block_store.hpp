#pragma once

#include "actors/ipfs/block_files.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <functional>
#include <memory>

FLWR_LOCAL_MESSAGE(flwr::stored_file)
FLWR_LOCAL_MESSAGE(flwr::unixfs_profile)

namespace flwr {

/// The embedded BLOB STORE, for whoever needs to see its blocks.
using block_store_actor = blob_store_actor::extend<
  // Stores a blob in a profile of its own.
  on<stored_file, atom::add, blob_ptr, unixfs_profile>,
  // Stores one block. Errors besides: rejected (it isn't that block).
  on<void, atom::add, content_id, blob_ptr>,
  // Loads one block.
  on<blob_ptr, atom::block, content_id>,
  // All blocks below a root as a CAR of at most so many bytes. Errors besides: rejected (longer).
  on<blob_ptr, atom::dag, content_id, uint64_t>,
  // Who hears it, once, when the disk won't take what is to be stored: no_space, io.
  on<void, atom::await, round_coordinator_actor>>;

/// Spawns it around `files`. It blocks on the disk.
block_store_actor spawn_block_store(caf::actor_system&, runs_on,
                                    std::shared_ptr<block_files> files);

} // namespace flwr
