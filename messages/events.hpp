/// What the cast tells the REPORTER: facts of the past, for people and for the history.
#pragma once

#include "messages/rounds.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flwr::event {

using seconds = std::chrono::duration<double>;

/// A server waits for clients: to join, or to come back.
struct waiting {
  uint64_t here = 0;
  uint64_t needed = 0;
  seconds since{};
};

/// A client id is here for the first time.
struct joined {
  client_id client{};
};

/// A client's connection is lost. It may come back.
struct lost {
  client_id client{};
};

/// A client that was lost is here again.
struct returned {
  client_id client{};
};

/// A client won't come back under this id.
struct left {
  client_id client{};
};

/// Somebody wanted to take part, and may not.
struct turned_away {
  std::optional<client_id> client; ///< As it says itself.
  caf::error why;
};

/// A client doesn't reach its server, and tries again.
struct server_away {
  std::string words; ///< Which one, for how long, why.
};

/// A client has reached its server, which was away.
struct server_back {
  std::string server;
};

/// A phase's instructions go out.
struct phase_started {
  phase_kind what = phase_kind::fit;
  uint64_t round = 0;
  uint64_t sampled = 0;
  uint64_t available = 0;
  std::vector<client_id> clients{}; ///< Whom it goes out to, by ascending id.
};

/// A client is done with a batch; told at most ten times a second.
struct training {
  client_id client{};
  uint64_t round = 0;
  uint64_t done = 0;
  uint64_t total = 0;
};

/// A sampled client has answered, or never will.
struct answered {
  client_id client{};
  phase_kind what = phase_kind::fit;
  uint64_t round = 0;
  caf::error why; ///< Empty: its answer counts.
};

/// A round has its global model.
struct fit_closed {
  uint64_t round = 0;
  uint64_t results = 0;
  uint64_t failures = 0;
  uint64_t updates = 0; ///< Counted ones: 0 if the round failed and kept its base model.
  content_id model;
  scalars metrics; ///< Averaged over the counted updates.
  seconds fit{}, aggregate{}, ipfs{};
};

/// What is known of a model's quality.
struct score {
  double loss = 0; ///< Sum over the test set, averaged over the clients as Flower does.
  scalars metrics;
};

/// The clients have tested a round's model, as far as they were asked and answered.
struct evaluate_closed {
  uint64_t round = 0;
  uint64_t results = 0;
  uint64_t failures = 0;
  std::optional<score> distributed;
  std::optional<score> centralized;
  seconds evaluate{};
};

/// A round stands on the ledger, or without one in the journal.
struct round_recorded {
  recorded what;
  seconds chain{};
};

/// The run is over.
struct ended {
  run_outcome how;
};

/// Something for people that no history keeps.
struct note {
  std::string line;
};

using any = std::variant<waiting, joined, lost, returned, left, turned_away, server_away,
                         server_back, phase_started, training, answered, fit_closed,
                         evaluate_closed, round_recorded, ended, note>;

} // namespace flwr::event

FLWR_LOCAL_MESSAGE(flwr::event::any)
