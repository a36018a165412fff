/// What became of an invited client, in canonical JSON: the members that the journal's answers and
/// the manifest's entries share (docs/formats.md). Pure; any thread.
#pragma once

#include "actors/audit/json_fields.hpp"
#include "messages/rounds.hpp"

namespace flwr {

/// No reason is longer.
inline constexpr size_t max_reason_bytes = 400;

/// A reason as it is written down: every byte that isn't printable ASCII becomes '?', and only the
/// first `max_reason_bytes` are kept.
std::string reason_text(std::string_view why);

/// `outcome`, and by outcome: `model`, `num_examples`, `metrics` and, of a signed update, `address`
/// and `signature`; or `reason`. Metrics must be ASCII. An update without a signature (all zeros)
/// is a plain Flower client's.
boost::json::object to_json(const final_outcome& outcome);

/// Reads these members; `end` is the caller's to say.
final_outcome outcome_in(json_fields& fields);

} // namespace flwr
