/// The history's JSON in parts, for whoever tells of a run that isn't over.
#pragma once

#include "actors/fl/history.hpp"

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace flwr {

/// A round as it stands in the history (docs/architecture.md, section 2).
boost::json::object to_json_object(const round_line&);

/// Null for nothing.
template <class T>
boost::json::value optional_value(const std::optional<T>& value) {
  return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

/// JSON on one line. Doubles have the shortest digits that read back as the same double; what JSON
/// can't say (infinities, NaN) is null. Pure; any thread.
std::string json_text(const boost::json::value&);

} // namespace flwr
