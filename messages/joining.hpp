/// What a server and a client tell each other before the first instruction (docs/protocol.md,
/// section 2).
#pragma once

#include "messages/types.hpp"

#include <string>

namespace flwr {

/// The server's words to a client that has just connected: which run this is, and where things are.
/// Nothing of it is trusted.
struct greeting {
  hash256 run{};
  content_id description, genesis;
  address contract{}; ///< 0 without a chain, as is the id.
  uint64_t chain_id = 0;
  std::string chain; ///< `embedded`, `external` or `none`.
  std::string ipfs;  ///< `embedded` or `external`.
  std::string http;  ///< The server's HTTP port as a URL of the host that was dialled; or "".
  std::string token; ///< Whoever bears it may write to the server's store.
  hash256 nonce{};   ///< What the client signs, so that its proof is fresh.

  friend bool operator==(const greeting&, const greeting&) = default;
};

/// A client's proof that it holds the key of an address: its signature of
/// Join(run, client, nonce).
struct join_proof {
  client_id client{};
  address key{};
  signature_bytes signature{};

  friend bool operator==(const join_proof&, const join_proof&) = default;
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::greeting)
FLWR_LOCAL_MESSAGE(flwr::join_proof)
