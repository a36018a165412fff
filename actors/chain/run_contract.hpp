/// The calls of contracts/FederatedRun.sol, as transactions carry them. run_views.hpp asks the
/// contract; run_events.hpp reads what it said. All pure; any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <chrono>
#include <optional>
#include <span>

namespace flwr {

/// A time on a chain, which counts whole seconds and no negative ones.
using chain_seconds = std::chrono::duration<uint64_t>;

/// What a run is deployed with. The sender of the creation becomes the contract's owner.
struct run_terms {
  content_id genesis;             ///< The model that round 1 starts from.
  content_id description;         ///< The run description.
  hash256 salt{};                 ///< Random, so that a fresh development chain repeats no run.
  address aggregator{};           ///< Who commits rounds; not zero.
  address standby{};              ///< Who may take over; zero: nobody.
  chain_seconds takeover_after{}; ///< Without a commit, until the standby may; 0: never.
  bool open = false;              ///< Whether everybody may submit updates.

  friend bool operator==(const run_terms&, const run_terms&) = default;
};

/// What the aggregator says of a round. Models and bases are digests: their codec is the run's.
struct round_commitment {
  uint64_t round = 0;
  hash256 base{};         ///< The model of the round before.
  hash256 updates_root{}; ///< Of the tree over the counted updates; zero exactly for none.
  uint32_t updates = 0;   ///< How many were counted. With none the model is the base.
  content_id manifest;    ///< Of version 1 when it comes from the chain, which keeps none.
  hash256 model{};        ///< The global model after the round.

  friend bool operator==(const round_commitment&, const round_commitment&) = default;
};

/// What a trainer says of its update.
struct update_submission {
  uint64_t round = 0;
  hash256 base{};            ///< The model that it was given.
  hash256 model{};           ///< The trained one.
  uint64_t num_examples = 0; ///< At least 1.

  friend bool operator==(const update_submission&, const update_submission&) = default;
};

/// Most addresses of one `add_trainers_calldata`.
constexpr size_t trainers_per_call = 500;

/// How many rounds after the last committed one take updates.
constexpr uint64_t open_rounds = 8;

/// The codec of that number in the multicodec table, if the contract takes it.
std::optional<codec> run_codec(uint64_t number);

/// The data of the creation transaction: the committed bytecode and its arguments.
bytes deployment_data(const run_terms&);

/// The terms in the data of a creation transaction, which may have bytes behind its arguments, as
/// on every chain. The content ids are of version 1.
/// @errors  rejected -- the code is another contract's.
///          corrupt  -- an argument is short, dirty or out of its range.
expected<run_terms> deployment_in(std::span<const uint8_t> data);

/// The code that the contract has once it is deployed at `where` in block `number` at `time`.
/// @source  Solidity, "Contract metadata": immutables are filled in by the constructor.
bytes deployed_code(const run_terms&, const address& where, uint64_t chain_id, uint64_t number,
                    chain_seconds time);

/// The calldata of each function that changes something.
bytes commit_round_calldata(const round_commitment&);
bytes submit_update_calldata(const update_submission&);
bytes set_aggregator_calldata(const address&);
bytes take_over_calldata();
bytes transfer_ownership_calldata(const address&);
bytes accept_ownership_calldata();

/// @errors  usage -- more than `trainers_per_call`, or a zero among them.
expected<bytes> add_trainers_calldata(std::span<const address>);

} // namespace flwr
