#pragma once

#include "actors/audit/description.hpp"

#include <boost/json/fwd.hpp>

namespace flwr {

/// The description as JSON, its keys in the order of the protocol's table.
boost::json::value to_json(const description& what);

} // namespace flwr
