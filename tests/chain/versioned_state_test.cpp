#include "actors/chain/versioned_state.hpp"

#include "actors/chain/rlp.hpp"
#include "actors/chain/words.hpp"
#include "actors/hash/keccak256.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;

namespace {

bytes hashed(std::span<const uint8_t> key) {
  auto hash = keccak256(key);
  return {hash.begin(), hash.end()};
}

/// The root from nothing but the definition.
hash256 plain_root(const embedded_state& state) {
  std::map<bytes, bytes> accounts;
  for (const auto& [who, account] : state) {
    std::map<bytes, bytes> slots;
    for (const auto& [slot, value] : account.storage)
      slots[hashed(to_word(slot))] = rlp_encode(value);
    if (account.nonce == 0 && account.balance == 0 && !account.code)
      continue;
    accounts[hashed(who)] = rlp_list{}
                              .add(account.nonce)
                              .add(account.balance)
                              .add(trie_root(slots))
                              .add(keccak256(account.code ? *account.code : bytes{}))
                              .encode();
  }
  return trie_root(accounts);
}

/// A change of few accounts and slots, so that the same ones come again. Accounts from 3 on are
/// contracts: the others have no storage, and sometimes nothing.
embedded_change any_change() {
  embedded_change change;
  for (auto who : *rc::gen::container<std::vector<uint8_t>>(2, rc::gen::inRange<uint8_t>(0, 6))) {
    auto& account = change[address{who}];
    account.balance = *rc::gen::inRange<uint64_t>(0, 3);
    account.nonce = *rc::gen::inRange<uint64_t>(0, 2);
    if (who < 3)
      continue;
    ++account.nonce;
    if (*rc::gen::inRange(0, 3) == 0)
      account.code = std::make_shared<const bytes>(*rc::gen::arbitrary<bytes>());
    for (auto slot : *rc::gen::container<std::vector<uint8_t>>(3, rc::gen::inRange<uint8_t>(0, 20)))
      account.storage[slot] = *rc::gen::inRange<uint64_t>(0, 3);
  }
  return change;
}

embedded_state first_state() {
  embedded_state state;
  state[address{1}].balance = 5;
  state[address{2}].nonce = 1;
  return state;
}

} // namespace

TEST_CASE("the state's root is that of the definition, after any changes") {
  rc::prop("apply, keep, drop", [] {
    versioned_state state{first_state()};
    RC_ASSERT(state.root() == plain_root(first_state()));
    for (int i = 0; i < 6; ++i) {
      state.apply(any_change());
      RC_ASSERT(state.root() == plain_root(state.now()));
      auto drops = *rc::gen::inRange(0, 3) == 0;
      drops ? state.drop() : state.keep();
      RC_ASSERT(state.root() == plain_root(state.now()));
    }
  });
}

TEST_CASE("the state of every block stays known, and what was dropped was never there") {
  rc::prop("at", [] {
    versioned_state state{first_state()};
    std::vector<hash256> roots{state.root()};
    for (int i = 0; i < 8; ++i) {
      state.apply(any_change());
      state.apply(any_change());
      if (*rc::gen::inRange(0, 3) == 0) {
        state.drop();
        RC_ASSERT(state.root() == roots.back());
        continue;
      }
      state.keep();
      roots.push_back(state.root());
    }
    for (size_t block = 0; block < roots.size(); ++block)
      RC_ASSERT(plain_root(state.at(block)) == roots[block]);
  });
}
