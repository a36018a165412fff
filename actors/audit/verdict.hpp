/// What `verify` says of a run: pure values. verdict_text.hpp renders them.
#pragma once

#include "messages/ledger.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace flwr {

enum class verdict : uint8_t {
  proven,  ///< Everything that can be proven is.
  missing, ///< Nothing is wrong, but something can't be had.
  wrong,   ///< Something differs from what it has to be.
};

/// Something that keeps a run, or a round of it, from being proven.
struct finding {
  verdict kind = verdict::wrong; ///< Or `missing`.
  std::optional<uint64_t> round;
  std::optional<client_id> client;
  std::string what;               ///< "signature", "update", "receipt".
  std::string expected;           ///< What it has to be; empty if it is missing.
  std::string given;              ///< What it is; if it is missing, why.
  std::optional<content_id> blob; ///< Which blob is missing.

  friend bool operator==(const finding&, const finding&) = default;
};

/// One committed round.
struct round_report {
  uint64_t round = 0;
  content_id model; ///< The global model that the chain has.
  uint64_t updates = 0;
  tx_hash transaction{}; ///< Of the commit.
  uint64_t block_number = 0;
  address aggregator{};                   ///< Who committed it.
  std::vector<client_id> refused, silent; ///< As the manifest claims.
  bool sampling_proven = false;           ///< Whether the invited are whom the seed chooses.
  std::vector<finding> findings;
};

/// A run as of one block.
struct run_report {
  uint64_t chain_id = 0;
  address contract{};
  hash256 run{};
  block_ref head;
  address aggregator{};          ///< Whom the contract was created with.
  bool open = false;             ///< Whether anybody may be a trainer.
  std::vector<finding> findings; ///< Of the run as a whole.
  std::vector<round_report> rounds;
  std::vector<std::string> notes; ///< What no verdict depends on, and people want to know.
};

/// The worst of them.
verdict verdict_of(std::span<const finding>);
verdict verdict_of(const run_report&);

/// What a report's verdict is about: the first thing that is wrong, or else the first one missing.
/// Null if all is proven.
const finding* cause_of(const run_report&);

} // namespace flwr
