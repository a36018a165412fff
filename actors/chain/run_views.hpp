/// The questions that contracts/FederatedRun.sol answers: calldata for `eth_call`, and what comes
/// back. Answers come from a node, which isn't trusted: they are read strictly. All pure; any
/// thread.
#pragma once

#include "actors/chain/run_contract.hpp"

#include <string_view>
#include <vector>

namespace flwr {

/// The codecs of a run's content ids.
struct run_codecs {
  codec models = codec::raw;
  codec description = codec::raw;

  friend bool operator==(const run_codecs&, const run_codecs&) = default;
};

/// A view whose answer is an `Answer`.
template <class Answer>
struct run_view {
  std::string_view signature;
};

inline constexpr run_view<hash256> run_view_run{"run()"};
inline constexpr run_view<hash256> run_view_genesis{"genesis()"};
inline constexpr run_view<hash256> run_view_get_genesis{"getGenesis()"};
inline constexpr run_view<hash256> run_view_description{"getModelArchitecture()"};
inline constexpr run_view<hash256> run_view_salt{"salt()"};
inline constexpr run_view<run_codecs> run_view_codecs{"codecs()"};
inline constexpr run_view<address> run_view_standby{"standby()"};
inline constexpr run_view<chain_seconds> run_view_takeover_after{"takeoverAfter()"};
inline constexpr run_view<bool> run_view_open{"open()"};
inline constexpr run_view<uint64_t> run_view_start_block{"startBlock()"};
inline constexpr run_view<address> run_view_owner{"owner()"};
inline constexpr run_view<address> run_view_pending_owner{"pendingOwner()"};
inline constexpr run_view<address> run_view_aggregator{"aggregator()"};
inline constexpr run_view<uint64_t> run_view_committed{"committed()"};
inline constexpr run_view<uint64_t> run_view_current_round{"currentRound()"};
inline constexpr run_view<uint64_t> run_view_last_commit_block{"lastCommitBlock()"};
inline constexpr run_view<chain_seconds> run_view_last_commit_time{"lastCommitTime()"};
inline constexpr run_view<uint64_t> run_view_trainer_count{"trainerCount()"};

/// With a round: the model that it starts from; the updates submitted for it, and by whom.
inline constexpr run_view<hash256> run_view_global_model{"getGlobalmodel(uint256)"};
inline constexpr run_view<std::vector<hash256>> run_view_updates{"updates(uint256)"};
inline constexpr run_view<std::vector<address>> run_view_submitters{"submitters(uint256)"};

/// With an address: whether it is a trainer's.
inline constexpr run_view<bool> run_view_is_trainer{"isTrainer(address)"};

/// With a round and an address: its update's digest, zero for none.
inline constexpr run_view<hash256> run_view_update_of{"updateOf(uint256,address)"};

/// The calldata of a question. Its arguments, if any, are what the view's comment says.
bytes question(std::string_view signature);
bytes question(std::string_view signature, uint64_t round);
bytes question(std::string_view signature, const address& who);
bytes question(std::string_view signature, uint64_t round, const address& who);

template <class Answer, class... Arguments>
bytes calldata_of(const run_view<Answer>& view, const Arguments&... arguments) {
  return question(view.signature, arguments...);
}

/// The answer in the bytes that a call returned. Nothing may follow it.
/// @errors  corrupt -- another length, or a value out of its type's range; says which view.
expected<bool> answer_in(const run_view<bool>&, std::span<const uint8_t>);
expected<uint64_t> answer_in(const run_view<uint64_t>&, std::span<const uint8_t>);
expected<chain_seconds> answer_in(const run_view<chain_seconds>&, std::span<const uint8_t>);
expected<address> answer_in(const run_view<address>&, std::span<const uint8_t>);
expected<hash256> answer_in(const run_view<hash256>&, std::span<const uint8_t>);
expected<run_codecs> answer_in(const run_view<run_codecs>&, std::span<const uint8_t>);
expected<std::vector<hash256>> answer_in(const run_view<std::vector<hash256>>&,
                                         std::span<const uint8_t>);
expected<std::vector<address>> answer_in(const run_view<std::vector<address>>&,
                                         std::span<const uint8_t>);

} // namespace flwr
