#include "actors/audit/description.hpp"

#include "actors/audit/canonical_json.hpp"
#include "actors/audit/description_json.hpp"
#include "actors/audit/json_fields.hpp"
#include "actors/audit/typed_scalars.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/safetensors.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <utility>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr auto schema = "flwr-actor/description/1";
constexpr auto subject = "run description: ";
constexpr auto torchscript = "torchscript";
constexpr auto no_limit = std::numeric_limits<uint64_t>::max();

// -- writing -------------------------------------------------------------------------------------

json::value layout_json(const layout& layout) {
  json::array tensors;
  for (const auto& tensor : layout.tensors) {
    json::array shape;
    for (auto extent : tensor.shape)
      shape.emplace_back(std::to_string(extent));
    tensors.emplace_back(json::object{{"name", tensor.name},
                                      {"dtype", std::string{name_of(tensor.type)}},
                                      {"shape", std::move(shape)}});
  }
  return tensors;
}

json::value model_json(const description& what) {
  json::object model{{"name", what.model.name}};
  if (what.model.torchscript)
    model.emplace(torchscript, to_text(*what.model.torchscript));
  model.emplace("layout", what.model.layout ? layout_json(*what.model.layout) : json::array{});
  model.emplace("genesis", to_text(what.model.genesis));
  return model;
}

json::value learner_json(const description& what) {
  return json::object{{"local_epochs", std::to_string(what.learner.local_epochs)},
                      {"batch_size", std::to_string(what.learner.batch_size)},
                      {"lr", to_json(scalar{what.learner.lr})},
                      {"momentum", to_json(scalar{what.learner.momentum})}};
}

json::value strategy_json(const strategy_config& what) {
  return json::object{{"name", versioned_name(what)},
                      {"fraction_fit", to_json(scalar{what.fraction_fit})},
                      {"fraction_evaluate", to_json(scalar{what.fraction_evaluate})},
                      {"min_fit_clients", std::to_string(what.min_fit_clients)},
                      {"min_evaluate_clients", std::to_string(what.min_evaluate_clients)},
                      {"min_available_clients", std::to_string(what.min_available_clients)},
                      {"accept_failures", to_json(scalar{what.accept_failures})},
                      {"max_examples", std::to_string(what.max_examples)}};
}

// -- reading -------------------------------------------------------------------------------------

std::string name_in(json_fields& fields, std::string_view key) {
  auto name = fields.text(key);
  if (name.empty())
    fields.refuse(key, "is empty");
  return name;
}

std::string choice_in(json_fields& fields, std::string_view key,
                      std::initializer_list<std::string_view> known) {
  auto word = fields.text(key);
  std::string list;
  for (auto one : known)
    list += (list.empty() ? "'" : " or '") + std::string{one} + "'";
  if (std::ranges::find(known, word) == known.end())
    fields.refuse(key, "is '" + word + "'; use " + list);
  return word;
}

double real_in(json_fields& fields, std::string_view key, double max) {
  auto value = fields.typed<double>(key);
  if (!std::isfinite(value) || value < 0 || value > max)
    fields.refuse(key, "is " + std::to_string(value) + ", which is out of range");
  return value;
}

tensor_spec tensor_in(json_fields fields) {
  tensor_spec tensor{fields.text("name"), dtype::f32, {}};
  auto type = fields.text("dtype");
  if (auto known = dtype_from(type))
    tensor.type = *known;
  else
    fields.refuse("dtype", "is '" + type + "', which safetensors doesn't have");
  for (const auto& item : fields.list("shape")) {
    auto digits = item.if_string();
    auto extent = digits ? parse_decimal(*digits) : std::nullopt;
    if (!extent)
      fields.refuse("shape", "isn't a list of whole numbers");
    tensor.shape.push_back(extent.value_or(0));
  }
  fields.end();
  return tensor;
}

