#pragma once

#include "messages/rounds.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace flwr {

/// Chooses `count` clients of a roster, each set of them equally likely: a partial Fisher-Yates
/// shuffle driven by Philox4x32-10, keyed by `stream_key("sample-fit", seed, 0, round)`
/// ("sample-evaluate").
///
/// @param roster  Every id ever bound, ascending and distinct, at most 2^32 - 1 of them.
/// @returns       The chosen ids, ascending; the whole roster if `count` is no less.
/// @threads       Pure; any thread. The same arguments give the same clients on any machine.
/// @source        PROTOCOL section 8; Salmon et al. 2011, "Parallel Random Numbers: As Easy as
///                1, 2, 3".
std::vector<client_id> sample_clients(uint64_t seed, uint64_t round, phase_kind kind,
                                      std::span<const client_id> roster, size_t count);

} // namespace flwr
