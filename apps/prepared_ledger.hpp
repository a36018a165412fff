#pragma once

#include "actors/chain/account.hpp"
#include "actors/chain/embedded_ledger.hpp"
#include "actors/runtime/run_directory.hpp"
#include "apps/options.hpp"

#include <memory>

namespace flwr {

/// The ledger that a run will be committed on, and who commits.
struct prepared_ledger {
  std::shared_ptr<embedded_ledger> ledger;
  uint64_t chain_id = 0;
  signing_key_ptr account;
  address contract{}; ///< Where the account's next transaction creates one.
};

/// The computer's clock, as blocks tell the time.
chain_seconds system_time();

/// Opens the state directory's ledger, or founds it, and the account: the user's, or the
/// directory's development key. May ask for a password on the terminal.
/// @errors  usage -- no such account; no_space, io, corrupt -- of the ledger or the key.
expected<prepared_ledger> prepare_ledger(const server_options&, const run_directory&);

} // namespace flwr
