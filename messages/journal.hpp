#pragma once

#include "messages/types.hpp"

#include <optional>
#include <string>

namespace flwr {

/// One thing that a run must remember. What `kind` and `body` mean: docs/formats.md.
struct journal_entry {
  std::string kind;
  uint64_t round = 0;
  std::optional<client_id> client;
  bytes body;
  uint64_t sequence = 0; ///< 1, 2, 3, ... as appended. Given by the journal.

  friend bool operator==(const journal_entry&, const journal_entry&) = default;
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::journal_entry)
