/// What the ROUND COORDINATOR and its helpers tell each other about a round.
#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flwr {

/// What clients are asked to do in a round.
enum class phase_kind : uint8_t { fit, evaluate };

/// The question whom to ask in a round. The answer is a pure function of it, of the run's seed and
/// of the roster.
struct sample_request {
  phase_kind what = phase_kind::fit;
  uint64_t round = 0;
};

/// A sampled client's way out: no answer to this round's instruction will come.
struct failure {
  client_id client{};
  phase_kind what = phase_kind::fit;
  uint64_t round = 0;
  caf::error why; ///< rejected, corrupt: the answer was refused; any other: there was none.
};

/// The closing of a round, for the notary.
struct round_record {
  uint64_t round = 0;
  content_id base;
  content_id model;
  std::vector<content_id> updates; ///< The counted ones.
};

/// What the RECORDER brings back: where the round stands for good.
struct recorded {
  uint64_t round = 0;
  std::optional<std::string> transaction; ///< Hash as 0x text; nothing without a chain.
  std::optional<uint64_t> gas_used;
};

/// How a run ended: an empty error is success.
struct run_outcome {
  caf::error why;
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::phase_kind)
FLWR_LOCAL_MESSAGE(flwr::sample_request)
FLWR_LOCAL_MESSAGE(flwr::failure)
FLWR_LOCAL_MESSAGE(flwr::round_record)
FLWR_LOCAL_MESSAGE(flwr::recorded)
FLWR_LOCAL_MESSAGE(flwr::run_outcome)
