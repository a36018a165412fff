/// The typed values of Flower's maps in canonical JSON (PROTOCOL, section 1):
///
///     {"i":"-5"}   {"d":"3ff0000000000000"}   {"s":"text"}   {"b":"1"}   {"x":"cafe"}
///
/// A double is the 16 lower-case hex digits of its IEEE-754 bits, so no rounding can creep in.
/// Pure; any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace flwr {

/// @errors  rejected -- a key or a text isn't ASCII; the words name the key.
expected<std::string> encode_scalars(const scalars& values);

/// @errors  corrupt -- not what `encode_scalars` writes; the words name the key.
expected<scalars> decode_scalars(std::string_view text);

/// Keccak-256 of the canonical JSON; of "{}" where there are none.
/// @errors  as `encode_scalars`
expected<hash256> metrics_hash(const scalars& values);

/// The same as JSON, for documents that hold them. Every text must be ASCII.
boost::json::value to_json(const scalar& value);
boost::json::value to_json(const scalars& values);

/// @errors  corrupt
expected<scalar> scalar_from(const boost::json::value& value);
expected<scalars> scalars_from(const boost::json::value& value);

} // namespace flwr
