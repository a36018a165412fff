#pragma once

#include "actors/ipfs/block_files.hpp"
#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/run_directory.hpp"
#include "apps/options.hpp"
#include "apps/task.hpp"

#include <memory>

namespace flwr {

/// A run that can begin: everything that can be wrong with the options has been looked at.
struct prepared_run {
  task what;
  run_directory state; ///< Locked for as long as this lives.
  numbered_run folder;
  std::shared_ptr<block_files> blocks;
  journal_file journal;
  content_id genesis;
};

/// Opens the state directory and begins the next numbered run in it: genesis model and description
/// are stored, the journal knows them.
/// @errors  usage -- the directory can't serve, or its newest run isn't finished (`new_run` begins
///          another one all the same); no_space, io, corrupt.
expected<prepared_run> prepare_run(const server_options&, task);

} // namespace flwr
