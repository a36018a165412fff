/// The manifest of a round: what its commit on the chain stands for, as a document on IPFS. All
/// pure; any thread.
#pragma once

#include "actors/audit/signed_updates.hpp"

#include <string>
#include <string_view>

namespace flwr {

/// A round's closing, and which run it belongs to.
struct manifest {
  hash256 run{};
  round_record record; ///< Reasons as `reason_text` has them.

  friend bool operator==(const manifest&, const manifest&) = default;
};

/// No entry takes more bytes, as JSON.
inline constexpr size_t max_entry_bytes = 1024;

/// No manifest has more entries.
inline constexpr uint64_t max_entries = 100'000;

/// What the manifest of a run with so many clients can have at most, in bytes.
size_t max_manifest_bytes(uint64_t clients);

/// Whether an update can be an entry: to be asked before it counts.
/// @errors  rejected -- its entry would take more than `max_entry_bytes`, or its metrics aren't
///          ASCII.
expected<void> fits_manifest(const counted& update, client_id client);

/// The canonical JSON of schema `flwr-actor/manifest/1`: the blob whose content id the commit
/// names. Reasons are cut as `reason_text` does.
/// @errors  rejected -- more than `max_entries`, or an update that doesn't fit.
expected<std::string> encode_manifest(const hash256& run, const round_record& record);

/// @errors  corrupt -- not what `encode_manifest` writes: not canonical, a key missing or unknown,
/// a
///          value out of range, clients not ascending. The words name the key.
expected<manifest> decode_manifest(std::string_view text);

/// How many of the invited are counted.
uint32_t counted_updates(const round_record& record);

/// The root of the tree over the counted updates' statements and signatures; zero for none.
/// @errors  rejected -- an update that can't be signed; the words name the client.
expected<hash256> updates_root(const run_identity& identity, const round_record& record);

} // namespace flwr
