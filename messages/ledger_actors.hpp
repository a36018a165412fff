/// The org chart, second page: the actors of the ledger. Errors as on the first one.
#pragma once

#include "messages/atoms.hpp"
#include "messages/ledger.hpp"
#include "messages/parameters.hpp"

#include <optional>
#include <vector>

namespace flwr {

/// Whoever follows a CHAIN hears of each new newest block, in order of their coming.
using head_listener_actor = caf::typed_actor<on<void, atom::head, block_ref>>;

/// The CHAIN is an Ethereum node: EMBEDDED CHAIN in this process, or one behind JSON-RPC. One
/// attempt per request. Errors of all: unreachable, timeout, io, corrupt (the node breaks the
/// protocol).
using chain_actor = caf::typed_actor<
  on<uint64_t, atom::chain_id>,
  // The newest block.
  on<block_facts, atom::head>,
  // Errors: missing (no such block).
  on<block_facts, atom::block, uint64_t>,
  // Sends `head` at once and at every new newest block, until the listener has gone.
  on<void, atom::follow, head_listener_actor>,
  // The nonce of the account's next transaction, those that wait for a block counted.
  on<uint64_t, atom::nonce, address>,
  // What transactions have to pay.
  on<fee_terms, atom::fees>,
  // Takes a signed transaction; the same again is fine. Errors: rejected (the words say why).
  on<tx_hash, atom::send, bytes>,
  // Nothing while it is in no block.
  on<std::optional<receipt>, atom::receipt, tx_hash>,
  on<std::optional<placed_transaction>, atom::transaction, tx_hash>,
  // What the contract answers. Errors: rejected (it reverts; the words say why), missing (block).
  on<bytes, atom::call, call_request>,
  // In order of their places.
  on<std::vector<placed_log>, atom::logs, log_query>>;

/// The TX SENDER owns an account and its nonce; whoever wants something on chain asks it.
using tx_sender_actor = caf::typed_actor<
  // Journals, signs and sends, in the order of the requests; answers when it is confirmed.
  // Errors: rejected (it reverted or the chain won't have it), exhausted, no_space, io.
  on<receipt, atom::submit, tx_request>>;

/// The CHAIN WATCHER follows the heads and knows what is confirmed.
using chain_watcher_actor = caf::typed_actor<
  // Answers when the transaction's block is as deep as was configured. Errors: timeout.
  on<receipt, atom::confirm, tx_hash>,
  // From the CHAIN.
  on<void, atom::head, block_ref>>;

/// The WATCHTOWER of a process of clients holds each commit against what they were given and have
/// signed; the REPORTER hears what doesn't agree.
using watchtower_actor = caf::typed_actor<
  // From a CLIENT: this is the round's global model, as it was told.
  on<void, atom::given, client_id, uint64_t, content_id>,
  // From a CLIENT: its signed update, without tensors.
  on<void, atom::fit, fit_res>,
  // The run is over: answers when the rounds that clients have signed for are checked, or can't be.
  on<void, atom::finish>,
  // From the CHAIN.
  on<void, atom::head, block_ref>>;

} // namespace flwr
