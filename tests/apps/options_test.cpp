#include "apps/options.hpp"

#include "apps/option_sources.hpp"
#include "apps/option_table.hpp"
#include "tests/apps/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <thread>
#include <vector>

using namespace flwr;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

using words = std::vector<std::string>;
using variables = std::map<std::string, std::string>;

auto parsed(const words& args, const variables& set = {}) {
  std::vector<const char*> argv{"flwr-actor-server"};
  for (const auto& arg : args)
    argv.push_back(arg.c_str());
  return parse_server_options(static_cast<int>(argv.size()), argv.data(),
                              [&](const std::string& name) -> std::optional<std::string> {
                                auto found = set.find(name);
                                return found == set.end() ? std::nullopt
                                                          : std::optional{found->second};
                              });
}

server_options options(const words& args, const variables& set = {}) {
  auto result = parsed(args, set);
  INFO((result ? "" : render(result.error())));
  REQUIRE(result);
  return std::get<server_options>(*result);
}

/// The words of the error; its code must be usage.
std::string refusal(const words& args, const variables& set = {}) {
  auto result = parsed(args, set);
  REQUIRE_FALSE(result);
  CHECK(code_of(result.error()) == ec::usage);
  return render(result.error());
}

std::string printed(const words& args) {
  auto result = parsed(args);
  REQUIRE(result);
  return std::get<text_to_print>(*result).text;
}

words simulating(words more) {
  more.insert(more.begin(), {"--simulate", "2"});
  return more;
}

} // namespace

TEST_CASE("a simulation of two has the documented defaults") {
  server_options defaults;
  defaults.simulate = defaults.clients = defaults.min_clients = 2;
  defaults.workers = std::max(1u, std::thread::hardware_concurrency());
  CHECK(options({"--simulate", "2"}) == defaults);
}

TEST_CASE("the defaults in --help are those of the program") {
  const words computed = {"simulate",   "clients", "min-clients",   "model",   "http",
                          "allow-host", "workers", "inbound-bytes", "account", "password-file"};
  for (const auto& row : server_option_table()) {
    if (row.value.empty() || std::ranges::count(computed, row.name) > 0)
      continue;
    CAPTURE(row.name, row.fallback);
    server_options applied;
    CHECK(row.rule.set(applied, row.fallback));
    CHECK(applied == server_options{});
  }
}

TEST_CASE("every option is one key, one variable and one option, and does the same from each") {
  const variables samples = {{"simulate", "5"},
                             {"clients", "5"},
                             {"min-clients", "3"},
                             {"fraction-fit", "0.25"},
                             {"fraction-evaluate", "0.75"},
                             {"evaluate", "both"},
                             {"rounds", "7"},
                             {"round-timeout", "90s"},
                             {"join-timeout", "5m"},
                             {"rejoin-grace", "10s"},
                             {"listen", "127.0.0.1:9000"},
                             {"http", "[::1]:9001"},
                             {"allow-host", "learning.example"},
                             {"insecure", "true"},
                             {"exchange", "inline"},
                             {"strategy", "fedavg:min_fit_clients=2"},
                             {"model", "mlp:hidden=64"},
                             {"data", "cifar10:images"},
                             {"partition", "dirichlet:0.3"},
                             {"local-epochs", "4"},
                             {"batch-size", "16"},
                             {"lr", "0.05"},
                             {"momentum", "0.5"},
                             {"seed", "42"},
                             {"chain", "none"},
                             {"confirmations", "1"},
                             {"max-unconfirmed-rounds", "4"},
                             {"account", "dev:anvil:3"},
                             {"password-file", "secret.txt"},
                             {"ipfs", "embedded"},
                             {"ipfs-profile", "unixfs-v0-2015"},
                             {"state-dir", "elsewhere"},
                             {"new-run", "true"},
                             {"workers", "3"},
                             {"inbound-bytes", "1GiB"},
                             {"json", "true"},
                             {"progress", "plain"}};
  test::scratch_directory scratch;
  std::set<std::string> seen;
  for (const auto& row : server_option_table()) {
    CAPTURE(row.name);
    seen.insert(row.name);
    auto sample = samples.at(row.name);
    auto rest = row.name == "simulate" || row.name == "listen" ? words{} : words{"--simulate=5"};
    auto by_option = rest, spaced = rest, by_file = rest;
    by_option.push_back("--" + row.name + "=" + sample);
    spaced.push_back("--" + row.name);
    if (!row.value.empty())
      spaced.push_back(sample);
    auto file = scratch.write("run.toml", row.name + " = \"" + sample + "\"\n");
    by_file.push_back("--config=" + file);
    auto expected = options(by_option);
    CHECK(options(spaced) == expected);
    CHECK(options(rest, {{variable_of(row.name), sample}}) == expected);
    CHECK(options(by_file) == expected);
    if (row.name != "simulate" && row.name != "clients" && row.name != "confirmations"
        && row.name != "ipfs")
      CHECK_FALSE(expected == options(rest));
  }
  CHECK(seen.size() == samples.size());
  CHECK(variable_of("min-clients") == "FLWR_ACTOR_MIN_CLIENTS");
}

