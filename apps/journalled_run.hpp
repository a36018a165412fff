/// What a run's journal says of its place on a ledger: what `verify` holds against the ledger.
#pragma once

#include "actors/audit/verdict.hpp"
#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/run_directory.hpp"
#include "messages/error.hpp"

#include <filesystem>
#include <map>
#include <optional>

namespace flwr {

/// By round, the transactions of the commits that stand for good.
using recorded_commits = std::map<uint64_t, tx_hash>;

struct journalled_run {
  uint64_t chain_id = 0;
  address contract{}; ///< Another run may have taken the place of one that never got there.
  hash256 run{};      ///< What tells them apart.
  recorded_commits recorded;
  uint64_t rounds = 0;   ///< Asked for.
  bool finished = false; ///< All of them were run.
};

/// @errors  corrupt -- an entry breaks its rules; those of the journal.
expected<recorded_commits> recorded_in(const journal_file&);

/// Reads the journal of a run. `number`: nothing for the newest one.
/// @errors  usage -- no such run, or it has no ledger; missing -- it never began; corrupt -- a
///          value of the journal can't be: names file and key.
expected<journalled_run> read_journalled_run(const std::filesystem::path& state_dir,
                                             std::optional<uint64_t> number);

/// Adds to a report that isn't of this run, or lacks a commit which was recorded, that it is so;
/// else notes rounds that only one of the two has, or that are still to come.
void compare(const journalled_run&, run_report&);

} // namespace flwr
