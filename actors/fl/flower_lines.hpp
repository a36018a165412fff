#pragma once

#include "actors/fl/history.hpp"
#include "actors/fl/sampling.hpp"

#include <string>
#include <vector>

namespace flwr {

/// The lines that a server of flwr 1.4 logs, word for word; who prints them adds time and level.
/// Pure; any thread. Source: flwr 1.4.0, the log calls of `server/server.py` and `server/app.py`.

/// "FL starting"
std::string starting_line();

/// "FL finished in 12.5"
std::string finished_line(double seconds);

/// "fit_round 1: strategy sampled 2 clients (out of 2)"
std::string sampled_line(phase_kind kind, uint64_t round, size_t sampled, size_t available);

/// "fit_round 1: no clients selected, cancel"
std::string cancelled_line(phase_kind kind, uint64_t round);

/// "fit_round 1 received 2 results and 0 failures"
std::string received_line(phase_kind kind, uint64_t round, size_t results, size_t failures);

/// "initial parameters (loss, other metrics): 2.5, {'accuracy': 0.1}": central evaluation of the
/// genesis model.
std::string initial_line(double loss, const scalars& metrics);

/// "fit progress: (1, 2.25, {'accuracy': 0.25}, 12.5)": central evaluation after a round.
/// @param seconds  Since the start of the first round.
std::string progress_line(uint64_t round, double loss, const scalars& metrics, double seconds);

/// The five lines at the end of a run: "app_fit: losses_distributed [(1, 2.302), (2, 1.5)]", then
/// metrics_distributed_fit, metrics_distributed, losses_centralized, metrics_centralized.
std::vector<std::string> history_lines(const history&);

} // namespace flwr
