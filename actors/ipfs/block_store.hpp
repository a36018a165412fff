#pragma once

#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <functional>
#include <memory>

namespace flwr {

class block_files;

/// Spawns the embedded BLOB STORE around `files`. It blocks on the disk.
blob_store_actor spawn_block_store(caf::actor_system&, runs_on, std::shared_ptr<block_files> files);

} // namespace flwr
