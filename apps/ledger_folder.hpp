#pragma once

#include "actors/chain/embedded_ledger.hpp"
#include "actors/runtime/run_directory.hpp"

namespace flwr {

/// Opens the ledger of a state directory, or founds it there with `first`, durably (mode 0700).
/// @errors  corrupt -- it is gone, though a run was recorded on it: another one would prove nothing
///          of that run; names both, and what to do. Or a journal is damaged, so that nobody knows.
///          usage, no_space, io, corrupt -- as of the ledger and the journals.
expected<embedded_ledger> open_or_found_ledger(const run_directory&, const ledger_genesis& first);

} // namespace flwr
