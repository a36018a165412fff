#include "actors/ml/torch_learner.hpp"

#include "actors/hash/philox.hpp"
#include "actors/ml/batch.hpp"
#include "actors/ml/flat_parameters.hpp"
#include "actors/ml/one_thread.hpp"
#include "actors/ml/tensor_codec.hpp"

#include <torch/types.h>

#include <algorithm>
#include <span>
#include <utility>

namespace flwr {
namespace {

constexpr uint64_t test_batch_size = 500;

/// Calls `work(batch of indices)` for each batch, as long as it returns true.
template <class Work>
bool for_each_batch(std::span<const uint32_t> indices, size_t batch_size, Work work) {
  for (; !indices.empty(); indices = indices.subspan(std::min(batch_size, indices.size())))
    if (!work(indices.first(std::min(batch_size, indices.size()))))
      return false;
  return true;
}

template <class Result, class Work>
expected<Result> guarded(Work work) {
  try {
    use_one_thread();
    return work();
  } catch (const c10::Error& problem) {
    return make_error(ec::rejected, "LibTorch: " + std::string{problem.what_without_backtrace()});
  } catch (const std::exception& problem) {
    return make_error(ec::rejected, std::string{"LibTorch: "} + problem.what());
  }
}

caf::error gave_up() { return make_error(ec::stopped, "training was told to stop"); }

struct score {
  double loss_sum = 0;
  int64_t correct = 0;
};

class torch_learner : public learner {
public:
  torch_learner(torch_learner_config config, std::unique_ptr<network> net, layout_ptr shape)
    : config_(std::move(config)), network_(std::move(net)), layout_(std::move(shape)),
      flat_(network_->state()), batch_(*config_.data, config_.batch_size),
      test_batch_(*config_.data, std::min(test_batch_size, config_.data->test.size())) {}

  expected<parameters_ptr> genesis() override;
  expected<fit_res> fit(const fit_ins&, const std::stop_token&, const step_observer&) override;
  expected<evaluate_res> evaluate(const evaluate_ins&, const std::stop_token&) override;

private:
  expected<void> take(const parameters& model);
  expected<fit_res> train(const fit_ins&, const std::stop_token&, const step_observer&);
  expected<evaluate_res> test(const evaluate_ins&, const std::stop_token&);
  double step(std::span<const uint32_t> indices);
  void measure(std::span<const uint32_t> indices, score&);

