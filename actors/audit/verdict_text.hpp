/// A report for people and for programs. Pure; any thread.
#pragma once

#include "actors/audit/verdict.hpp"

namespace flwr {

/// "PROVEN", "MISSING", "WRONG".
const char* name_of(verdict);

/// "round 2, client 1: signature: expected 0x..., given 0x..." or, of something missing,
/// "round 2: manifest baf...: nobody has it".
std::string line_of(const finding&);

/// Which run, which contract, as of which block; whether anybody may be a trainer.
std::string line_of(const run_report&);

/// "round 2: PROVEN, 3 updates, model baf..., transaction 0x..." or what keeps it from that.
std::string line_of(const round_report&);

/// What nobody can prove, a line each: who was silent or refused, numbers of examples, metrics; and
/// from which round on somebody else aggregates.
std::vector<std::string> claims_of(const run_report&);

/// "3 rounds PROVEN", or the cause of the verdict.
std::string last_line_of(const run_report&);

/// The document of schema `flwr-actor/verify/1` (docs/formats.md).
std::string json_of(const run_report&);

} // namespace flwr
