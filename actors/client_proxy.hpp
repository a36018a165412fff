#pragma once

#include "actors/audit/signed_updates.hpp"
#include "messages/actors.hpp"

#include <chrono>
#include <optional>

namespace flwr {

struct client_proxy_config {
  client_id id{};
  std::optional<address> key; ///< Whose signature its updates must carry; a plain Flower client's
                              ///< carry none.
  run_identity run;
  int64_t max_examples = int64_t{1} << 29;   ///< PROTOCOL 5.
  std::chrono::milliseconds rejoin_grace{0}; ///< How long a lost client may come back.
  client_manager_actor manager;              ///< Hears when its client comes and goes; may be null.
};

/// Spawns a CLIENT PROXY. It checks an answer's round, base, number of examples and loss, and an
/// update's signature, and stamps client id and signer on it. While the client is away,
/// instructions wait for `rejoin_grace`, then they fail `unreachable`; the one that was out goes
/// out again, twenty times at most, then it fails `unreachable`, too. It ends its client when it
/// ends, for the same reason: user_shutdown if the run is over.
client_proxy_actor spawn_client_proxy(caf::actor_system&, const client_proxy_config&);

} // namespace flwr
