#include "actors/ml/network.hpp"

#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace flwr {
namespace {

using torch::jit::Block;
using torch::jit::Module;
using torch::jit::Node;

constexpr std::array random_operations = {
  "aten::_fused_dropout",   "aten::alpha_dropout",
  "aten::bernoulli",        "aten::binomial",
  "aten::cauchy",           "aten::dropout",
  "aten::exponential",      "aten::feature_alpha_dropout",
  "aten::feature_dropout",  "aten::geometric",
  "aten::log_normal",       "aten::multinomial",
  "aten::native_dropout",   "aten::normal",
  "aten::poisson",          "aten::rand",
  "aten::rand_like",        "aten::randint",
  "aten::randint_like",     "aten::randn",
  "aten::randn_like",       "aten::random",
  "aten::randperm",         "aten::rrelu",
  "aten::rrelu_with_noise", "aten::_sample_dirichlet",
  "aten::_standard_gamma",  "aten::uniform",
};

bool never_trains(const Node& node) {
  return node.hasNamedInput("train") && toIValue(node.namedInput("train")) == c10::IValue{false};
}

bool is_random(const Node& node) {
  std::string_view name = node.kind().toQualString();
  if (name.ends_with('_'))
    name.remove_suffix(1);
  return std::ranges::find(random_operations, name) != random_operations.end()
         && !never_trains(node);
}

std::optional<std::string> find_random(const Block& block) {
  for (const auto* node : block.nodes()) {
    if (is_random(*node))
      return node->kind().toQualString();
    for (const auto* inner : node->blocks())
      if (auto found = find_random(*inner))
        return found;
  }
  return std::nullopt;
}

std::optional<std::string> find_random(const Module& module) {
  auto graph = module.get_method("forward").graph()->copy();
  torch::jit::Inline(*graph);
  return find_random(*graph->block());
}

void collect(const Module& module, const std::string& prefix, std::vector<state_tensor>& state) {
  auto add = [&](const std::string& name, torch::Tensor value) {
    auto trained = value.requires_grad();
    state.push_back({prefix + name, std::move(value), trained});
  };
  for (const auto& entry : module.named_parameters(false))
    add(entry.name, entry.value);
  for (const auto& entry : module.named_buffers(false))
    add(entry.name, entry.value);
  for (const auto& child : module.named_children())
    collect(child.value, prefix + child.name + ".", state);
}

class script_network : public network {
public:
  explicit script_network(Module module) : module_(std::move(module)) {
    collect(module_, "", state_);
  }

  // The optimizing executor changes its mind about rounding after a few calls.
  torch::Tensor forward(const torch::Tensor& batch) override {
    torch::jit::GraphOptimizerEnabledGuard plain{false};
    return module_.forward({batch}).toTensor();
  }

  // Module::train fails on a frozen module, which has no such attribute.
  void set_training(bool on) override {
    for (auto module : module_.modules())
      if (module.hasattr("training"))
        module.setattr("training", on);
  }

  const std::vector<state_tensor>& state() const override { return state_; }

private:
  Module module_;
  std::vector<state_tensor> state_;
};

caf::error unfit(const std::filesystem::path& file, const std::string& why) {
  return make_error(ec::usage, "TorchScript file " + file.string() + ": " + why);
}

std::optional<std::string> misshapen(network& model, const dataset& data) {
  torch::NoGradGuard no_gradients;
  std::vector<int64_t> sizes{2};
  sizes.insert(sizes.end(), data.shape.begin(), data.shape.end());
  model.set_training(false);
  auto logits = model.forward(torch::zeros(sizes));
  if (logits.sizes() == std::vector<int64_t>{2, static_cast<int64_t>(data.classes)})
    return std::nullopt;
  return "forward makes " + c10::str(logits.sizes()) + " of a batch of " + c10::str(sizes)
         + "; needed are {batch, classes} logits, here for " + std::to_string(data.classes)
         + " classes";
}

std::optional<std::string> unusable(const std::vector<state_tensor>& state) {
  if (std::ranges::none_of(state, &state_tensor::trained))
    return "has no parameter to train";
  for (const auto& [name, value, trained] : state)
    if (!value.is_contiguous() || (trained && value.scalar_type() != torch::kFloat32))
      return "parameter " + name + " isn't contiguous float32";
  return std::nullopt;
}

std::string first_line(const c10::Error& problem) {
  std::string text = problem.what_without_backtrace();
  return text.substr(0, text.find('\n'));
}

} // namespace

expected<std::unique_ptr<network>> load_script_network(const std::filesystem::path& file,
                                                       const dataset& data) {
  if (std::error_code ignored; !std::filesystem::is_regular_file(file, ignored))
    return make_error(ec::missing, "model: there is no file " + file.string());
  try {
    auto module = torch::jit::load(file.string(), torch::kCPU);
    if (auto name = find_random(module))
      return unfit(file, "uses " + *name
                           + ", which is random, so nobody could repeat the "
                             "training; take it out of the network");
    auto model = std::make_unique<script_network>(std::move(module));
    if (auto why = unusable(model->state()))
      return unfit(file, *why);
    if (auto why = misshapen(*model, data))
      return unfit(file, *why);
    return std::unique_ptr<network>{std::move(model)};
  } catch (const c10::Error& problem) {
    return make_error(ec::corrupt, "TorchScript file " + file.string()
                                     + ": LibTorch can't run it: " + first_line(problem));
  } catch (const std::exception& problem) {
    return make_error(ec::corrupt, "TorchScript file " + file.string()
                                     + ": LibTorch can't run it: " + problem.what());
  }
}

} // namespace flwr
