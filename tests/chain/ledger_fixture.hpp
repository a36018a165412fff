/// A small embedded ledger and who uses it, for the tests of the ledger and of the CHAIN around it.
#pragma once

#include "actors/chain/address.hpp"
#include "actors/chain/embedded_ledger.hpp"
#include "actors/chain/hd_wallet.hpp"
#include "tests/runtime/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace flwr::test {

/// A key of the public development mnemonic. Key 0 is everybody's owner and aggregator here.
inline signing_key_ptr dev_key(unsigned number) {
  static std::map<unsigned, signing_key_ptr> known;
  auto& key = known[number];
  if (!key)
    key = *account_of("test test test test test test test test test test test junk", "",
                      "m/44'/60'/0'/0/" + std::to_string(number));
  return key;
}

inline hash256 filled(uint8_t byte) {
  hash256 digest;
  digest.fill(byte);
  return digest;
}

inline const u256 ether{"1000000000000000000"};
inline constexpr uint64_t genesis_time = 1'700'000'000;

/// Keys 0 and 1 have a million ether, the others nothing.
inline ledger_genesis usual_genesis() {
  ledger_genesis genesis;
  genesis.funded = {{dev_key(0)->address(), 1'000'000 * ether},
                    {dev_key(1)->address(), 1'000'000 * ether}};
  genesis.timestamp = genesis_time;
  return genesis;
}

/// Key 0 aggregates, key 2 stands by.
inline run_terms usual_terms() {
  return {{filled(0x11), codec::dag_pb, 1},
          {filled(0x22), codec::raw, 1},
          filled(0x33),
          dev_key(0)->address(),
          dev_key(2)->address(),
          chain_seconds{100},
          false};
}

/// A call, or a creation, for nothing.
inline transaction new_transaction(uint64_t nonce, std::optional<address> to, bytes data) {
  transaction tx;
  tx.chain_id = usual_genesis().chain_id;
  tx.nonce = nonce;
  tx.gas_limit = to ? 200'000 : 2'000'000;
  tx.to = to;
  tx.data = std::move(data);
  return tx;
}

inline signed_transaction deployment(uint64_t nonce = 0) {
  return sign(new_transaction(nonce, std::nullopt, deployment_data(usual_terms())), *dev_key(0));
}

/// Where `deployment()` puts the contract.
inline address contract_address(uint64_t nonce = 0) {
  return create_address(dev_key(0)->address(), nonce);
}

/// The model after a round; after round 0 the genesis model.
inline hash256 model_after(uint64_t round) {
  return filled(static_cast<uint8_t>(0x11 + round % 200));
}

inline round_commitment commitment_of(uint64_t round) {
  return {round, model_after(round - 1), filled(0x44), 2, {filled(0x55)}, model_after(round)};
}

/// The commit of a round by key 0, which deployed with nonce 0.
inline signed_transaction commit_of(uint64_t round) {
  return sign(
    new_transaction(round, contract_address(), commit_round_calldata(commitment_of(round))),
    *dev_key(0));
}

/// An empty call to nobody.
inline signed_transaction plain_call(unsigned key, uint64_t nonce) {
  return sign(new_transaction(nonce, address{1}, {}), *dev_key(key));
}

struct ledger_fixture {
  ledger_fixture() {
    auto made = embedded_ledger::create(directory.path(), usual_genesis());
    REQUIRE(made);
    ledger = std::make_shared<embedded_ledger>(std::move(*made));
  }

  /// Takes it, or says why not.
  std::string refusal_of(std::span<const uint8_t> raw) {
    auto taken = ledger->submit(raw);
    if (taken)
      return "taken";
    CHECK(taken.error() == ec::rejected);
    return render(taken.error());
  }
  std::string refusal_of(const signed_transaction& tx) { return refusal_of(tx.raw); }
  std::string refusal_of(const transaction& tx, unsigned key = 0) {
    return refusal_of(sign(tx, *dev_key(key)));
  }

  void take(const signed_transaction& tx) { REQUIRE(ledger->submit(tx.raw) == tx.hash); }

  /// The block made of all that is ready.
  const sealed_block& sealed() {
    auto block = ledger->seal(now);
    REQUIRE(block);
    REQUIRE(*block);
    return ledger->blocks().head();
  }

  /// Takes it into a block of its own.
  receipt executed(const signed_transaction& tx) {
    take(tx);
    return sealed().receipts.back();
  }

  /// Opens the file anew.
  expected<embedded_ledger> reopened(journal_access access = journal_access::read_only) const {
    return embedded_ledger::open(directory.path(), access);
  }

  temporary_directory directory;
  std::shared_ptr<embedded_ledger> ledger;
  chain_seconds now{genesis_time};
};

} // namespace flwr::test
