#include "apps/tool.hpp"

#include "actors/chain/address.hpp"
#include "actors/hash/hex.hpp"
#include "apps/error_json.hpp"
#include "apps/exit_codes.hpp"
#include "apps/keys_command.hpp"
#include "apps/option_sources.hpp"
#include "apps/option_table.hpp"
#include "apps/option_values.hpp"
#include "apps/tool_content.hpp"
#include "apps/tool_status.hpp"
#include "apps/tool_verify.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace flwr {
namespace {

constexpr const char* introduction = R"(flwr-actor: looks at runs, models and files; keeps keys.

Examples:
  flwr-actor status --state-dir flwr-actor-run
  flwr-actor verify --state-dir flwr-actor-run
  flwr-actor model inspect model.safetensors
  flwr-actor cid model.safetensors --json
  flwr-actor keys new server
)";

/// What the command line of any command says.
struct arguments {
  std::string file;
  std::string run;
  std::string contract;
  std::string block;
  std::string threads;
  std::string chain, ipfs;
  settings values; ///< The options that the server has too.
  bool json = false;
};

/// An option of the server's, with its name, variable, rule and default.
void add_shared(CLI::App& command, arguments& to, const std::string& name,
                const environment& lookup) {
  const auto& row = *std::ranges::find(server_words().options, name, &option_words::name);
  if (auto text = lookup(variable_of(name)); text && !text->empty())
    to.values[name] = {*text, variable_of(name)};
  auto take = [&to, name](const std::string& text) { to.values[name] = {text, "--" + name}; };
  command.add_option_function<std::string>("--" + name, take, row.help + " (" + row.fallback + ")")
    ->type_name(row.value)
    ->take_last();
}

void add_file(CLI::App& command, arguments& to, const environment& lookup) {
  command.add_option("FILE", to.file)->required()->type_name("");
  add_shared(command, to, "ipfs-profile", lookup);
}

struct tool_app {
  CLI::App app{introduction, "flwr-actor"};
  CLI::App* cid = app.add_subcommand("cid", "print the content id that IPFS gives a file");
  CLI::App* model = app.add_subcommand("model", "look at models");
  CLI::App* inspect = model->add_subcommand("inspect", "show the tensors of a safetensors file");
  CLI::App* status = app.add_subcommand("status", "show where a run stands");
  CLI::App* verify = app.add_subcommand("verify", "compute every global model of a run again");
  arguments typed;
  keys_command keys;

  explicit tool_app(const environment& lookup) : keys(app, lookup) {
    app.set_version_flag("--version", "flwr-actor " FLWR_VERSION);
    app.require_subcommand(1);
    model->require_subcommand(1);
    add_file(*cid, typed, lookup);
    add_file(*inspect, typed, lookup);
    for (auto* command : {status, verify}) {
      add_shared(*command, typed, "state-dir", lookup);
      command->add_option("--run", typed.run, "the run's number (the newest)")->type_name("N");
    }
    verify->add_option("--contract", typed.contract, "the run's contract, instead of its number")
      ->type_name("ADDRESS");
    verify->add_option("--block", typed.block, "a block that the chain must have, kept elsewhere")
      ->type_name("HASH");
    verify->add_option("--chain", typed.chain, "a node's JSON-RPC instead of the state directory")
      ->type_name("URL");
    verify
      ->add_option("--ipfs", typed.ipfs, "where the models are, by Kubo's RPC (the chain's host)")
      ->type_name("URL");
    verify->add_option("--threads", typed.threads, "rounds at a time (the cores)")->type_name("N");
    for (auto* command : {cid, inspect, status, verify})
      command->add_flag("--json", typed.json, "print one JSON document");
  }

  /// The innermost command that was typed.
  const CLI::App* chosen() const {
    const auto* command = &app;
    while (!command->get_subcommands().empty())
      command = command->get_subcommands().front();
    return command;
  }
};

/// The names of a command's options without --, or of its commands.
std::vector<std::string> known_words(const CLI::App& command, bool options) {
  std::vector<std::string> words;
  if (options)
    for (const auto* option : command.get_options())
      words.insert(words.end(), option->get_lnames().begin(), option->get_lnames().end());
  else
    for (const auto* inner : command.get_subcommands([](const CLI::App*) { return true; }))
      words.push_back(inner->get_name());
  return words;
}

caf::error misused(const tool_app& tool, const CLI::ParseError& wrong) {
  auto extra = tool.app.remaining(true);
  const auto& command = *tool.chosen();
  auto commands = known_words(command, false);
  if (!extra.empty() && tool.keys.chosen())
    return unexpected_in_keys(extra.front(), known_words(command, true), commands);
  if (!extra.empty() && extra.front().starts_with("-"))
    return unexpected_word(extra.front(), known_words(command, true));
  if (!extra.empty() && !commands.empty())
    return make_error(ec::usage, "unknown command " + extra.front()
                                   + suggestion("", extra.front(), commands) + "; see --help");
  if (!extra.empty())
    return make_error(ec::usage, "\"" + extra.front() + "\" is one word too many; see --help");
  if (!commands.empty())
    return make_error(ec::usage, "name a command: " + CLI::detail::join(commands, ", "));
  return make_error(ec::usage, std::string{wrong.what()} + "; see --help");
}

