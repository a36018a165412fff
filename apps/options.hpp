#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>

namespace flwr {

/// Who tests the global model.
enum class evaluate_by : uint8_t { clients, central, both };

/// How a run's progress is shown on stderr. `automatic`: a bar on a terminal, else plain lines.
enum class progress_style : uint8_t { automatic, plain, none };

/// Where to listen, or whom to call.
struct endpoint {
  std::string host; ///< A name or an address; IPv6 without brackets.
  uint16_t port = 0;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// "HOST:PORT", as users type it: an IPv6 address in brackets.
std::string to_text(const endpoint&);

/// What `flwr-actor-server` was asked to do: checked values, defaults filled in. Names of data
/// sets, models, strategies and partition rules are as typed; their rooms know which exist.
struct server_options {
  uint64_t simulate = 0;    ///< Clients in this process; 0: clients join over the network.
  uint64_t clients = 0;     ///< The population; equals `simulate` unless that is 0.
  uint64_t min_clients = 0; ///< 1 ... clients; default min(2, clients).
  std::optional<std::chrono::milliseconds> join_timeout; ///< Nothing: waits for everybody.
  std::chrono::milliseconds rejoin_grace{30'000};
  endpoint listen{"127.0.0.1", 8081};
  std::optional<endpoint> http; ///< Nothing: no HTTP port.
  std::string allow_host;       ///< Names, separated by commas.
  bool insecure = false;
  std::string exchange = "ipfs"; ///< Or `inline`.
  double fraction_fit = 1;       ///< 0 ... 1.
  double fraction_evaluate = 1;
  evaluate_by evaluate = evaluate_by::clients;
  uint64_t rounds = 3;                                    ///< >= 1.
  std::optional<std::chrono::milliseconds> round_timeout; ///< Nothing: rounds wait for everybody.
  std::string strategy = "fedavg";                        ///< `NAME[:k=v,...]`
  std::optional<std::string> model;   ///< `NAME[:k=v,...]` or FILE; nothing: by data set.
  std::string data = "fashion-mnist"; ///< `NAME[:DIR]`
  std::string partition = "iid";      ///< `whole`, `iid`, `dirichlet:ALPHA`, `shards:K`
  uint64_t local_epochs = 1;          ///< >= 1.
  uint64_t batch_size = 32;           ///< >= 1.
  double lr = 0.001;                  ///< >= 0, finite.
  double momentum = 0.9;              ///< 0 ... 1.
  uint64_t seed = 1;
  std::string chain = "embedded";              ///< Or `none`.
  uint64_t confirmations = 1;                  ///< >= 1.
  uint64_t max_unconfirmed_rounds = 1;         ///< >= 1.
  std::string account;                         ///< Nothing: a development key of the directory's.
  std::string password_file;                   ///< Of the account's keystore.
  std::string ipfs = "embedded";               ///< `embedded` is all that this build has.
  std::string ipfs_profile = "unixfs-v1-2025"; ///< Or `unixfs-v0-2015`.
  std::filesystem::path state_dir = "flwr-actor-run";
  uint64_t workers = 1;                  ///< >= 1; default: the cores that this process may use.
  std::optional<uint64_t> inbound_bytes; ///< Nothing: two models, at least 64 MiB.
  bool new_run = false;
  bool json = false;
  progress_style progress = progress_style::automatic;

  friend bool operator==(const server_options&, const server_options&) = default;
};

/// What `flwr-actor-client` was asked to do. Nothing in an optional: as the run's description says;
/// what is there has to agree with it, but for places.
struct client_options {
  uint64_t first_client = 0, last_client = 0; ///< first <= last.
  endpoint server{"127.0.0.1", 8081};
  std::chrono::milliseconds join_timeout{600'000}; ///< For which the server may be away.
  bool insecure = false;
  std::filesystem::path state_dir = "flwr-actor-client";
  std::optional<std::string> data; ///< `NAME[:DIR]`; the directory is this machine's.
  std::optional<std::string> partition, model;
  std::optional<uint64_t> local_epochs, batch_size, seed;
  std::optional<double> lr, momentum;
  std::optional<std::string> ipfs, chain; ///< URLs; nothing: where the server says.
  std::optional<address> contract;        ///< Of the run to join; nothing: any.
  uint64_t workers = 1;                   ///< >= 1; default: the cores, at most one a client.
  std::optional<uint64_t> inbound_bytes;  ///< Nothing: two models, at least 64 MiB.
  progress_style progress = progress_style::automatic;

  friend bool operator==(const client_options&, const client_options&) = default;
};

/// What to print on stdout before ending with exit code 0: `--help`, `--version`.
struct text_to_print {
  std::string text;
};

/// The value of an environment variable, if it is set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The environment of this process.
environment process_environment();

/// Lines about variables of this process that are named as our options are, and are none.
std::vector<std::string> strange_variables();

/// Reads the options of `flwr-actor-server`.
///
/// Each option has one name in four clothes: `--min-clients 2` (or `--min-clients=2`), the
/// environment's `FLWR_ACTOR_MIN_CLIENTS`, the key `min-clients` of the TOML file behind
/// `--config`, and a default; the first of them wins. An empty variable counts as not set.
///
/// @errors   usage -- unknown option or key (with a suggestion), a value that can't be (with where
///           it was set and what is allowed), values that contradict each other, an unreadable
///           file, or something that this build can't do.
/// @threads  Reads the TOML file; else pure.
expected<std::variant<server_options, text_to_print>>
parse_server_options(int argc, const char* const* argv, const environment& lookup);

/// The same of `flwr-actor-client`.
expected<std::variant<client_options, text_to_print>>
parse_client_options(int argc, const char* const* argv, const environment& lookup);

} // namespace flwr