  torch_learner_config config_;
  std::unique_ptr<network> network_;
  layout_ptr layout_;
  flat_parameters flat_;
  batch batch_;
  batch test_batch_;
};

expected<std::unique_ptr<network>> make_network(const torch_learner_config& config) {
  if (config.model.what == model_spec::kind::torchscript)
    return load_script_network(config.model.file, *config.data);
  auto layers = layers_of(config.model, *config.data);
  if (!layers)
    return layers.error();
  return make_layered_network(*layers);
}

expected<std::unique_ptr<learner>> make_learner(const torch_learner_config& config) {
  auto net = make_network(config);
  if (!net)
    return net.error();
  auto shape = layout_of((*net)->state());
  if (!shape)
    return shape.error();
  return std::make_unique<torch_learner>(config, std::move(*net), std::move(*shape));
}

expected<parameters_ptr> torch_learner::genesis() {
  return guarded<parameters_ptr>([this]() -> expected<parameters_ptr> {
    if (config_.model.what != model_spec::kind::torchscript)
      return draw_genesis(*layers_of(config_.model, *config_.data), config_.seed);
    auto fresh = make_network(config_); // Its weights are the file's.
    return fresh ? store(layout_, (*fresh)->state()) : fresh.error();
  });
}

expected<void> torch_learner::take(const parameters& model) {
  if (model.layout != layout_ && *model.layout != *layout_)
    return make_error(ec::rejected, "the model has another layout than this learner's network");
  load(model, network_->state());
  return caf::unit;
}

expected<fit_res> torch_learner::fit(const fit_ins& ins, const std::stop_token& stop,
                                     const step_observer& observer) {
  return guarded<fit_res>([&] { return train(ins, stop, observer); });
}

expected<fit_res> torch_learner::train(const fit_ins& ins, const std::stop_token& stop,
                                       const step_observer& observer) {
  if (auto taken = take(*ins.base.tensors); !taken)
    return taken.error();
  auto order = config_.split->train.samples(ins.client);
  if (order.empty())
    return make_error(ec::rejected, "this client has no training samples");
  flat_.reset();
  network_->set_training(true);
  philox random{stream_key("batches", config_.seed, static_cast<uint64_t>(ins.client), ins.round)};
  auto batches = (order.size() + config_.batch_size - 1) / config_.batch_size;
  uint64_t done = 0;
  double loss_sum = 0;
  for (uint64_t epoch = 0; epoch < config_.local_epochs; ++epoch) {
    shuffle(std::span{order}, random);
    auto finished = for_each_batch(order, config_.batch_size, [&](auto indices) {
      if (stop.stop_requested())
        return false;
      loss_sum += step(indices) * static_cast<double>(indices.size());
      observer(++done, batches * config_.local_epochs);
      return true;
    });
    if (!finished)
      return gave_up();
  }
  auto trained = store(ins.base.tensors->layout, network_->state());
  if (!trained)
    return trained.error();
  fit_res res;
  res.num_examples = static_cast<int64_t>(order.size());
  res.model.tensors = std::move(*trained);
  res.metrics["loss"] =
    loss_sum / (static_cast<double>(order.size()) * static_cast<double>(config_.local_epochs));
  return res;
}

/// @returns  The batch's mean loss, before the step.
double torch_learner::step(std::span<const uint32_t> indices) {
  batch_.fill(config_.data->train, indices);
  auto loss = torch::cross_entropy_loss(network_->forward(batch_.inputs()), batch_.labels());
  loss.backward();
  flat_.step({.learning_rate = static_cast<float>(config_.lr),
              .momentum = static_cast<float>(config_.momentum)});
  return loss.item<float>();
}

expected<evaluate_res> torch_learner::evaluate(const evaluate_ins& ins,
                                               const std::stop_token& stop) {
  return guarded<evaluate_res>([&] { return test(ins, stop); });
}

expected<evaluate_res> torch_learner::test(const evaluate_ins& ins, const std::stop_token& stop) {
  if (auto taken = take(*ins.model.tensors); !taken)
    return taken.error();
  auto indices = config_.split->test.samples(ins.client);
  if (indices.empty())
    return make_error(ec::rejected, "this client has no test samples");
  network_->set_training(false);
  score total;
  auto finished = for_each_batch(indices, test_batch_size, [&](auto some) {
    if (!stop.stop_requested())
      measure(some, total);
    return !stop.stop_requested();
  });
  if (!finished)
    return gave_up();
  auto count = static_cast<double>(indices.size());
  evaluate_res res;
  res.num_examples = static_cast<int64_t>(indices.size());
  res.loss = static_cast<float>(total.loss_sum);
  res.metrics["accuracy"] = static_cast<double>(total.correct) / count;
  res.metrics["loss_mean"] = total.loss_sum / count;
  return res;
}

void torch_learner::measure(std::span<const uint32_t> indices, score& total) {
  torch::NoGradGuard no_gradients;
  test_batch_.fill(config_.data->test, indices);
  auto logits = network_->forward(test_batch_.inputs());
  auto labels = test_batch_.labels();
  auto losses = torch::cross_entropy_loss(logits, labels, {}, at::Reduction::None);
  total.loss_sum += losses.to(torch::kFloat64).sum().item<double>();
  total.correct += logits.argmax(1).eq(labels).sum().item<int64_t>();
}

} // namespace

learner_factory make_torch_learner(torch_learner_config config) {
  return [config = std::move(config)] {
    return guarded<std::unique_ptr<learner>>([&] { return make_learner(config); });
  };
}

} // namespace flwr