TEST_CASE("option goes before environment before file before default") {
  test::scratch_directory scratch;
  auto file = scratch.write("run.toml", "simulate = 2\nrounds = 5\nlr = 0.5\nseed = 9\n");
  auto mixed = options({"--config", file, "--rounds", "7"},
                       {{"FLWR_ACTOR_ROUNDS", "6"}, {"FLWR_ACTOR_LR", "0.25"}});
  CHECK(mixed.rounds == 7);
  CHECK(mixed.lr == 0.25);
  CHECK(mixed.seed == 9);
  CHECK(mixed.batch_size == 32);
  CHECK(options({}, {{"FLWR_ACTOR_CONFIG", file}}).rounds == 5);
}

TEST_CASE("an empty variable counts as not set, and the last of two options counts") {
  CHECK(options(simulating({}), {{"FLWR_ACTOR_ROUNDS", ""}}).rounds == 3);
  CHECK(options(simulating({"--rounds", "4", "--rounds", "5"})).rounds == 5);
}

TEST_CASE("TOML values may be texts, numbers, true or false") {
  test::scratch_directory scratch;
  auto file = scratch.write("run.toml", "simulate = 10\nfraction-fit = 0.2\nlr = 1\njson = true\n"
                                        "round-timeout = '5m'\nseed = \"18446744073709551615\"\n");
  auto read = options({"--config", file});
  CHECK(read.simulate == 10);
  CHECK(read.fraction_fit == 0.2);
  CHECK(read.lr == 1);
  CHECK(read.json);
  CHECK(read.round_timeout == 5min);
  CHECK(read.seed == std::numeric_limits<uint64_t>::max());
}

TEST_CASE("the minimum of clients follows the population") {
  CHECK(options({"--simulate", "1"}).min_clients == 1);
  CHECK(options({"--simulate", "100"}).min_clients == 2);
  CHECK(options({"--simulate", "100"}).clients == 100);
  CHECK(options({"--simulate", "3", "--clients", "3", "--min-clients", "3"}).min_clients == 3);
}