layout_ptr layout_in(json_fields& fields, caf::error& failure) {
  std::vector<tensor_spec> tensors;
  for (const auto& item : fields.list("layout")) {
    auto place = fields.where("layout") + "[" + std::to_string(tensors.size()) + "].";
    tensors.push_back(tensor_in({item, place, failure}));
  }
  if (tensors.empty())
    fields.refuse("layout", "is empty");
  if (failure)
    return nullptr;
  auto layout = make_layout(std::move(tensors));
  if (layout)
    return *layout;
  fields.refuse("layout", "can't be: " + render(layout.error()));
  return nullptr;
}

void read_model(json_fields fields, description& into, caf::error& failure) {
  into.model.name = name_in(fields, "name");
  if (fields.has(torchscript))
    into.model.torchscript = fields.content(torchscript);
  if (into.model.torchscript.has_value() != (into.model.name == torchscript))
    fields.refuse("name", "must be 'torchscript' if there is such a file, and only then");
  into.model.layout = layout_in(fields, failure);
  into.model.genesis = fields.content("genesis");
  fields.end();
}

void read_learner(json_fields fields, description& into) {
  into.learner.local_epochs = fields.integer("local_epochs", 1);
  into.learner.batch_size = fields.integer("batch_size", 1);
  into.learner.lr = real_in(fields, "lr", std::numeric_limits<double>::max());
  into.learner.momentum = real_in(fields, "momentum", 1);
  fields.end();
}

void read_strategy(json_fields fields, description& into) {
  auto& strategy = into.strategy;
  auto name = fields.text("name");
  strategy.name = name.substr(0, name.find('/'));
  strategy.fraction_fit = real_in(fields, "fraction_fit", 1);
  strategy.fraction_evaluate = real_in(fields, "fraction_evaluate", 1);
  strategy.min_fit_clients = fields.integer("min_fit_clients", 1);
  strategy.min_evaluate_clients = fields.integer("min_evaluate_clients", 1);
  strategy.min_available_clients = fields.integer("min_available_clients", 1);
  strategy.accept_failures = fields.typed<bool>("accept_failures");
  strategy.max_examples =
    static_cast<int64_t>(fields.integer("max_examples", 1, max_examples_limit));
  if (auto usable = check(strategy); !usable)
    fields.refuse("name", "can't be: " + render(usable.error()));
  if (versioned_name(strategy) != name)
    fields.refuse("name", "is '" + name + "', but this build knows " + versioned_name(strategy));
  fields.end();
}

description read(json_fields fields, caf::error& failure) {
  description what;
  choice_in(fields, "schema", {schema});
  what.clients = fields.integer("clients", 1, uint64_t{1} << 32);
  what.data = name_in(fields, "data");
  what.partition = name_in(fields, "partition");
  what.seed = fields.integer("seed", 0, no_limit);
  read_model(fields.object("model"), what, failure);
  read_learner(fields.object("learner"), what);
  read_strategy(fields.object("strategy"), what);
  what.exchange = choice_in(fields, "exchange", {"ipfs", "inline"});
  what.ledger = choice_in(fields, "ledger", {"commit", "per-update"});
  what.ipfs_profile = choice_in(fields, "ipfs_profile", {"unixfs-v1-2025", "unixfs-v0-2015"});
  fields.end();
  return what;
}

} // namespace

json::value to_json(const description& what) {
  return json::object{{"schema", schema},
                      {"clients", std::to_string(what.clients)},
                      {"data", what.data},
                      {"partition", what.partition},
                      {"seed", std::to_string(what.seed)},
                      {"model", model_json(what)},
                      {"learner", learner_json(what)},
                      {"strategy", strategy_json(what.strategy)},
                      {"exchange", what.exchange},
                      {"ledger", what.ledger},
                      {"ipfs_profile", what.ipfs_profile}};
}

// What a reader would refuse isn't written: one list of rules for both ways.
expected<std::string> encode_description(const description& what) {
  auto text = canonical(to_json(what));
  if (auto read = decode_description(text); !read)
    return make_error(ec::usage, render(read.error()));
  return text;
}

expected<description> decode_description(std::string_view text) {
  auto document = parse_canonical(text);
  if (!document)
    return make_error(ec::corrupt, std::string{subject} + render(document.error()));
  caf::error failure;
  auto what = read({*document, subject, failure}, failure);
  if (failure)
    return failure;
  return what;
}

} // namespace flwr
