#include "apps/option_table.hpp"

#include "apps/option_values.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace flwr {
namespace {

template <class T>
using field = T server_options::*;

/// A rule by a parser that returns an optional.
template <class T, class Parse>
value_rule parsed(field<T> target, std::string allowed, Parse parse) {
  return {std::move(allowed), [=](server_options& to, std::string_view text) {
            auto value = parse(text);
            if (!value)
              return false;
            to.*target = *std::move(value);
            return true;
          }};
}

value_rule count(field<uint64_t> target, uint64_t min,
                 uint64_t max = std::numeric_limits<uint32_t>::max()) {
  return parsed(target, "a whole number, " + std::to_string(min) + " to " + std::to_string(max),
                [=](std::string_view text) { return parse_count(text, min, max); });
}

value_rule fraction(field<double> target) {
  return parsed(target, "a number, 0 to 1",
                [](std::string_view text) { return parse_real(text, 0, 1); });
}

value_rule not_negative(field<double> target) {
  return parsed(target, "a finite number, 0 or more", [](std::string_view text) {
    return parse_real(text, 0, std::numeric_limits<double>::max());
  });
}

value_rule flag(field<bool> target) { return parsed(target, "true or false", parse_flag); }

/// Any text but none.
template <class T>
value_rule text(field<T> target, std::string allowed) {
  return parsed(target, std::move(allowed), [](std::string_view typed) {
    return typed.empty() ? std::nullopt : std::optional{T{std::string{typed}}};
  });
}

template <class T>
value_rule choice(field<T> target, std::string allowed, std::map<std::string, T> values) {
  return parsed(target, std::move(allowed), [=](std::string_view typed) -> std::optional<T> {
    auto found = values.find(std::string{typed});
    return found == values.end() ? std::nullopt : std::optional{found->second};
  });
}

value_rule one_of(field<std::string> target, std::string allowed, std::vector<std::string> values) {
  return parsed(target, std::move(allowed), [=](std::string_view typed) {
    auto found = std::ranges::find(values, typed);
    return found == values.end() ? std::nullopt : std::optional{*found};
  });
}

value_rule duration_or_none(field<std::optional<std::chrono::milliseconds>> target) {
  using duration = std::optional<std::chrono::milliseconds>;
  return {"none, or a time with its unit (ms, s, m, h) such as 90s, at most 8760h",
          [=](server_options& to, std::string_view text) {
            to.*target = text == "none" ? duration{} : parse_duration(text);
            return text == "none" || to.*target;
          }};
}

} // namespace

