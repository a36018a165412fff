#pragma once

#include "actors/audit/signed_updates.hpp"
#include "actors/chain/account.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "messages/actors.hpp"

#include <optional>

namespace flwr {

struct client_config {
  client_id id{};
  run_identity run;
  signing_key_ptr key; ///< The client's own; never null.
  layout_ptr layout;   ///< The run's; never null.
  ipfs_fetcher_actor fetcher;
  ipfs_uploader_actor uploader;
  trainer_pool_actor trainers;
  answer_keeper_actor keeper;  ///< Null: an answer is remembered only as long as the client lives.
  watchtower_actor watchtower; ///< Null: nobody looks at what the server commits.
  std::optional<fit_res> kept; ///< The last answer, from before a restart.
  bool with_tensors = false;   ///< An answer given again has its tensors, too.
  std::optional<unixfs_profile> profile; ///< What bases that come with tensors are checked by.
};

/// Spawns a CLIENT: fetches the base model, has it trained, stores the update, signs, answers. It
/// keeps its last answer and gives it again if it is asked the same again, so that it never signs
/// two things about one round; another base for that round, or an older round, is `rejected`. An
/// answer is given only when the `keeper` has it.
client_actor spawn_client(caf::actor_system&, client_config);

} // namespace flwr
