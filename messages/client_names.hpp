#pragma once

#include "messages/types.hpp"

#include <string>

namespace flwr {

/// "7".
inline std::string number_of(client_id id) { return std::to_string(static_cast<uint64_t>(id)); }

/// "client 7": what people read of it, everywhere.
inline std::string name_of(client_id id) { return "client " + number_of(id); }

} // namespace flwr
