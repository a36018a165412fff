#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flwr {

/// What a client remembers of a run that it has signed for (docs/formats.md): its last answer, and
/// that it may sign for no other run until this one is over.
struct client_memory {
  hash256 run{};
  uint64_t chain_id = 0; ///< 0 without a chain, as is the contract.
  address contract{};
  bool over = false;             ///< The server has said goodbye.
  std::optional<fit_res> answer; ///< Without tensors and ticket.
};

/// The canonical JSON of schema `flwr-actor/client/1`. Pure, as all here; any thread.
/// @errors  rejected -- a name or text of the metrics isn't ASCII.
expected<std::string> encode_client_memory(const client_memory&);

/// @errors  corrupt -- not what `encode_client_memory` writes; the words name the key.
expected<client_memory> decode_client_memory(std::string_view text);

} // namespace flwr
