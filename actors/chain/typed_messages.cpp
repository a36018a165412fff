#include "actors/chain/typed_messages.hpp"

#include "actors/chain/abi_words.hpp"
#include "actors/chain/eip712.hpp"
#include "actors/hash/keccak256.hpp"

namespace flwr {
namespace {

template <class... Words>
hash256 struct_hash(const Words&... words) {
  bytes data;
  append_words(data, words...);
  return keccak256(data);
}

} // namespace

hash256 run_domain(uint64_t chain_id, const address& contract) {
  return domain_separator({"flwr-actor", "1", chain_id, contract, {}});
}

hash256 digest_of(const join_statement& join, const hash256& domain) {
  static const auto type = keccak256("Join(bytes32 run,uint64 client,bytes nonce)");
  return typed_digest(domain,
                      struct_hash(type, join.run, uint64_t(join.client), keccak256(join.nonce)));
}

hash256 digest_of(const update_statement& update, const hash256& domain) {
  static const auto type =
    keccak256("Update(bytes32 run,uint64 round,uint64 client,bytes32 base,bytes32 model,"
              "uint64 numExamples,bytes32 metrics)");
  return typed_digest(domain,
                      struct_hash(type, update.run, update.round, uint64_t(update.client),
                                  update.base, update.model, update.num_examples, update.metrics));
}

} // namespace flwr
