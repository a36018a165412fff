#include "actors/chain/address.hpp"
#include "actors/http/http_client.hpp"
#include "apps/option_table.hpp"

#include <limits>

namespace flwr {
namespace {

value_rule<client_options> client_ids() {
  return {"a client id such as 0, or a range such as 0-499, of at most "
            + std::to_string(max_clients_a_process) + " ids below 2^32",
          [](auto& to, std::string_view text) {
            auto ids = parse_client_ids(text);
            if (ids)
              std::tie(to.first_client, to.last_client) = *ids;
            return ids.has_value();
          }};
}

std::optional<address> contract_address(std::string_view text) {
  auto found = address_from_text(text);
  return found ? std::optional{*found} : std::nullopt;
}

std::optional<std::string> parse_url(std::string_view text) {
  return parse_http_place(text) ? std::optional{std::string{text}} : std::nullopt;
}

/// Whom one can call: nobody listens at port 0.
std::optional<endpoint> parse_callee(std::string_view text) {
  auto found = parse_endpoint(text);
  return found && found->port != 0 ? found : std::nullopt;
}

} // namespace

const option_table<client_options>& client_option_table() {
  using namespace rules;
  using o = client_options;
  static const option_table<o> table = {
    {"Client", "cid", "N or A-B", "none", "which client this is, or clients A to B", client_ids()},
    {"Client", "server", "HOST:PORT", "127.0.0.1:8081", "whom to join",
     parsed(&o::server, "HOST:PORT, the port from 1 on", parse_callee)},
    {"Client", "join-timeout", "TIME", "10m", "how long the server may be away",
     duration(&o::join_timeout)},
    {"Client", "insecure", "", "", "join a server on another machine without TLS",
     flag(&o::insecure)},
    {"Places", "data", "NAME[:DIR]", "the server's", "where this machine has the data set",
     text(&o::data, "a data set, NAME[:DIR]")},
    {"Places", "model", "NAME or FILE", "the server's", "the run's TorchScript file, if it has one",
     text(&o::model, "a model's NAME or FILE")},
    {"Places", "ipfs", "URL", "the server's", "another IPFS node, by Kubo's RPC",
     parsed(&o::ipfs, "an URL such as http://127.0.0.1:5001", parse_url)},
    {"Places", "chain", "URL", "the server's", "another Ethereum node, by JSON-RPC",
     parsed(&o::chain, "an URL such as http://127.0.0.1:8545", parse_url)},
    {"Places", "contract", "ADDRESS", "the server's", "join a run only if it has this contract",
     parsed(&o::contract, "an address: 0x and 40 hex digits", contract_address)},
    {"Agreement", "partition", "RULE", "the server's",
     "if given, has to agree with the run, as all below",
     text(&o::partition, "a partition rule: whole, iid, dirichlet:ALPHA or shards:K")},
    {"Agreement", "local-epochs", "N", "the server's", "passes over the data in a round",
     count(&o::local_epochs, 1)},
    {"Agreement", "batch-size", "N", "the server's", "samples in a step of SGD",
     count(&o::batch_size, 1)},
    {"Agreement", "lr", "X", "the server's", "learning rate", not_negative(&o::lr)},
    {"Agreement", "momentum", "X", "the server's", "momentum", fraction(&o::momentum)},
    {"Agreement", "seed", "N", "the server's", "seed of the run",
     count(&o::seed, 0, std::numeric_limits<uint64_t>::max())},
    {"This process", "state-dir", "DIR", "flwr-actor-client",
     "a folder a client: its key, its last answer", text(&o::state_dir, "a directory")},
    {"This process", "workers", "N", "the cores", "clients that train at the same time",
     count(&o::workers, 1, 1024)},
    {"This process", "inbound-bytes", "SIZE", "2 models, at least 64MiB",
     "memory for updates not stored yet, 1GiB",
     parsed(&o::inbound_bytes, "a size such as 64MiB or 256M, 1 or more", parse_size)},
    {"This process", "progress", "HOW", "auto", "auto (a bar on a terminal), plain, none",
     choice(&o::progress, "auto, plain or none", progress_styles())},
  };
  return table;
}

} // namespace flwr
