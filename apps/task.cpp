#include "apps/task.hpp"

#include "actors/audit/manifest.hpp"
#include "actors/fl/layouts.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "actors/ml/torch_learner.hpp"
#include "apps/tool_files.hpp"

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

/// The options' names, understood.
struct names {
  strategy_config strategy;
  data_spec data;
  partition_rule partition;
  std::optional<model_spec> model;
};

expected<names> understand(const server_options& options) {
  names all;
  if (auto strategy = strategy_of(options))
    all.strategy = *strategy;
  else
    return strategy.error();
  if (auto data = parse_data(options.data))
    all.data = *data;
  else
    return data.error();
  if (auto rule = parse_partition(options.partition))
    all.partition = *rule;
  else
    return rule.error();
  if (!options.model)
    return all;
  auto model = parse_model(*options.model);
  if (!model)
    return model.error();
  all.model = *model;
  return all;
}

/// A manifest must be able to name everybody who is invited.
expected<void> check_cohort(const server_options& options, const strategy_config& strategy) {
  auto invited = num_fit_clients(strategy, options.clients).clients;
  if (invited <= max_entries)
    return caf::unit;
  return make_error(ec::usage, std::to_string(invited) + " clients a round are more than the "
                                 + std::to_string(max_entries)
                                 + " that a round's manifest can name; lower --fraction-fit or "
                                   "--min-clients");
}

description describe_run(const server_options& options, const names& known, const model_spec& model,
                         layout_ptr layout) {
  return {.clients = options.clients,
          .data = describe(known.data),
          .partition = options.partition,
          .seed = options.seed,
          .model = {.name = describe(model),
                    .torchscript = {},
                    .layout = std::move(layout),
                    .genesis = {}},
          .learner = {.local_epochs = options.local_epochs,
                      .batch_size = options.batch_size,
                      .lr = options.lr,
                      .momentum = options.momentum},
          .strategy = known.strategy,
          .exchange = "ipfs",
          .ledger = "commit",
          .ipfs_profile = options.ipfs_profile};
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

} // namespace

expected<task> prepare_task(const server_options& options) {
  auto known = understand(options);
  if (!known)
    return known.error();
  if (auto fits = check_cohort(options, known->strategy); !fits)
    return fits.error();
  auto data = load_dataset(known->data, options.seed);
  if (!data)
    return data.error();
  auto split = split_data(**data, known->partition, options.clients, options.seed);
  if (!split)
    return split.error();
  auto model = known->model.value_or(default_model(**data));
  auto factory = make_torch_learner({.data = *data,
                                     .split = *split,
                                     .model = model,
                                     .seed = options.seed,
                                     .local_epochs = options.local_epochs,
                                     .batch_size = options.batch_size,
                                     .lr = options.lr,
                                     .momentum = options.momentum});
  auto genesis = genesis_of(factory);
  if (!genesis)
    return genesis.error();
  auto script = script_id(model, options.ipfs_profile);
  if (!script)
    return script.error();
  auto text = describe_run(options, *known, model, (*genesis)->layout);
  text.model.torchscript = *script;
  return task{factory, *genesis, std::move(text)};
}

} // namespace flwr
