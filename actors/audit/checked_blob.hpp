#pragma once

#include "actors/audit/evidence.hpp"
#include "actors/audit/inquiry.hpp"
#include "actors/ipfs/unixfs.hpp"

namespace flwr {

/// Fetches a blob and computes its content id again: by one of the profiles it has to be `id`.
/// @param what  "update", "manifest", for findings.
/// @returns     Null if it can't be had or is another; that is noted.
blob_ptr checked_blob(const evidence&, const inquiry&, const std::string& what,
                      const content_id& id, uint64_t max_bytes,
                      std::span<const unixfs_profile> profiles);

} // namespace flwr