TEST_CASE("a value that can't be is refused with its place and what is allowed") {
  struct row {
    words args;
    std::string says;
  };
  auto [args, says] = GENERATE(values<row>({
    {{"--simulate", "0"}, "--simulate: \"0\" can't be; allowed: a whole number, 1 to 4294967295"},
    {{"--simulate", "-1"}, "--simulate: \"-1\""},
    {{"--simulate", "two"}, "--simulate: \"two\""},
    {{"--simulate", "99999999999999999999"}, "a whole number"},
    {{"--clients", "0"}, "--clients: \"0\""},
    {{"--min-clients", "0"}, "--min-clients: \"0\""},
    {{"--fraction-fit", "1.5"}, "--fraction-fit: \"1.5\" can't be; allowed: a number, 0 to 1"},
    {{"--fraction-fit", "nan"}, "--fraction-fit: \"nan\""},
    {{"--fraction-evaluate", "-0.1"}, "--fraction-evaluate: \"-0.1\""},
    {{"--listen", "8081"}, "allowed: HOST:PORT"},
    {{"--listen", "::1:8081"}, "allowed: HOST:PORT"},
    {{"--http", "localhost:65536"}, "allowed: HOST:PORT"},
    {{"--exchange", "pickle"}, "allowed: ipfs or inline"},
    {{"--rejoin-grace", "30"}, "with its unit"},
    {{"--evaluate", "server"}, "allowed: clients, central or both"},
    {{"--rounds", "0"}, "--rounds: \"0\""},
    {{"--round-timeout", "90"}, "with its unit (ms, s, m, h) such as 90s"},
    {{"--round-timeout", "0s"}, "--round-timeout: \"0s\""},
    {{"--strategy", ""}, "--strategy: \"\""},
    {{"--local-epochs", "0"}, "--local-epochs: \"0\""},
    {{"--batch-size", "0"}, "--batch-size: \"0\""},
    {{"--lr", "inf"}, "allowed: a finite number, 0 or more"},
    {{"--lr", "-0.1"}, "--lr: \"-0.1\""},
    {{"--momentum", "1.1"}, "--momentum: \"1.1\""},
    {{"--seed", "-1"}, "allowed: a whole number, 0 to 18446744073709551615"},
    {{"--chain", "anvil"}, "allowed: embedded or none"},
    {{"--chain", "http://127.0.0.1:8545"}, "this build can't reach other nodes yet"},
    {{"--confirmations", "0"}, "--confirmations: \"0\""},
    {{"--max-unconfirmed-rounds", "0"}, "--max-unconfirmed-rounds: \"0\""},
    {{"--account", ""}, "--account: \"\""},
    {{"--ipfs", "http://127.0.0.1:5001"}, "allowed: embedded"},
    {{"--ipfs-profile", "v0"}, "allowed: unixfs-v1-2025 or unixfs-v0-2015"},
    {{"--workers", "0"}, "allowed: a whole number, 1 to 1024"},
    {{"--inbound-bytes", "64m"}, "--inbound-bytes: \"64m\""},
    {{"--json=maybe"}, "--json: \"maybe\" can't be; allowed: true or false"},
    {{"--progress", "bar"}, "allowed: auto, plain or none"},
  }));
  CHECK_THAT(refusal(args), Contains(says));
}

TEST_CASE("a wrong value names the variable or the file and line that it comes from") {
  CHECK_THAT(refusal(simulating({}), {{"FLWR_ACTOR_ROUNDS", "many"}}),
             Contains("FLWR_ACTOR_ROUNDS: \"many\" can't be"));
  test::scratch_directory scratch;
  auto file = scratch.write("run.toml", "simulate = 2\n\nrounds = 0\n");
  CHECK_THAT(refusal({"--config", file}), Contains("run.toml:3: rounds: \"0\" can't be"));
}

TEST_CASE("values that contradict each other are refused") {
  CHECK_THAT(refusal(simulating({"--min-clients", "3"})),
             Contains("--min-clients: 3 is more than the 2 clients of --simulate"));
  CHECK_THAT(refusal(simulating({"--clients", "3"})),
             Contains("--clients: 3 clients, but --simulate runs 2"));
  CHECK_THAT(refusal(simulating({"--confirmations", "2"})),
             Contains("--confirmations: more than 1 can't come"));
  CHECK_THAT(refusal({"--listen", "0.0.0.0:8081"}), Contains("TLS isn't built yet"));
  CHECK_THAT(refusal({"--http", "192.0.2.1:80"}), Contains("--insecure"));
  CHECK_THAT(refusal({"--listen", "127.0.0.1:8082"}),
             Contains("--listen and --http are both 127.0.0.1:8082"));
  CHECK_THAT(refusal({"--simulate", "2", "--listen", "127.0.0.1:9000"}),
             Contains("--listen: nobody can join a simulation"));
  CHECK(options({"--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"}).listen.port == 0);
}

TEST_CASE("a server without --simulate waits for clients of the network") {
  auto plain = options({});
  CHECK(plain.simulate == 0);
  CHECK(plain.clients == 2);
  CHECK(plain.min_clients == 2);
  CHECK(plain.http == endpoint{"127.0.0.1", 8082});
  CHECK(options({"--min-clients", "5"}).clients == 5);
  CHECK(options({"--clients", "500"}).min_clients == 2);
  CHECK_FALSE(options({"--simulate", "2"}).http);
  CHECK(options({"--listen", "0.0.0.0:1", "--insecure"}).listen == endpoint{"0.0.0.0", 1});
}

