/// The two messages that a participant signs, as EIP-712 typed data (docs/protocol.md, sections 2
/// and 3).
#pragma once

#include "messages/types.hpp"

namespace flwr {

/// `Join(bytes32 run,uint64 client,bytes nonce)`: who joins a run holds the key of its client id.
struct join_statement {
  hash256 run{};
  client_id client{};
  bytes nonce; ///< The server's, so that an old proof is worth nothing.
};

/// `Update(bytes32 run,uint64 round,uint64 client,bytes32 base,bytes32 model,uint64 numExamples,
/// bytes32 metrics)`: what a client made of a round.
struct update_statement {
  hash256 run{};
  uint64_t round = 0;
  client_id client{};
  hash256 base{};  ///< Digest of the content id of the model that training started from.
  hash256 model{}; ///< Digest of the content id of the trained one.
  uint64_t num_examples = 0;
  hash256 metrics{}; ///< Keccak-256 of the metrics as canonical JSON; of `{}` without any.
};

/// The domain separator of {name "flwr-actor", version "1", chainId, verifyingContract}: 0 and 0
/// without a chain. One for a whole run: compute it once.
hash256 run_domain(uint64_t chain_id, const address& contract);

/// What is signed: the statement's digest in the domain of its run. Pure; any thread; three hashes
/// of less than a page.
hash256 digest_of(const join_statement&, const hash256& domain);
hash256 digest_of(const update_statement&, const hash256& domain);

} // namespace flwr
