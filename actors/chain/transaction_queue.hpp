#pragma once

#include "actors/chain/embedded_state.hpp"
#include "actors/chain/transaction.hpp"
#include "messages/error.hpp"

#include <map>
#include <vector>

namespace flwr {

/// How many transactions of one account, and of all, may wait behind a missing nonce, and how many
/// may wait in all. The last is more than the second: gaps never keep out what can go on at once.
inline constexpr size_t max_gapped_per_account = 64, max_gapped = 1024, max_queued = 4096;

/// Sums of products of 256-bit numbers.
using wei_sum = boost::multiprecision::uint1024_t;

/// Transactions that wait for a block. One that has been taken can be executed once those with the
/// nonces before it have been: the account has enough for all of its own together. One thread at a
/// time. `state` is that of the newest block.
class transaction_queue {
public:
  /// Takes a transaction; one of the same account and nonce is replaced by a higher bid, at least
  /// 10 % above in both fees.
  /// @errors  rejected -- the nonce is used already, too little ether, too low a bid, or no room;
  ///          says so in geth's words, and with numbers.
  expected<void> add(signed_transaction, const embedded_state& state);

  /// The transaction if it waits. Valid until the next change.
  const signed_transaction* find(const tx_hash&) const;

  /// Whether its account's nonce, or queued transactions, lead up to it.
  bool is_ready(const signed_transaction&, const embedded_state& state) const;

  /// The nonce of the account's next transaction, those that are ready counted.
  uint64_t next_nonce(const address&, const embedded_state& state) const;

  /// All that are ready: by nonce within an account, else as they came.
  std::vector<const signed_transaction*> ready(const embedded_state& state) const;

  /// Forgets what has been executed, given the state afterwards.
  void forget_used(const embedded_state& state);

private:
  struct entry {
    signed_transaction tx;
    uint64_t arrival = 0;
    wei_sum cost; ///< At most.
  };
  using account_queue = std::map<uint64_t, entry>; // By nonce.

  expected<void> check_funds(const signed_transaction&, const embedded_state&) const;
  expected<void> check_bid(const signed_transaction&) const;
  expected<void> check_room(const signed_transaction&, const embedded_state&) const;
  size_t gapped_of(const address&, const embedded_state&) const;
  size_t gapped(const embedded_state&) const;
  const entry* same_nonce(const signed_transaction&) const;

  std::map<address, account_queue> accounts_; // None is empty.
  std::map<tx_hash, std::pair<address, uint64_t>> places_;
  uint64_t arrivals_ = 0;
};

} // namespace flwr
