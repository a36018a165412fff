#include "apps/task.hpp"

#include "actors/audit/manifest.hpp"
#include "actors/fl/layouts.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "actors/ml/torch_learner.hpp"
#include "apps/tool_files.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace flwr {
namespace {

expected<strategy_config> strategy_of(const server_options& options) {
  return parse_strategy(options.strategy, {.name = "fedavg",
                                           .fraction_fit = options.fraction_fit,
                                           .fraction_evaluate = options.fraction_evaluate,
                                           .min_fit_clients = options.min_clients,
                                           .min_evaluate_clients = options.min_clients,
                                           .min_available_clients = options.min_clients,
                                           .accept_failures = true,
                                           .max_examples = max_examples_limit});
}

/// What is to be learned, by whichever program.
struct learning {
  uint64_t clients = 0;
  std::string data, partition;
  std::optional<std::string> model;
  uint64_t seed = 0, local_epochs = 1, batch_size = 32;
  double lr = 0, momentum = 0;
  std::string ipfs_profile;
};

/// The names in it, understood.
struct names {
  data_spec data;
  partition_rule partition;
  std::optional<model_spec> model;
};

expected<names> understand(const learning& what) {
  names all;
  if (auto data = parse_data(what.data))
    all.data = *data;
  else
    return data.error();
  if (auto rule = parse_partition(what.partition))
    all.partition = *rule;
  else
    return rule.error();
  if (!what.model)
    return all;
  auto model = parse_model(*what.model);
  if (!model)
    return model.error();
  all.model = *model;
  return all;
}

/// A manifest must be able to name everybody who is invited.
expected<void> check_cohort(const server_options& options, const strategy_config& strategy) {
  if (strategy.min_available_clients > options.clients)
    return make_error(ec::usage, "the strategy's min_available_clients, "
                                   + std::to_string(strategy.min_available_clients)
                                   + ", are more than all clients, "
                                   + std::to_string(options.clients)
                                   + ": no round could begin; lower it, or raise --clients");
  auto invited = num_fit_clients(strategy, options.clients).clients;
  if (invited <= max_entries)
    return caf::unit;
  return make_error(ec::usage, std::to_string(invited) + " clients a round are more than the "
                                 + std::to_string(max_entries)
                                 + " that a round's manifest can name; lower --fraction-fit or "
                                   "--min-clients");
}

description describe_run(const learning& what, const names& known, const model_spec& model,
                         layout_ptr layout) {
  return {.clients = what.clients,
          .data = describe(known.data),
          .partition = what.partition,
          .seed = what.seed,
          .model = {.name = describe(model),
                    .torchscript = {},
                    .layout = std::move(layout),
                    .genesis = {}},
          .learner = {.local_epochs = what.local_epochs,
                      .batch_size = what.batch_size,
                      .lr = what.lr,
                      .momentum = what.momentum},
          .strategy = {},
          .exchange = "ipfs",
          .ledger = "commit",
          .ipfs_profile = what.ipfs_profile};
}

/// The content id of a TorchScript file: every client must bring the same one.
expected<std::optional<content_id>> script_id(const model_spec& model,
                                              const std::string& profile_name) {
  if (model.what != model_spec::kind::torchscript)
    return std::optional<content_id>{};
  auto file = read_file(model.file);
  if (!file)
    return file.error();
  return std::optional{content_id_of(*file, *unixfs_profile_from(profile_name))};
}

expected<parameters_ptr> genesis_of(const learner_factory& factory) {
  auto first = factory();
  if (!first)
    return first.error();
  auto genesis = (*first)->genesis();
  if (genesis)
    if (auto usable = can_average(*(*genesis)->layout); !usable)
      return usable.error();
  return genesis;
}

/// The task, its strategy left to fill in.
expected<task> prepare(const learning& what) {
  auto known = understand(what);
  if (!known)
    return known.error();
  auto data = load_dataset(known->data, what.seed);
  if (!data)
    return data.error();
  auto split = split_data(**data, known->partition, what.clients, what.seed);
  if (!split)
    return split.error();
  auto model = known->model.value_or(default_model(**data));
  auto factory = make_torch_learner({.data = *data,
                                     .split = *split,
                                     .model = model,
                                     .seed = what.seed,
                                     .local_epochs = what.local_epochs,
                                     .batch_size = what.batch_size,
                                     .lr = what.lr,
                                     .momentum = what.momentum});
  auto genesis = genesis_of(factory);
  if (!genesis)
    return genesis.error();
  auto script = script_id(model, what.ipfs_profile);
  if (!script)
    return script.error();
  auto text = describe_run(what, *known, model, (*genesis)->layout);
  text.model.torchscript = *script;
  return task{factory, *genesis, std::move(text)};
}

learning learning_of(const server_options& options) {
  return {.clients = options.clients,
          .data = options.data,
          .partition = options.partition,
          .model = options.model,
          .seed = options.seed,
          .local_epochs = options.local_epochs,
          .batch_size = options.batch_size,
          .lr = options.lr,
          .momentum = options.momentum,
          .ipfs_profile = options.ipfs_profile};
}

/// The run's, but for what this client was told.
learning learning_of(const description& run, const client_options& options) {
  return {.clients = run.clients,
          .data = options.data.value_or(run.data),
          .partition = options.partition.value_or(run.partition),
          .model = options.model.value_or(run.model.name),
          .seed = options.seed.value_or(run.seed),
          .local_epochs = options.local_epochs.value_or(run.learner.local_epochs),
          .batch_size = options.batch_size.value_or(run.learner.batch_size),
          .lr = options.lr.value_or(run.learner.lr),
          .momentum = options.momentum.value_or(run.learner.momentum),
          .ipfs_profile = run.ipfs_profile};
}

} // namespace

