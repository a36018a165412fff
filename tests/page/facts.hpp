/// Facts of a run that tests fold.
#pragma once

#include "actors/page/run_board.hpp"

namespace flwr::test {

inline run_facts usual_run(uint64_t rounds = 3, uint64_t clients = 3) {
  return {.id = "0xa74f",
          .data = "synthetic",
          .partition = "iid",
          .model = "logistic",
          .strategy = "fedavg",
          .ledger = ledger_place{"0xC0ffee", 1718384498},
          .rounds = rounds,
          .clients = clients};
}

inline event::any fit_begins(uint64_t round, std::vector<client_id> clients) {
  return event::phase_started{phase_kind::fit, round, clients.size(), clients.size(), clients};
}

inline event::any evaluation_begins(uint64_t round, std::vector<client_id> clients) {
  return event::phase_started{phase_kind::evaluate, round, clients.size(), clients.size(), clients};
}

inline event::any answer(uint64_t client, phase_kind what, uint64_t round, caf::error why = {}) {
  return event::answered{client_id{client}, what, round, std::move(why)};
}

inline event::fit_closed closed(uint64_t round, uint64_t updates) {
  event::fit_closed what{};
  what.round = round;
  what.results = what.updates = updates;
  what.model = content_id{hash256{static_cast<uint8_t>(round)}, codec::raw, 1};
  what.fit = event::seconds{0.25};
  what.aggregate = event::seconds{0.1};
  what.ipfs = event::seconds{0.001};
  return what;
}

inline event::evaluate_closed tested(uint64_t round, double loss, double accuracy) {
  event::evaluate_closed what{};
  what.round = round;
  what.results = 2;
  what.distributed = event::score{loss, {{"accuracy", accuracy}, {"loss_mean", loss / 10}}};
  what.evaluate = event::seconds{2};
  return what;
}

inline event::round_recorded committed(uint64_t round) {
  event::round_recorded what{};
  what.what = {round, tx_hash{0xab}, 56623, round + 2};
  what.chain = event::seconds{0.5};
  return what;
}

/// A board that has heard all of these, one a second.
inline run_board board_of(const std::vector<event::any>& facts, run_facts run = usual_run()) {
  run_board board;
  board.run = std::move(run);
  for (auto& each : facts)
    apply(board, each, board.now + 1);
  return board;
}

} // namespace flwr::test
