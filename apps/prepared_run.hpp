#pragma once

#include "actors/audit/signed_updates.hpp"
#include "actors/chain/run_contract.hpp"
#include "actors/ipfs/block_files.hpp"
#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/run_directory.hpp"
#include "apps/options.hpp"
#include "apps/prepared_ledger.hpp"
#include "apps/task.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace flwr {

/// A run that can begin: everything that can be wrong with the options has been looked at.
struct prepared_run {
  task what;
  run_directory state; ///< Locked for as long as this lives.
  numbered_run folder;
  std::shared_ptr<block_files> blocks;
  journal_file journal;
  content_id genesis;
  run_identity identity;
  std::vector<signing_key_ptr> client_keys; ///< Of the simulated clients, by client id.
  std::optional<prepared_ledger> ledger;    ///< Nothing with `--chain none`.
  run_terms terms; ///< What the contract is deployed with, if there is one.
};

/// Opens the state directory and begins the next numbered run in it: genesis model and description
/// are stored, the ledger is open, the journal knows them.
/// @errors  usage -- the directory can't serve, or its newest run isn't finished (`new_run` begins
///          another one all the same); no_space, io, corrupt.
expected<prepared_run> prepare_run(const server_options&, task);

} // namespace flwr
