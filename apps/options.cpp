#include "apps/options.hpp"

#include "apps/option_sources.hpp"
#include "apps/option_table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

namespace flwr {
namespace {

uint64_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

bool is_loopback(const endpoint& where) {
  return where.host == "localhost" || where.host == "::1" || where.host.starts_with("127.");
}

/// Fills in the defaults that aren't constants.
void complete(server_options& options, const settings& found) {
  if (!found.contains("workers"))
    options.workers = cores();
  if (options.simulate == 0 && !options.http)
    options.http = endpoint{"127.0.0.1", 8082};
  if (options.clients == 0)
    options.clients = options.simulate;
  if (options.clients == 0)
    options.clients = options.min_clients == 0 ? 2 : options.min_clients;
  if (options.min_clients == 0)
    options.min_clients = std::min<uint64_t>(2, options.clients);
}

void complete(client_options& options, const settings& found) {
  if (!found.contains("workers"))
    options.workers = std::min(cores(), options.last_client - options.first_client + 1);
}

/// Nobody's data goes over a network in the clear by mistake.
caf::error exposure(const settings& found, const char* name, const endpoint& where, bool insecure) {
  if (insecure || is_loopback(where))
    return caf::none;
  return make_error(ec::usage, found.at(name).source + ": " + to_text(where)
                                 + " isn't on this machine alone, and TLS isn't built yet: keep to "
                                   "127.0.0.1, or say --insecure if the network is yours");
}

caf::error population_contradiction(const server_options& options, const settings& found) {
  auto source = [&](const char* name) { return found.at(name).source; };
  auto number = [](uint64_t value) { return std::to_string(value); };
  if (options.simulate != 0 && options.clients != options.simulate)
    return make_error(ec::usage, source("clients") + ": " + number(options.clients)
                                   + " clients, but " + source("simulate") + " runs "
                                   + number(options.simulate)
                                   + "; in a simulation they are the same, so leave it out");
  if (options.simulate != 0 && found.contains("listen"))
    return make_error(ec::usage, source("listen")
                                   + ": nobody can join a simulation, whose clients "
                                     "are all in this process; leave it out, or "
                                   + source("simulate"));
  if (options.min_clients > options.clients)
    return make_error(ec::usage, source("min-clients") + ": " + number(options.min_clients)
                                   + " is more than the " + number(options.clients) + " clients of "
                                   + source(options.simulate != 0 ? "simulate" : "clients")
                                   + "; no round could start");
  return caf::none;
}

caf::error contradiction(const server_options& options, const settings& found) {
  if (auto wrong = population_contradiction(options, found))
    return wrong;
  if (auto wrong = exposure(found, "listen", options.listen, options.insecure))
    return wrong;
  if (options.http)
    if (auto wrong = exposure(found, "http", *options.http, options.insecure))
      return wrong;
  if (options.simulate == 0 && options.http == options.listen && options.listen.port != 0)
    return make_error(ec::usage, "--listen and --http are both " + to_text(options.listen)
                                   + ": they are two ports, so change one of them");
  if (options.confirmations > 1)
    return make_error(ec::usage,
                      found.at("confirmations").source
                        + ": more than 1 can't come on a chain "
                          "whose blocks come only with transactions, as the embedded one's "
                          "do; leave it out");
  return caf::none;
}

caf::error contradiction(const client_options& options, const settings& found) {
  if (!found.contains("cid"))
    return make_error(ec::usage, "which client is this? Say --cid 0, or --cid 0-499 for 500 of "
                                 "them in this process");
  return exposure(found, "server", options.server, options.insecure);
}

template <class Options>
expected<std::variant<Options, text_to_print>>
parse_options(const program_words& program, const option_table<Options>& table, int argc,
              const char* const* argv, const environment& lookup) {
  auto typed = read_command_line(program, argc, argv);
  if (!typed)
    return std::move(typed.error());
  if (typed->help)
    return text_to_print{help_of(program)};
  if (typed->version)
    return text_to_print{program.name + " " FLWR_VERSION "\n"};
  auto found = merged(program, *std::move(typed), lookup);
  if (!found)
    return std::move(found.error());
  auto options = apply_settings(*found, table);
  if (!options)
    return std::move(options.error());
  complete(*options, *found);
  if (auto wrong = contradiction(*options, *found))
    return wrong;
  return *std::move(options);
}

} // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const auto* text = std::getenv(name.c_str());
    return text ? std::optional<std::string>{text} : std::nullopt;
  };
}

std::vector<std::string> strange_variables() {
  std::vector<std::string> names;
  for (auto** each = ::environ; each && *each; ++each)
    names.emplace_back(*each, std::strcspn(*each, "="));
  return strange_variables(names);
}

std::string to_text(const endpoint& where) {
  auto host = where.host.find(':') == std::string::npos ? where.host : "[" + where.host + "]";
  return host + ":" + std::to_string(where.port);
}

expected<std::variant<server_options, text_to_print>>
parse_server_options(int argc, const char* const* argv, const environment& lookup) {
  return parse_options(server_words(), server_option_table(), argc, argv, lookup);
}

expected<std::variant<client_options, text_to_print>>
parse_client_options(int argc, const char* const* argv, const environment& lookup) {
  return parse_options(client_words(), client_option_table(), argc, argv, lookup);
}

} // namespace flwr