expected<task> prepare_task(const server_options& options) {
  auto strategy = strategy_of(options);
  if (!strategy)
    return strategy.error();
  if (auto fits = check_cohort(options, *strategy); !fits)
    return fits.error();
  auto made = prepare(learning_of(options));
  if (!made)
    return made.error();
  made->text.strategy = *strategy;
  made->text.exchange = options.exchange;
  return made;
}

expected<learner_factory> prepare_learner(const description& run, const client_options& options) {
  if (run.model.torchscript && !options.model)
    return make_error(ec::usage, "this run trains a TorchScript file that each client brings "
                                 "along; say --model FILE");
  auto made = prepare(learning_of(run, options));
  if (!made)
    return made.error();
  auto& ours = made->text;
  ours.model.genesis = run.model.genesis;
  ours.strategy = run.strategy;
  ours.exchange = run.exchange;
  ours.ledger = run.ledger;
  if (auto other = first_difference(run, ours))
    return make_error(ec::usage, "this client can't take part in the server's run: " + *other);
  return made->make_learner;
}

expected<void> check_places(const client_options& options) {
  learning what{.data = options.data.value_or("synthetic"),
                .partition = options.partition.value_or("iid"),
                .model = options.model,
                .ipfs_profile = {}};
  auto known = understand(what);
  if (!known)
    return known.error();
  std::error_code unknown;
  auto& folder = known->data.directory;
  if (!folder.empty() && !std::filesystem::is_directory(folder, unknown))
    return make_error(ec::missing, "--data: there is no directory " + folder.string());
  if (known->model && !known->model->file.empty()
      && !std::filesystem::exists(known->model->file, unknown))
    return make_error(ec::missing, "--model: there is no file " + known->model->file.string());
  return caf::unit;
}

uint64_t inbound_bytes(const std::optional<uint64_t>& wanted, const layout& model) {
  return wanted.value_or(std::max<uint64_t>(2 * model.file_bytes, 64 << 20));
}

} // namespace flwr
