#pragma once

#include "actors/http/http_client.hpp"
#include "apps/tool_output.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <optional>

namespace flwr {

/// Which run `flwr-actor verify` is about.
struct verify_request {
  std::filesystem::path state_dir;
  std::optional<uint64_t> run;     ///< Its number; nothing: the newest.
  std::optional<address> contract; ///< Instead of a number: nothing but this is taken on trust.
  std::optional<hash256> block;    ///< One that the chain must have, kept elsewhere.
  unsigned threads = 1;            ///< Rounds at a time, >= 1.
  bool json = false;
  std::optional<http_place> chain, ipfs; ///< A node's, both or neither; then with `contract` only.
};

/// Replays a run of an embedded ledger, which may be growing meanwhile. Reads the ledger and the
/// blocks of the state directory; without `contract` also the journal: the
/// contract has to be that run's, and to have all commits that were recorded. With `chain` it reads
/// nothing here, but asks nodes.
/// A line a round goes to `say` as soon as it is decided; with `json` nothing does, and the output
/// is one document (docs/formats.md).
/// @returns  done -- all rounds are proven; failed -- something is wrong: the last line names it;
///           incomplete -- something is missing.
/// @errors   usage -- no such run, or it has no ledger; missing, corrupt, io -- the ledger.
expected<tool_output> verify(const verify_request&, const line_sink& say);

} // namespace flwr
