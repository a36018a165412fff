#include "apps/option_table.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr const char* server_introduction =
  R"(flwr-actor-server: runs rounds of federated learning.

Examples:
  flwr-actor-server --rounds 3
      waits for two clients: flwr-actor-client --cid 0, and --cid 1
  flwr-actor-server --simulate 2
      3 rounds on Fashion-MNIST with two clients in this process
  flwr-actor-server --simulate 2 --rounds 11 --data cifar10:DIR --partition whole
      Flower's PyTorch tutorial
  flwr-actor-server --simulate 100 --fraction-fit 0.2 --partition dirichlet:0.3 --rounds 5
      20 of 100 unlike clients train in each round
  flwr-actor-server --config run.toml --seed 7 --json > run.json
      options from a file, one overridden; the result as JSON
)";

constexpr const char* client_introduction =
  R"(flwr-actor-client: takes part in rounds of federated learning.

Examples:
  flwr-actor-client --cid 0
      client 0 of the server on this machine, which tells it what to learn
  flwr-actor-client --cid 0-499 --workers 2
      500 clients in one process, two of which train at a time
  flwr-actor-client --cid 7 --server learning.example:8081 --data cifar10:DIR
      a server elsewhere; its data set lies in DIR here
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

std::string line(const option_words& row) {
  constexpr size_t column = 30;
  auto text = "  --" + row.name + (row.value.empty() ? "" : " " + row.value);
  text.resize(std::max(column, text.size() + 2), ' ');
  text += row.help;
  return text + (row.fallback.empty() ? "" : " (" + row.fallback + ")") + "\n";
}

/// The rows without their rules.
template <class Options>
std::vector<option_words> words_of(const option_table<Options>& table) {
  return {table.begin(), table.end()};
}

} // namespace

const program_words& server_words() {
  static const program_words words{"flwr-actor-server", server_introduction,
                                   words_of(server_option_table())};
  return words;
}

const program_words& client_words() {
  static const program_words words{"flwr-actor-client", client_introduction,
                                   words_of(client_option_table())};
  return words;
}

std::string variable_of(std::string_view option) {
  std::string name = "FLWR_ACTOR_";
  for (char c : option)
    name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return name;
}

std::string help_of(const program_words& program) {
  auto text = program.introduction;
  std::string group;
  for (const auto& row : program.options) {
    if (row.group != group)
      text += "\n" + row.group + "\n";
    group = row.group;
    text += line(row);
  }
  return text + closing;
}

} // namespace flwr
