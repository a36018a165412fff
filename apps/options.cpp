#include "apps/options.hpp"

#include "apps/option_sources.hpp"
#include "apps/option_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

namespace flwr {
namespace {

/// Option, else environment, else file.
expected<settings> merged(command_line typed, const environment& lookup) {
  auto found = std::move(typed.values);
  found.merge(read_environment(lookup));
  if (auto config = found.find("config"); config != found.end()) {
    auto file = read_config_file(config->second.text);
    if (!file)
      return std::move(file.error());
    found.merge(*file);
  }
  return found;
}

/// Fills in the defaults that aren't constants.
void complete(server_options& options, const settings& found) {
  if (!found.contains("workers"))
    options.workers = std::max(1u, std::thread::hardware_concurrency());
  if (options.clients == 0)
    options.clients = options.simulate;
  if (options.min_clients == 0)
    options.min_clients = std::min<uint64_t>(2, options.clients);
}

caf::error contradiction(const server_options& options, const settings& found) {
  auto source = [&](const char* name) { return found.at(name).source; };
  auto number = [](uint64_t value) { return std::to_string(value); };
  if (options.simulate == 0)
    return make_error(ec::usage, "this build runs simulations only, its network comes later; say "
                                 "how many clients to run in this process: --simulate 2");
  if (options.clients != options.simulate)
    return make_error(ec::usage, source("clients") + ": " + number(options.clients)
                                   + " clients, but " + source("simulate") + " runs "
                                   + number(options.simulate)
                                   + "; in a simulation they are the same, so leave it out");
  if (options.min_clients > options.clients)
    return make_error(ec::usage, source("min-clients") + ": " + number(options.min_clients)
                                   + " is more than the " + number(options.clients) + " clients of "
                                   + source("simulate") + "; no round could start");
  if (options.confirmations > 1)
    return make_error(ec::usage,
                      source("confirmations")
                        + ": more than 1 can't come on a chain "
                          "whose blocks come only with transactions, as the embedded one's "
                          "do; leave it out");
  return caf::none;
}

} // namespace

environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const auto* text = std::getenv(name.c_str());
    return text ? std::optional<std::string>{text} : std::nullopt;
  };
}

expected<std::variant<server_options, text_to_print>>
parse_server_options(int argc, const char* const* argv, const environment& lookup) {
  auto typed = read_command_line(argc, argv);
  if (!typed)
    return std::move(typed.error());
  if (typed->help)
    return text_to_print{server_help()};
  if (typed->version)
    return text_to_print{"flwr-actor-server " FLWR_VERSION "\n"};
  auto found = merged(*std::move(typed), lookup);
  if (!found)
    return std::move(found.error());
  auto options = apply_settings(*found);
  if (!options)
    return std::move(options.error());
  complete(*options, *found);
  if (auto wrong = contradiction(*options, *found))
    return wrong;
  return *std::move(options);
}

} // namespace flwr
