/// The org chart: every typed handle, one comment per clause. Those of the ledger have a page of
/// their own.
///
/// Errors that any request may bring besides the ones named: caf::sec::request_timeout and
/// caf::sec::request_receiver_down (see `is_transient`), and `stopped` while the run ends.
#pragma once

#include "messages/atoms.hpp"
#include "messages/error.hpp"
#include "messages/events.hpp"
#include "messages/joining.hpp"
#include "messages/journal.hpp"
#include "messages/ledger_actors.hpp"
#include "messages/parameters.hpp"
#include "messages/rounds.hpp"
#include "messages/types.hpp"

#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

FLWR_LOCAL_MESSAGE(std::stop_token)

namespace flwr {

// -- the house -----------------------------------------------------------------------------------

/// The SUPERVISOR watches the cast and ends it in order.
using supervisor_actor = caf::typed_actor<
  // From the ROUND COORDINATOR: the run is over.
  on<void, atom::over, run_outcome>,
  // From outside: stop now.
  on<void, atom::stop>>;

/// The REPORTER owns the history files and what people see.
using reporter_actor = caf::typed_actor<
  // Notes a fact.
  on<void, event::any>,
  // Writes the history for the last time and says the last words. Errors: no_space, io.
  on<void, atom::finish, run_outcome>>;

// -- storage -------------------------------------------------------------------------------------

/// The BLOB STORE keeps immutable blobs under the hash of their content. One attempt per request:
/// retrying belongs to the IPFS UPLOADER and the IPFS FETCHER.
using blob_store_actor = caf::typed_actor<
  // Stores the blob; idempotent. Readable at once, durable after the next `pin`.
  // Errors: unreachable, timeout, rejected, no_space, io.
  on<content_id, atom::put, blob_ptr>,
  // Loads a blob of at most so many bytes; every block is hashed again.
  // Errors: as above, plus missing, corrupt.
  on<blob_ptr, atom::fetch, content_id, uint64_t>,
  // Answers when these blobs, stored before, are durable and safe from collection.
  on<void, atom::pin, std::vector<content_id>>>;

/// The IPFS UPLOADER gets a blob into the BLOB STORE, however often that takes.
using ipfs_uploader_actor = caf::typed_actor<
  // Errors: exhausted (retry budget spent), rejected (no blob), or the store's permanent error.
  on<content_id, atom::upload, blob_ptr>,
  // As the store's, with retries.
  on<void, atom::pin, std::vector<content_id>>>;

/// The IPFS FETCHER gets a blob out of the BLOB STORE: one fetch per content id in flight.
using ipfs_fetcher_actor = caf::typed_actor<
  // Loads a blob of at most so many bytes.
  // Errors: exhausted, or the store's permanent error.
  on<blob_ptr, atom::fetch, content_id, uint64_t>,
  // Holds the global model, and the one before it, in memory.
  on<void, atom::keep, content_id, blob_ptr>>;

/// The JOURNAL writes down what a restarted server must know.
using journal_actor = caf::typed_actor<
  // Answers when the entries are durable, in the order of the requests. Errors: no_space, io.
  on<void, atom::append, journal_entry>>;

// -- clients -------------------------------------------------------------------------------------

/// A TRAINER runs a learner, one job at a time, on a thread of its own.
using trainer_actor = caf::typed_actor<
  // Errors: the learner's; rejected (it threw, or gave no usable answer); stopped.
  on<fit_res, atom::fit, fit_ins, std::stop_token>,
  on<evaluate_res, atom::evaluate, evaluate_ins, std::stop_token>>;

/// The TRAINER POOL lends its TRAINERS. Whoever asks waits as long as that takes.
using trainer_pool_actor = caf::typed_actor<
  // Errors: the trainer's.
  on<fit_res, atom::fit, fit_ins>, on<evaluate_res, atom::evaluate, evaluate_ins>,
  // Nobody waits for this client's part in the phase of the round any more.
  on<void, atom::cancel, client_id, phase_kind, uint64_t>>;

/// A CLIENT trains and tests on its own data: an actor in this process, or a JOIN SESSION that
/// relays to one.
using client_actor = caf::typed_actor<
  // Errors: unreachable, rejected (it refuses), corrupt (unusable answer), stopped.
  on<fit_res, atom::fit, fit_ins>, on<evaluate_res, atom::evaluate, evaluate_ins>,
  // The answer to this phase of the round isn't needed any more.
  on<void, atom::cancel, phase_kind, uint64_t>>;

/// A CLIENT PROXY guards one client id and outlives its connections. It tells whoever instructs it
/// `sent` when the instruction leaves, and later one of fit_res, evaluate_res or failed.
using client_proxy_actor = caf::typed_actor<
  // Queues an instruction: one is out at a time.
  on<void, atom::fit, fit_ins>, on<void, atom::evaluate, evaluate_ins>,
  // Nobody waits for this phase of the round any more.
  on<void, atom::cancel, phase_kind, uint64_t>,
  // The client is here, for the first time or again.
  on<void, atom::joined, client_actor>>;

/// The ANSWER KEEPER remembers, through restarts, what clients have signed.
using answer_keeper_actor = caf::typed_actor<
  // Answers when the answer is durable: before anybody else hears of it. Errors: no_space, io.
  on<void, atom::keep, client_id, fit_res>,
  // The run is over for this client: it may sign for another.
  on<void, atom::finish, client_id>>;

/// A client's part in a run: who answers for it, and its proof that it may.
struct seat {
  client_actor client;
  join_proof proof;
  layout_ptr layout;         ///< The run's.
  bool with_tensors = false; ///< The run's exchange is `inline`.
};

/// The CLIENT HOST keeps what the clients of one process share: the run's description, the data,
/// the trainers.
using client_host_actor = caf::typed_actor<
  // The supervisor hears when all clients have left.
  on<void, atom::start, supervisor_actor>,
  // From a JOIN CLIENT: a server has greeted this client. The first time this loads the data.
  // Errors: rejected, usage (this client can't take part in such a run), corrupt, or the store's.
  on<seat, atom::greet, client_id, greeting>,
  // From a JOIN CLIENT: it has left; an empty error after the server's goodbye.
  on<void, atom::left, client_id, caf::error>>;

/// Who was sampled, in ascending order of ids, and how many could have been.
struct cohort {
  std::vector<std::pair<client_id, client_proxy_actor>> members;
  uint64_t available = 0;
};

// -- rounds --------------------------------------------------------------------------------------

/// The ROUND COORDINATOR runs the rounds. It owns the one deadline timer of a round.
using round_coordinator_actor = caf::typed_actor<
  // Begins round 1 as soon as the CLIENT MANAGER is ready; the supervisor hears when it is over.
  on<void, atom::start, supervisor_actor>,
  // From the CLIENT MANAGER: enough clients are here for another round.
  on<void, atom::ready>,
  // From the CLIENT MANAGER, the BLOB STORE and the HTTP port: the run can't go on.
  on<void, atom::failed, caf::error>,
  // From a CLIENT PROXY: the instruction has left, or waits for a client that is late already.
  on<void, atom::sent, client_id, phase_kind, uint64_t>,
  // From a CLIENT PROXY: an answer whose client, round, base and range are right.
  on<void, fit_res>, on<void, evaluate_res>,
  // From a CLIENT PROXY: there will be no such answer.
  on<void, atom::failed, failure>>;

/// The CLIENT MANAGER knows who has joined, and samples among everybody who ever has.
using client_manager_actor = caf::typed_actor<
  // A client is here, and this is its key's address; bound for good, durably, at the first time.
  // Errors: rejected (no such client id, held by another key, or the key holds another id).
  on<void, atom::joined, client_id, address, client_actor>,
  // A Flower client that isn't ours is here, without a key. Answers its client id, from 2^32.
  on<client_id, atom::joined, client_actor>,
  // From a CLIENT PROXY: its client is here, for the first time or again; its connection is lost.
  on<void, atom::joined, client_id>, on<void, atom::left, client_id>,
  // Tells the coordinator `ready` once, when enough clients are here, or `failed`.
  on<void, atom::await, round_coordinator_actor>,
  // Whom to ask.
  on<cohort, atom::sample, sample_request>>;

/// The AGGREGATOR folds updates into exact running sums as they come; one round at a time.
using aggregator_actor = caf::typed_actor<
  // Starts a round. Forgets the one before.
  on<void, atom::begin, uint64_t>,
  // Adds an update, or refuses it whole. Errors: rejected (range, round), corrupt (layout, values).
  on<void, atom::fold, fit_res>,
  // The average of what was folded. Errors: rejected (nothing was).
  on<parameters_ptr, atom::finish, uint64_t>>;

/// The RECORDER is the notary: store, commit, confirm as one request.
using recorder_actor = caf::typed_actor<
  // Deploys the contract, if there is a chain. Before any round.
  on<void, atom::begin>,
  // In the order of the rounds; a commit needn't wait for the one before.
  // Errors of both: no_space, io, exhausted, rejected; the run can't go on after any.
  on<recorded, atom::record, round_record>>;

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::cohort)
FLWR_LOCAL_MESSAGE(flwr::seat)
