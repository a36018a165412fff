#pragma once

#include "actors/chain/stored_block.hpp"
#include "actors/runtime/journal_file.hpp"
#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <filesystem>
#include <functional>
#include <map>

namespace flwr {

/// Its chain id, by EIP-155: "flwr".
inline constexpr uint64_t embedded_chain_id = 0x666c7772;

/// What an embedded ledger begins with.
struct ledger_genesis {
  uint64_t chain_id = embedded_chain_id;
  std::map<address, u256> funded; ///< In wei.
  uint64_t timestamp = 0;         ///< Seconds since 1970.

  friend bool operator==(const ledger_genesis&, const ledger_genesis&) = default;
};

/// The blocks of an embedded ledger in one file, `ledger.sqlite`, which is built like a run's
/// journal: docs/formats.md. Threads and errors are those of journal_file.
class ledger_file {
public:
  /// @errors  usage -- there is one already.
  static expected<ledger_file> create(const std::filesystem::path& folder, const ledger_genesis&);

  /// @errors  missing -- there is none; corrupt -- it is damaged, or no ledger.
  static expected<ledger_file> open(const std::filesystem::path& folder, journal_access);

  const ledger_genesis& genesis() const { return genesis_; }

  /// Writes a block down. When it returns the block survives a crash of the machine; on an error
  /// it isn't there, but after `io` a later opening may find it.
  expected<void> append(const stored_block&);

  /// Calls `take` for each block in order, until it fails.
  /// @errors  corrupt -- a record isn't a block; what `take` answers; both with the file and the
  ///          block's number before them.
  expected<void> for_each(const std::function<expected<void>(const stored_block&)>& take) const;

private:
  ledger_file(std::filesystem::path, ledger_genesis, journal_file);

  std::filesystem::path path_;
  ledger_genesis genesis_;
  journal_file journal_;
};

} // namespace flwr
