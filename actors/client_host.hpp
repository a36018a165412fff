#pragma once

#include "actors/answer_keeper.hpp"
#include "actors/audit/description.hpp"
#include "actors/audit/signed_updates.hpp"
#include "actors/chain/account.hpp"
#include "actors/runtime/runs_on.hpp"
#include "messages/actors.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace flwr {

/// Where the clients of a process find and leave blobs.
struct client_storage {
  blob_store_actor store;
  ipfs_uploader_actor uploader;
  ipfs_fetcher_actor fetcher;
};

/// A store that is told by what token it may write.
using token_bearer_actor = caf::typed_actor<on<void, atom::admit, std::string>>;

/// What gets one client's updates into the store, by that client's own token.
struct client_writer {
  ipfs_uploader_actor uploader;
  token_bearer_actor store;
};

/// Who looks at what the server commits, and by which chain. Both null where there is no chain.
struct client_watch {
  chain_actor chain;
  watchtower_actor watchtower;
};

/// Memories by client, when they allow to sign for a run.
using client_memories = std::map<client_id, kept_memory>;

struct client_host_config {
  std::map<client_id, signing_key_ptr> keys; ///< Of the clients of this process.
  reporter_actor reporter; ///< Told at once who can't take part, if others can; may be null.
  /// Spawns what reads the run's description.
  std::function<expected<client_storage>(const greeting&)> reach;
  /// Spawns what reads the run's models and keeps its updates.
  std::function<expected<client_storage>(const greeting&, const description&)> open_storage;
  /// Spawns a client's own way to write. Nothing: it writes as the storage does.
  std::function<expected<std::optional<client_writer>>(const greeting&, const description&)>
    open_writer;
  /// Loads data and model and spawns the trainers. May block for long.
  /// @errors  usage -- this machine's options contradict the description: names both values.
  std::function<expected<trainer_pool_actor>(const description&)> hire;
  /// Spawns the watch. `manifests` is what reads the run's description.
  /// @errors  usage -- the chain can't be found.
  std::function<expected<client_watch>(const greeting&, const description&, const run_identity&,
                                       const ipfs_fetcher_actor& manifests)>
    watch;
  /// Looks up what the clients remember. May block.
  /// @errors  usage -- one has signed for another run that isn't over.
  std::function<expected<client_memories>(const greeting&)> remember;
};

/// Spawns a CLIENT HOST. It loads everything once, when the first client is greeted, and blocks
/// meanwhile. A greeting by another run makes it begin anew, if `remember` allows it. It ends its
/// clients, trainers and storage when it ends.
client_host_actor spawn_client_host(caf::actor_system&, runs_on, client_host_config);

} // namespace flwr
