#pragma once

#include "actors/audit/run_on_chain.hpp"

namespace flwr {

/// Reads a run's commits backwards, from the contract's last one: each names the block of the one
/// before, the first one that of the contract's creation. They have to be those of the rounds that
/// the contract counts, each once and in order.
/// @returns  Whether they are; else what is wrong is noted.
bool walk_commits(const evidence&, const inquiry&, run_on_chain& run);

} // namespace flwr
