/// Content ids as text and bytes: https://github.com/multiformats/cid.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <span>
#include <string>
#include <string_view>

namespace flwr {

/// `Qm...` (base58btc) for version 0, `baf...` (base32) for version 1.
std::string to_text(const content_id&);

/// The same block's id in version 1: two ids mean one block if these are equal.
content_id as_version_1(content_id);

/// Version 0: the multihash, 34 bytes. Version 1: version, codec, multihash, 36 bytes.
bytes to_bytes(const content_id&);

/// Reads an id of ours: version 0, or version 1 in any base of multibase.hpp; raw or dag-pb;
/// SHA-256 with its whole 32 bytes.
/// @errors  rejected -- a content id of another kind, or none; says which.
expected<content_id> content_id_from_text(std::string_view);

/// The same from bytes: nothing may follow.
expected<content_id> content_id_from_bytes(std::span<const uint8_t>);

} // namespace flwr
