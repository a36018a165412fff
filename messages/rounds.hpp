/// What the ROUND COORDINATOR and its helpers tell each other about a round.
#pragma once

#include "messages/error.hpp"
#include "messages/ledger.hpp"
#include "messages/parameters.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>

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

/// The answer counts.
struct counted {
  content_id model{}; ///< The client's update; of an evaluation, the model tested.
  int64_t num_examples = 0;
  float loss = 0; ///< Of an evaluation; 0 for a fit.
  scalars metrics{};
  address signer{}; ///< Of a fit, as is the signature.
  signature_bytes signature{};

  friend bool operator==(const counted&, const counted&) = default;
};

/// The answer doesn't count.
struct refused {
  std::string reason{};

  friend bool operator==(const refused&, const refused&) = default;
};

/// No answer came: the client is gone, failed or was too slow.
struct silent {
  std::string reason{};

  friend bool operator==(const silent&, const silent&) = default;
};

/// What became of an invited client in a round that is over.
using final_outcome = std::variant<counted, refused, silent>;

/// The closing of a round, for the notary: every invited client, and the model that came of it.
struct round_record {
  uint64_t round = 0;
  content_id base;
  content_id model; ///< The base again if nothing counted.
  std::map<client_id, final_outcome> invited;

  friend bool operator==(const round_record&, const round_record&) = default;
};

/// What the RECORDER brings back: where the round stands for good.
struct recorded {
  uint64_t round = 0;
  std::optional<tx_hash> transaction; ///< Of the commit; nothing without a chain.
  std::optional<uint64_t> gas_used;
  std::optional<uint64_t> block_number{}; ///< Of the commit; the journal doesn't keep it.
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