/// A number that was typed for an option; nothing was typed: nothing.
expected<std::optional<uint64_t>> number_of(const std::string& option, const std::string& text) {
  auto number = parse_count(text, 1, std::numeric_limits<uint64_t>::max());
  if (!text.empty() && !number)
    return make_error(ec::usage, option + ": \"" + text + "\" can't be; allowed: a number from 1");
  return number;
}

expected<std::string> run_status_command(const arguments& typed, const server_options& options) {
  auto number = number_of("--run", typed.run);
  if (!number)
    return std::move(number.error());
  auto status = read_status(options.state_dir, *number);
  if (!status)
    return std::move(status.error());
  return typed.json ? to_json(*status) + "\n" : to_text(*status);
}

/// Where to ask instead of reading here; a server of ours has both at one port.
expected<void> take_places(const arguments& typed, verify_request& to) {
  if (typed.chain.empty() && typed.ipfs.empty())
    return caf::unit;
  if (typed.chain.empty() || typed.contract.empty())
    return make_error(ec::usage, "--ipfs and --chain go together, and with --contract: the run of "
                                 "a node is named by its contract");
  auto chain = parse_http_place(typed.chain);
  if (!chain)
    return make_error(ec::usage, "--chain: " + render(chain.error()));
  auto ipfs = typed.ipfs.empty() ? expected<http_place>{{chain->host, chain->port, ""}}
                                 : parse_http_place(typed.ipfs);
  if (!ipfs)
    return make_error(ec::usage, "--ipfs: " + render(ipfs.error()));
  to.chain = *chain;
  to.ipfs = *ipfs;
  return caf::unit;
}

expected<verify_request> verify_request_of(const arguments& typed, const server_options& options) {
  auto run = number_of("--run", typed.run);
  if (!run)
    return std::move(run.error());
  auto threads = number_of("--threads", typed.threads);
  if (!threads)
    return std::move(threads.error());
  verify_request what{.state_dir = options.state_dir,
                      .run = *run,
                      .contract = {},
                      .block = hash_from_hex(typed.block),
                      .threads = static_cast<unsigned>(std::min<uint64_t>(
                        threads->value_or(std::max(1u, std::thread::hardware_concurrency())), 256)),
                      .json = typed.json,
                      .chain = {},
                      .ipfs = {}};
  if (auto places = take_places(typed, what); !places)
    return places.error();
  if (!typed.block.empty() && !what.block)
    return make_error(ec::usage, "--block: \"" + typed.block
                                   + "\" can't be; allowed: 0x and 64 hexadecimal digits");
  if (typed.contract.empty())
    return what;
  auto contract = address_from_text(typed.contract);
  if (!contract)
    return make_error(ec::usage, "--contract: " + render(contract.error()));
  what.contract = *contract;
  return what;
}

expected<tool_output> run_verify_command(const arguments& typed, const server_options& options,
                                         const line_sink& say) {
  auto what = verify_request_of(typed, options);
  return what ? verify(*what, say) : expected<tool_output>{what.error()};
}

expected<std::string> run_file_command(const tool_app& tool, const server_options& options) {
  auto profile = unixfs_profile_from(options.ipfs_profile);
  if (!profile)
    return make_error(ec::bug, "no IPFS profile " + options.ipfs_profile);
  const auto& typed = tool.typed;
  if (tool.chosen() == tool.cid)
    return show_content_id(typed.file, options.ipfs_profile, *profile, typed.json);
  return show_model(typed.file, *profile, typed.json);
}

expected<tool_output> printed(expected<std::string> text) {
  return text ? expected<tool_output>{tool_output{std::move(*text)}} : text.error();
}

expected<tool_output> run_command(const tool_app& tool, const line_sink& say) {
  auto options = apply_settings(tool.typed.values, server_option_table());
  if (!options)
    return std::move(options.error());
  if (tool.chosen() == tool.status)
    return printed(run_status_command(tool.typed, *options));
  if (tool.chosen() == tool.verify)
    return run_verify_command(tool.typed, *options, say);
  return printed(run_file_command(tool, *options));
}

expected<tool_output> understand_and_run(int argc, const char* const* argv,
                                         const environment& lookup, const line_sink& say) {
  tool_app tool{lookup};
  try {
    tool.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return tool_output{tool.app.help()};
  } catch (const CLI::CallForVersion& version) {
    return tool_output{std::string{version.what()} + "\n"};
  } catch (const CLI::ParseError& wrong) {
    return misused(tool, wrong);
  }
  if (tool.keys.chosen()) {
    auto text = tool.keys.run(lookup);
    return text ? printed(std::move(text)) : as_usage(text.error());
  }
  return run_command(tool, say);
}

} // namespace

expected<tool_output> run_tool(int argc, const char* const* argv, const environment& lookup,
                               const line_sink& say) {
  auto output = understand_and_run(argc, argv, lookup, say);
  if (!output && wants_json(argc, argv))
    return tool_output{json_of(output.error()) + "\n", exit_code_of(flwr::code_of(output.error())),
                       output.error()};
  return output;
}

} // namespace flwr
