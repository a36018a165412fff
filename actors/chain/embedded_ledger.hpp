#pragma once

#include "actors/chain/block_index.hpp"
#include "actors/chain/ledger_file.hpp"
#include "actors/chain/run_contract.hpp"
#include "actors/chain/transaction_queue.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace flwr {

/// Where a transaction stands.
enum class tx_standing {
  unknown,
  gapped, ///< Waits for one with a nonce before it.
  ready,  ///< Waits for the next block that has room.
  sealed, ///< Is in a block.
};

/// An Ethereum chain in one file, by the rules of Shanghai: accounts, and contracts of one kind
/// only. Blocks are made on request, from signed transactions; there is no base fee.
///
/// @threads  One at a time; movable. One writer and any number of read-only openings, each of which
///           stays at the blocks that it found.
class embedded_ledger {
public:
  /// Makes a new chain, durably.
  /// @errors  usage -- the folder has one already; no_space, io.
  static expected<embedded_ledger> create(const std::filesystem::path& folder,
                                          const ledger_genesis&);

  /// Opens a chain and executes all of it again.
  /// @errors  missing -- there is none; corrupt -- it is damaged, or a block isn't what comes of
  ///          its transactions: names block and field; no_space, io.
  static expected<embedded_ledger> open(const std::filesystem::path& folder, journal_access);

  const ledger_genesis& genesis() const { return file_.genesis(); }

  /// Takes a signed transaction for one of the next blocks; one that is known is fine.
  /// @errors  rejected -- no transaction, of nobody, for another chain, no block could ever take
  ///          it, the queue won't, or it creates another contract than FederatedRun. Nothing is
  ///          changed. The words are geth's where it has some: "nonce too low", ...
  expected<tx_hash> submit(std::span<const uint8_t> raw);

  tx_standing standing(const tx_hash&) const;

  /// How many transactions are ready.
  size_t ready_count() const;

  /// Makes a block of what is ready and fits, and writes it down; nothing to do: no block. Its time
  /// is `now`, but always later than its parent's.
  /// @errors  no_space, io, timeout, corrupt -- the file's, `io` if it was opened to read only; the
  ///          chain is as before and the transactions wait on.
  expected<std::optional<block_facts>> seal(chain_seconds now);

  /// The blocks, what became of transactions, and logs.
  const block_index& blocks() const { return blocks_; }

  /// The nonce of the account's next transaction, those that are ready counted.
  uint64_t nonce(const address&) const;

  /// What a contract answers at the end of a block, with 50,000,000 gas at most. Where no contract
  /// is, the answer has no bytes.
  /// @errors  rejected -- it reverts: the words of refusal_in; or it would create a contract.
  ///          missing -- there is no such block yet.
  expected<bytes> call(const call_request&) const;

  /// The account at the end of a block; one that has nothing, where there is none.
  /// @errors  missing -- there is no such block yet.
  expected<embedded_account> account(const address&, uint64_t block_number) const;

  /// What would come of a message after a block, with so much gas: nonce, intrinsic gas and the
  /// price of gas count for nothing. Without `to` it creates a contract.
  /// @errors  missing -- there is no such block yet; rejected -- it creates another contract, or
  ///          sends more than its sender has.
  expected<embedded_outcome> trial(const call_request&, uint64_t gas) const;

private:
  explicit embedded_ledger(ledger_file);

  expected<const sealed_block*> block_of(uint64_t number) const;
  template <class Use>
  auto with_state(const sealed_block&, Use) const;

  expected<void> check(const signed_transaction&) const;
  expected<void> replay(const stored_block&);
  void adopt(sealed_block);

  ledger_file file_;
  versioned_state state_;
  block_index blocks_;
  transaction_queue queue_;
};

} // namespace flwr
