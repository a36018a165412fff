#include "actors/chain/run_contract.hpp"

#include "actors/chain/abi_words.hpp"
#include "actors/chain/run_contract_code.hpp"
#include "actors/hash/keccak256.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr size_t argument_bytes = size_t{8} * 32;

template <class... Values>
bytes calldata(std::string_view signature, const Values&... values) {
  auto first = selector_of(signature);
  bytes data{first.begin(), first.end()};
  if constexpr (sizeof...(values) > 0)
    append_words(data, values...);
  return data;
}

uint64_t codecs_of(const run_terms& terms) {
  return uint64_t(terms.genesis.encoding) << 8 | uint64_t(terms.description.encoding);
}

bytes arguments_of(const run_terms& terms) {
  bytes words;
  append_words(words, terms.genesis.digest, terms.description.digest, terms.salt, codecs_of(terms),
               terms.aggregator, terms.standby, terms.takeover_after.count(), uint64_t{terms.open});
  return words;
}

std::optional<run_terms> terms_in(std::span<const uint8_t> words) {
  auto genesis = read_hash256(words);
  auto description = read_hash256(words);
  auto salt = read_hash256(words);
  auto codecs = read_uint64(words, UINT16_MAX);
  auto aggregator = read_address(words);
  auto standby = read_address(words);
  auto takeover_after = read_uint64(words);
  auto open = read_bool(words);
  if (!(genesis && description && salt && codecs && aggregator && standby && takeover_after
        && open))
    return std::nullopt;
  auto models = run_codec(*codecs >> 8);
  auto text = run_codec(*codecs & 0xff);
  if (!models || !text)
    return std::nullopt;
  return run_terms{{*genesis, *models, 1},
                   {*description, *text, 1},
                   *salt,
                   *aggregator,
                   *standby,
                   chain_seconds{*takeover_after},
                   *open};
}

/// The word that the constructor puts into the code for an immutable.
hash256 immutable_word(std::string_view name, const run_terms& terms, const hash256& run,
                       uint64_t number, chain_seconds time) {
  if (name == "run")
    return run;
  if (name == "genesis")
    return terms.genesis.digest;
  if (name == "getModelArchitecture")
    return terms.description.digest;
  if (name == "salt")
    return terms.salt;
  if (name == "codecs")
    return abi_word(codecs_of(terms));
  if (name == "standby")
    return abi_word(terms.standby);
  if (name == "takeoverAfter")
    return abi_word(terms.takeover_after.count());
  if (name == "open")
    return abi_word(uint64_t{terms.open});
  return abi_word(name == "startBlock" ? number : time.count());
}

} // namespace

std::optional<codec> run_codec(uint64_t number) {
  if (number == uint64_t(codec::raw) || number == uint64_t(codec::dag_pb))
    return static_cast<codec>(number);
  return std::nullopt;
}

bytes deployment_data(const run_terms& terms) {
  auto code = run_creation_code();
  auto arguments = arguments_of(terms);
  bytes data{code.begin(), code.end()};
  data.insert(data.end(), arguments.begin(), arguments.end());
  return data;
}

expected<run_terms> deployment_in(std::span<const uint8_t> data) {
  auto code = run_creation_code();
  if (data.size() < code.size() || !std::ranges::equal(data.first(code.size()), code))
    return make_error(ec::rejected,
                      "the created contract isn't this version's FederatedRun: its code differs");
  auto terms = terms_in(data.subspan(code.size()));
  if (!terms)
    return make_error(ec::corrupt,
                      "the arguments of FederatedRun's creation are no "
                        + std::to_string(argument_bytes)
                        + " bytes of good values: one is short, dirty or out of range");
  return *terms;
}

bytes deployed_code(const run_terms& terms, const address& where, uint64_t chain_id,
                    uint64_t number, chain_seconds time) {
  bytes words;
  append_words(words, chain_id, where, terms.genesis.digest, terms.description.digest, terms.salt);
  auto run = keccak256(words);
  auto blank = run_runtime_code();
  bytes code{blank.begin(), blank.end()};
  for (const auto& [name, offset] : run_immutables())
    std::ranges::copy(immutable_word(name, terms, run, number, time),
                      code.begin() + static_cast<ptrdiff_t>(offset));
  return code;
}

bytes commit_round_calldata(const round_commitment& round) {
  return calldata("commitRound(uint64,bytes32,bytes32,uint32,bytes32,uint8,bytes32)", round.round,
                  round.base, round.updates_root, uint64_t{round.updates}, round.manifest.digest,
                  uint64_t(round.manifest.encoding), round.model);
}

bytes submit_update_calldata(const update_submission& update) {
  return calldata("submitUpdate(uint64,bytes32,bytes32,uint64)", update.round, update.base,
                  update.model, update.num_examples);
}

expected<bytes> add_trainers_calldata(std::span<const address> trainers) {
  if (trainers.size() > trainers_per_call)
    return make_error(ec::usage, std::to_string(trainers.size())
                                   + " trainers in one call, which "
                                     "takes "
                                   + std::to_string(trainers_per_call) + ": split them");
  if (std::ranges::find(trainers, address{}) != trainers.end())
    return make_error(ec::usage, "the zero address can't be a trainer");
  auto data = calldata("addTrainers(address[])", uint64_t{32}, uint64_t{trainers.size()});
  for (const auto& each : trainers)
    append_words(data, each);
  return data;
}

bytes set_aggregator_calldata(const address& who) {
  return calldata("setAggregator(address)", who);
}

bytes take_over_calldata() { return calldata("takeOver()"); }

bytes transfer_ownership_calldata(const address& who) {
  return calldata("transferOwnership(address)", who);
}

bytes accept_ownership_calldata() { return calldata("acceptOwnership()"); }

} // namespace flwr
