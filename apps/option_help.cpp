#include "apps/option_table.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr const char* introduction =
  R"(flwr-actor-server: runs rounds of federated learning.

Examples:
  flwr-actor-server --simulate 2
      3 rounds on Fashion-MNIST with two clients in this process
  flwr-actor-server --simulate 2 --rounds 11 --data cifar10:DIR --partition whole
      Flower's PyTorch tutorial
  flwr-actor-server --simulate 100 --fraction-fit 0.2 --partition dirichlet:0.3 --rounds 5
      20 of 100 unlike clients train in each round
  flwr-actor-server --config run.toml --seed 7 --json > run.json
      options from a file, one overridden; the result as JSON
)";

constexpr const char* closing = R"(
General
  --config FILE.toml          options from a file; its keys are the names above without --
  --version                   print the version
  -h, --help                  print this text

Defaults stand in parentheses. Each option is also an environment variable: --min-clients is
FLWR_ACTOR_MIN_CLIENTS. An option goes before the environment, the environment before the file.

Exit codes: 0 done, 1 the run failed, 2 connection or authentication, 3 timeout or missing data,
4 usage or configuration, 5 a bug of ours, 130 or 143 on a signal.
)";

std::string line(const option_row& row) {
  constexpr size_t column = 30;
  auto text = "  --" + row.name + (row.value.empty() ? "" : " " + row.value);
  text.resize(std::max(column, text.size() + 2), ' ');
  text += row.help;
  return text + (row.fallback.empty() ? "" : " (" + row.fallback + ")") + "\n";
}

} // namespace

std::string server_help() {
  std::string text = introduction, group;
  for (const auto& row : server_option_table()) {
    if (row.group != group)
      text += "\n" + row.group + "\n";
    group = row.group;
    text += line(row);
  }
  return text + closing;
}

} // namespace flwr
