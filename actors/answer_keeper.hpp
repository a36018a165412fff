#pragma once

#include "actors/audit/client_memory.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <filesystem>
#include <map>

namespace flwr {

/// What one client remembers, and the file where it does.
struct kept_memory {
  std::filesystem::path file;
  client_memory memory;
};

/// Spawns an ANSWER KEEPER for these clients; whoever else asks is `rejected`. It replaces a
/// client's file as a whole and blocks on the disk.
answer_keeper_actor spawn_answer_keeper(caf::actor_system&, runs_on,
                                        std::map<client_id, kept_memory>);

} // namespace flwr
