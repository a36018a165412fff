#pragma once

#include "messages/actors.hpp"

namespace flwr {

struct client_config {
  client_id id{};
  layout_ptr layout; ///< The run's; never null.
  ipfs_fetcher_actor fetcher;
  ipfs_uploader_actor uploader;
  trainer_pool_actor trainers;
};

/// Spawns a CLIENT: fetches the base model, has it trained, stores the update, answers. It keeps
/// its last answer and gives it again if it is asked the same again, so that it never says two
/// things about one round.
client_actor spawn_client(caf::actor_system&, client_config);

} // namespace flwr