const std::vector<option_row>& server_option_table() {
  using o = server_options;
  static const std::vector<option_row> table = {
    {"Clients", "simulate", "N", "", "run N clients in this process", count(&o::simulate, 1)},
    {"Clients", "clients", "N", "--simulate", "the population; client ids are 0 ... N-1",
     count(&o::clients, 1)},
    {"Clients", "min-clients", "N", "2, or all if there are fewer",
     "sample at least N clients a round", count(&o::min_clients, 1)},
    {"Clients", "fraction-fit", "F", "1", "share of the clients that train in a round",
     fraction(&o::fraction_fit)},
    {"Clients", "fraction-evaluate", "F", "1", "share of the clients that test the global model",
     fraction(&o::fraction_evaluate)},
    {"Rounds", "rounds", "N", "3", "rounds of training", count(&o::rounds, 1)},
    {"Rounds", "round-timeout", "TIME", "none",
     "close a round after 90s, 5m, with the answers it has", duration_or_none(&o::round_timeout)},
    {"Rounds", "evaluate", "WHO", "clients", "who tests the models: clients, central, both",
     choice(&o::evaluate, "clients, central or both",
            {{"clients", evaluate_by::clients},
             {"central", evaluate_by::central},
             {"both", evaluate_by::both}})},
    {"Rounds", "strategy", "NAME[:k=v,...]", "fedavg", "how updates become the next global model",
     text(&o::strategy, "a strategy, NAME[:k=v,...]")},
    {"Learning", "data", "NAME[:DIR]", "fashion-mnist",
     "cifar10, fashion-mnist, mnist, or synthetic:...", text(&o::data, "a data set, NAME[:DIR]")},
    {"Learning", "partition", "RULE", "iid", "whole, iid, dirichlet:ALPHA, shards:K",
     text(&o::partition, "a partition rule: whole, iid, dirichlet:ALPHA or shards:K")},
    {"Learning", "model", "NAME or FILE", "by data set",
     "cnn, mlp[:hidden=...], logistic, or a TorchScript file",
     text(&o::model, "a model's NAME or FILE")},
    {"Learning", "local-epochs", "N", "1", "passes over a client's data in a round",
     count(&o::local_epochs, 1)},
    {"Learning", "batch-size", "N", "32", "samples in a step of SGD", count(&o::batch_size, 1)},
    {"Learning", "lr", "X", "0.001", "learning rate", not_negative(&o::lr)},
    {"Learning", "momentum", "X", "0.9", "momentum", fraction(&o::momentum)},
    {"Learning", "seed", "N", "1", "the same seed gives the same final content id",
     count(&o::seed, 0, std::numeric_limits<uint64_t>::max())},
    {"Ledger and IPFS", "chain", "WHERE", "embedded",
     "where rounds are committed: embedded, or none",
     one_of(&o::chain, "embedded or none (this build can't reach other nodes yet)",
            {"embedded", "none"})},
    {"Ledger and IPFS", "confirmations", "N", "1", "blocks that make a commit final",
     count(&o::confirmations, 1)},
    {"Ledger and IPFS", "max-unconfirmed-rounds", "N", "1",
     "how many rounds may be ahead of the last final one", count(&o::max_unconfirmed_rounds, 1)},
    {"Ledger and IPFS", "account", "NAME or FILE", "a development key",
     "who commits: a key's name or file, dev:anvil:N",
     text(&o::account, "an account: NAME, FILE, dev:anvil:N or dev:ganache:N")},
    {"Ledger and IPFS", "password-file", "FILE", "asked for", "holds the account's password",
     text(&o::password_file, "a file")},
    {"Ledger and IPFS", "ipfs", "embedded", "embedded", "where models are stored",
     one_of(&o::ipfs, "embedded (this build can't reach other IPFS nodes yet)", {"embedded"})},
    {"Ledger and IPFS", "ipfs-profile", "NAME", "unixfs-v1-2025",
     "how content ids are made; unixfs-v0-2015 gives Qm...",
     one_of(&o::ipfs_profile, "unixfs-v1-2025 or unixfs-v0-2015",
            {"unixfs-v1-2025", "unixfs-v0-2015"})},
    {"This process", "state-dir", "DIR", "flwr-actor-run",
     "journal, blocks and history of the runs", text(&o::state_dir, "a directory")},
    {"This process", "new-run", "", "", "start a new run beside an unfinished one",
     flag(&o::new_run)},
    {"This process", "workers", "N", "the cores", "clients that train at the same time",
     count(&o::workers, 1, 1024)},
    {"This process", "inbound-bytes", "SIZE", "2 models, at least 64MiB",
     "memory for updates not stored yet, 1GiB",
     parsed(&o::inbound_bytes, "a size such as 64MiB or 256M, 1 or more", parse_size)},
    {"This process", "json", "", "", "print the run as one JSON document on stdout",
     flag(&o::json)},
    {"This process", "progress", "HOW", "auto", "auto (a bar on a terminal), plain, none",
     choice(&o::progress, "auto, plain or none",
            {{"auto", progress_style::automatic},
             {"plain", progress_style::plain},
             {"none", progress_style::none}})},
  };
  return table;
}

std::string variable_of(std::string_view option) {
  std::string name = "FLWR_ACTOR_";
  for (char c : option)
    name += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
  return name;
}

} // namespace flwr
