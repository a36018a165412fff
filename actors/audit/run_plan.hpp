#pragma once

#include "actors/audit/description.hpp"
#include "actors/audit/evidence.hpp"
#include "actors/audit/inquiry.hpp"
#include "actors/audit/run_on_chain.hpp"
#include "actors/ipfs/unixfs.hpp"

namespace flwr {

/// What a run's rounds have to keep to.
struct run_plan {
  description what;
  unixfs_profile profile; ///< The one that the description names.
};

/// Fetches the description that the contract names, and its genesis model. That a `per-update` run
/// can't be proven as a whole is noted.
/// @param max_model_bytes  A larger model isn't checked, and is noted as missing.
/// @returns  Nothing if one can't be had or they don't agree; that is noted.
std::optional<run_plan> read_plan(const evidence&, const run_on_chain&, uint64_t max_model_bytes,
                                  const inquiry&);

} // namespace flwr