TEST_CASE("variables that look like ours and aren't are told") {
  std::vector<std::string> fine{"HOME",
                                "FLWR_PEERS",
                                "FLWR_ACTOR_ROUNDS",
                                "FLWR_ACTOR_CID",
                                "FLWR_ACTOR_CONFIG",
                                "FLWR_ACTOR_KEYS_DIR",
                                "FLWR_ACTOR_PASSWORD_FILE"};
  CHECK(strange_variables(fine).empty());
  auto lines = strange_variables(std::vector<std::string>{"FLWR_ACTOR_RUONDS", "HOME"});
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0],
             Contains("FLWR_ACTOR_RUONDS") && Contains("(did you mean FLWR_ACTOR_ROUNDS?)"));
}

TEST_CASE("what is no option is refused with a suggestion") {
  CHECK_THAT(refusal(simulating({"--rouns", "3"})),
             Contains("unknown option --rouns (did you mean --rounds?)"));
  CHECK_THAT(refusal(simulating({"--min_clients=3"})), Contains("did you mean --min-clients?"));
  CHECK_THAT(refusal(simulating({"--epochs", "3"})), Contains("did you mean --local-epochs?"));
  CHECK_THAT(refusal(simulating({"--xyzzy"})), Contains("unknown option --xyzzy; --help"));
  CHECK_THAT(refusal(simulating({"-r", "3"})), Contains("unknown option -r"));
  CHECK_THAT(refusal(simulating({"-"})), Contains("unknown option -"));
  CHECK_THAT(refusal(simulating({"rounds=3"})), Contains("\"rounds=3\" is no option"));
}

TEST_CASE("an option without its value is refused") {
  CHECK_THAT(refusal(simulating({"--rounds"})), Contains("--rounds"));
  CHECK_THAT(refusal(simulating({"--data", "--json"})), Contains("--data needs a value"));
  CHECK_THAT(refusal(simulating({"--data=", "--json"})), Contains("--data needs a value"));
}

TEST_CASE("a config file that can't be used is refused with its place") {
  test::scratch_directory scratch;
  auto refused = [&](std::string_view text) {
    return refusal(simulating({"--config", scratch.write("run.toml", text)}));
  };
  CHECK_THAT(refused("lr = 1\nmin_clients = 2\n"),
             Contains("run.toml:2: unknown key min_clients (did you mean min-clients?)"));
  CHECK_THAT(refused("config = 'other.toml'\n"), Contains("run.toml:1: unknown key config"));
  CHECK_THAT(refused("\nrounds = [1, 2]\n"), Contains("run.toml:2: rounds takes one"));
  CHECK_THAT(refused("[rounds]\nn = 1\n"), Contains("run.toml:1: rounds takes one"));
  CHECK_THAT(refused("rounds = 2020-01-01\n"), Contains("rounds takes one"));
  CHECK_THAT(refused("lr = inf\n"), Contains("run.toml:1: lr: \"inf\" can't be"));
  CHECK_THAT(refused("rounds = 1\nrounds = 2\n"), Contains("run.toml:2: not TOML"));
  CHECK_THAT(refused("rounds\n"), Contains("run.toml:1: not TOML"));
  CHECK_THAT(refused(std::string(2 << 20, '#')), Contains("larger than 1 MiB"));
  CHECK_THAT(refusal({"--config", scratch.path() / "none.toml"}), Contains("can't read"));
  CHECK_THAT(refusal({"--config", scratch.path()}), Contains("is a directory"));
}

TEST_CASE("the option --help shows examples first and every option, whatever else is typed") {
  auto text = printed({"--rounds", "0", "--help"});
  CHECK(text.find("Examples:") < text.find("--rounds N"));
  for (const auto& row : server_option_table())
    CHECK_THAT(text, Contains("  --" + row.name + (row.value.empty() ? " " : " " + row.value)));
  CHECK_THAT(text, Contains("--config FILE.toml"));
  CHECK(printed({"-h"}) == text);
}

TEST_CASE("no line of --help is wider than 100 columns") {
  auto text = printed({"--help"});
  for (size_t start = 0, end; (end = text.find('\n', start)) != text.npos; start = end + 1)
    CHECK(end - start <= 100);
}

TEST_CASE("the option --version names the program") {
  CHECK_THAT(printed({"--version"}), Catch::Matchers::StartsWith("flwr-actor-server 0."));
}
