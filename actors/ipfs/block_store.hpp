#pragma once

#include "actors/ipfs/block_files.hpp"
#include "actors/ipfs/car_import.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <memory>
#include <vector>

namespace flwr {

using stored_files = std::vector<stored_file>;

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::stored_files)
FLWR_LOCAL_MESSAGE(std::vector<flwr::blob_ptr>)
FLWR_LOCAL_MESSAGE(flwr::unixfs_profile)

namespace flwr {

/// The embedded BLOB STORE, for whoever needs to see its blocks. What is put here is loose until it
/// is pinned (actors/ipfs/block_files).
using block_store_actor = blob_store_actor::extend<
  // Stores blobs in a profile of their own; and at once holds them, durably, if that is wished.
  on<stored_files, atom::add, std::vector<blob_ptr>, unixfs_profile, bool>,
  // Stores one block; and at once holds its DAG, durably, if that is wished. Errors besides:
  // rejected (it isn't that block), missing, corrupt (of its DAG).
  on<void, atom::add, content_id, blob_ptr, bool>,
  // Stores a CAR's blocks, durably, and does as wished. Other requests are answered in between, but
  // none collects meanwhile. Errors besides: missing, corrupt, rejected (see `car_import`),
  // stopped.
  on<void, atom::add, received_car_ptr, dag_wish>,
  // Loads one block.
  on<blob_ptr, atom::block, content_id>,
  // All blocks below a root as a CAR of at most so many bytes. Errors besides: rejected (longer).
  on<blob_ptr, atom::dag, content_id, uint64_t>,
  // Answers when all that was put before is durable.
  on<void, atom::flush>,
  // Whether these DAGs are here as a whole. Errors besides: missing, corrupt, rejected (too deep).
  on<void, atom::check, std::vector<content_id>>,
  // Holds these DAGs, durably, until `release`. Errors: as those of `check`.
  on<void, atom::hold, std::vector<content_id>>,
  // Errors: rejected (one of them isn't held), no_space, io.
  on<void, atom::release, std::vector<content_id>>,
  // The roots of all that is held.
  on<std::vector<content_id>, atom::held>,
  // What is put from now on is this round's.
  on<void, atom::begin, uint64_t>,
  // Removes what was put before this round and so long ago, and is neither pinned nor held; after
  // the CARs that have come before.
  on<void, atom::collect, uint64_t, caf::timespan>,
  // Who hears it, once, when the disk won't take what is to be stored, or fails: no_space, io.
  on<void, atom::await, round_coordinator_actor>>;

/// Spawns it around `files`. It blocks on the disk.
block_store_actor spawn_block_store(caf::actor_system&, runs_on,
                                    std::shared_ptr<block_files> files);

} // namespace flwr
