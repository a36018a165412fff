#pragma once

#include "messages/error.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace flwr {

/// Where a run stands, read from its state directory, also while its server works.
struct run_status {
  uint64_t run = 0;
  std::string state;   ///< `finished`; `running`: a server is at work on it; else `unfinished`.
  uint64_t rounds = 0; ///< Planned.
  uint64_t rounds_done = 0;
  std::string contract;  ///< "0x..."; empty without a ledger.
  std::string model_cid; ///< The newest global model; genesis before round 1 is done.
  std::optional<uint64_t> tested_round; ///< The last whose test is known.
  std::optional<double> loss;           ///< Of that round, as is accuracy.
  std::optional<double> accuracy;
};

/// Reads a run, or the newest one.
/// @errors  usage -- no state directory of ours, or no such run; missing -- the run never began;
///          corrupt -- its journal or history breaks its rules; io.
expected<run_status> read_status(const std::filesystem::path& state_dir,
                                 std::optional<uint64_t> run);

/// For people, several lines.
std::string to_text(const run_status&);

/// Schema `flwr-actor/status/1`, one line.
std::string to_json(const run_status&);

} // namespace flwr
