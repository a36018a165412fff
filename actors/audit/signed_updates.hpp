/// Signed updates: what a client says of its work in a round, and whose word it is
/// (docs/protocol.md, section 3). All pure; any thread; a few hashes and at most one operation of
/// the curve a call.
#pragma once

#include "actors/chain/account.hpp"
#include "actors/chain/typed_messages.hpp"
#include "messages/parameters.hpp"
#include "messages/rounds.hpp"

namespace flwr {

/// What every signature of a run names. Compute it once.
struct run_identity {
  hash256 run{};    ///< By `run_id`.
  hash256 domain{}; ///< By `run_domain`.

  friend bool operator==(const run_identity&, const run_identity&) = default;
};

/// @param chain_id  0 without a chain, as is `contract`.
run_identity identity_of(uint64_t chain_id, const address& contract, const content_id& genesis,
                         const content_id& description, const hash256& salt);

/// What `client` signs about its update of a round.
/// @errors  rejected -- `num_examples` is negative, or a name or text of the metrics isn't ASCII.
expected<update_statement> statement_of(const run_identity&, uint64_t round, client_id client,
                                        const content_id& base, const counted& update);
expected<update_statement> statement_of(const run_identity&, client_id client, const fit_res&);

/// The client's signature for its answer, whose own client, signer and signature count for nothing.
/// The same answer and key give the same bytes.
/// @errors  as `statement_of`
expected<signature_bytes> sign_update(const fit_res&, client_id client, const run_identity&,
                                      const signing_key&);

/// The address whose key made the signature. Any 65 bytes may be somebody's: compare it with the
/// address that is bound to the client.
/// @errors  rejected -- the signature is nobody's, or as `statement_of`.
expected<address> signer_of(const update_statement&, const signature_bytes&, const run_identity&);
expected<address> signer_of(const fit_res&, client_id client, const run_identity&);

} // namespace flwr
