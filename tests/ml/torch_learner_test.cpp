#include "actors/ml/torch_learner.hpp"

#include "actors/ipfs/safetensors.hpp"
#include "tests/ml/plain_torch.hpp"

#include <cmath>

using namespace flwr;
using namespace flwr::test;

namespace {

fit_res fit_once(const torch_learner_config& config, uint64_t client = 0, uint64_t round = 1) {
  auto who = made(config);
  return fitted(*who, fit_instruction(*who->genesis(), client, round));
}

} // namespace

TEST_CASE("fit gives the bits of LibTorch's modules under LibTorch's SGD") {
  auto model = GENERATE("cnn", "mlp:hidden=30,20", "logistic");
  auto momentum = GENERATE(0.0, 0.9);
  auto config = task(image_data(70, 10, 19), model); // The last batch has 6; 19 pools to odd sizes.
  config.local_epochs = 2;
  config.lr = 0.05;
  config.momentum = momentum;
  plain_network plain{*layers_of(config.model, *config.data)};
  auto who = made(config);
  plain.load(**who->genesis());
  train_plainly(plain, config, 3);
  auto res = fitted(*who, fit_instruction(*who->genesis(), 0, 3));
  CHECK(dump(*res.model.tensors) == plain.dump());
  CHECK(res.num_examples == 70);
}

TEST_CASE("fit's answer doesn't depend on what the learner did before") {
  auto config = task(image_data(90, 30), "cnn", 3);
  auto fresh = fit_once(config, 1, 2);
  auto used = made(config);
  auto genesis = *used->genesis();
  fitted(*used, fit_instruction(genesis, 0, 2));
  evaluated(*used, genesis);
  auto after = fitted(*used, fit_instruction(genesis, 1, 2));
  CHECK(*after.model.tensors->file == *fresh.model.tensors->file);
  CHECK((after.metrics == fresh.metrics));
  auto again = fitted(*used, fit_instruction(genesis, 1, 2));
  CHECK(*again.model.tensors->file == *fresh.model.tensors->file);
}

TEST_CASE("fit's answer depends on client, round, seed and base model") {
  auto config = task(synthetic_data(), "logistic", 2, "whole");
  auto file = [&](uint64_t client, uint64_t round) {
    return *fit_once(config, client, round).model.tensors->file;
  };
  auto base = file(0, 1);
  CHECK(file(1, 1) != base);
  CHECK(file(0, 2) != base);
  auto who = made(config);
  auto second = fitted(*who, fit_instruction(fit_once(config).model.tensors));
  CHECK(*second.model.tensors->file != base);
  auto genesis = *who->genesis();
  config.seed = 2;
  auto other = made(config);
  CHECK(*fitted(*other, fit_instruction(genesis)).model.tensors->file != base);
}

TEST_CASE("fit leaves the base model and LibTorch's random generator alone") {
  auto who = made(task(image_data(40, 10), "cnn"));
  auto base = *who->genesis();
  auto before = *base->file;
  torch::manual_seed(7);
  auto expected = torch::rand({4});
  torch::manual_seed(7);
  fitted(*who, fit_instruction(base));
  evaluated(*who, base);
  CHECK(torch::equal(torch::rand({4}), expected));
  CHECK(*base->file == before);
}

TEST_CASE("fit's answer is a file of the base model's layout, with the loss on the way") {
  auto who = made(task(synthetic_data(), "logistic"));
  auto base = *who->genesis();
  auto res = fitted(*who, fit_instruction(base));
  CHECK(res.model.tensors->layout == base->layout);
  CHECK(parameters_from(base->layout, res.model.tensors->file));
  CHECK(metric(res.metrics, "loss") > 0);
  CHECK(std::isfinite(metric(res.metrics, "loss")));
}

TEST_CASE("fit tells of each batch and stops at the next when told to") {
  auto config = task(synthetic_data("synthetic:train=100,test=10"), "logistic");
  config.local_epochs = 2;
  auto who = made(config);
  std::stop_source source;
  std::vector<std::pair<uint64_t, uint64_t>> seen;
  auto res = who->fit(fit_instruction(*who->genesis()), source.get_token(),
                      [&](uint64_t done, uint64_t total) {
                        seen.emplace_back(done, total);
                        if (done == 5)
                          source.request_stop();
                      });
  REQUIRE(!res);
  CHECK(res.error() == ec::stopped);
  using steps = std::vector<std::pair<uint64_t, uint64_t>>;
  CHECK((seen == steps{{1, 8}, {2, 8}, {3, 8}, {4, 8}, {5, 8}}));
}

TEST_CASE("evaluate stops when told to") {
  auto who = made(task(synthetic_data(), "logistic"));
  std::stop_source source;
  source.request_stop();
  evaluate_ins ins;
  ins.model.tensors = *who->genesis();
  CHECK(who->evaluate(ins, source.get_token()).error() == ec::stopped);
}

TEST_CASE("a model of another layout is refused") {
  auto who = made(task(synthetic_data(), "logistic"));
  auto stranger = *made(task(synthetic_data(), "mlp"))->genesis();
  CHECK(who->fit(fit_instruction(stranger), {}, unobserved).error() == ec::rejected);
  evaluate_ins ins;
  ins.model.tensors = stranger;
  CHECK(who->evaluate(ins, {}).error() == ec::rejected);
}

TEST_CASE("a client without data is refused") {
  auto who = made(task(synthetic_data(), "logistic", 2));
  CHECK(who->fit(fit_instruction(*who->genesis(), 2), {}, unobserved).error() == ec::rejected);
  evaluate_ins ins;
  ins.client = client_id{2};
  ins.model.tensors = *who->genesis();
  CHECK(who->evaluate(ins, {}).error() == ec::rejected);
}

TEST_CASE("evaluate sums the samples' losses and counts what is right") {
  auto config = task(image_data(40, 1203), "cnn"); // Three test batches, the last one short.
  auto who = made(config);
  auto model = fitted(*who, fit_instruction(*who->genesis())).model.tensors;
  plain_network plain{*layers_of(config.model, *config.data)};
  plain.load(*model);
  torch::NoGradGuard no_gradients;
  auto [inputs, labels] = tensors_of(*config.data, config.data->test);
  auto logits = plain.forward(inputs);
  auto loss = torch::cross_entropy_loss(logits, labels, {}, at::Reduction::Sum).item<double>();
  auto res = evaluated(*who, model);
  CHECK(res.num_examples == 1203);
  CHECK(res.loss == Approx(loss).epsilon(1e-5));
  CHECK(metric(res.metrics, "loss_mean") == Approx(loss / 1203).epsilon(1e-5));
  CHECK(metric(res.metrics, "accuracy") == logits.argmax(1).eq(labels).sum().item<double>() / 1203);
}

TEST_CASE("a client tests on its own data, nobody on all of it") {
  auto who = made(task(synthetic_data("synthetic:train=100,test=90"), "logistic", 3));
  auto model = *who->genesis();
  float sum = 0;
  for (uint64_t client = 0; client < 3; ++client) {
    auto res = evaluated(*who, model, client_id{client});
    CHECK(res.num_examples == 30);
    sum += res.loss;
  }
  auto all = evaluated(*who, model);
  CHECK(all.num_examples == 90);
  CHECK(all.loss == Approx(sum));
}

TEST_CASE("a logistic model learns synthetic data") {
  auto config = task(synthetic_data("synthetic:classes=4,train=2000,test=500"), "logistic");
  config.lr = 0.05;
  auto who = made(config);
  auto genesis = *who->genesis();
  auto model = fitted(*who, fit_instruction(genesis)).model.tensors;
  CHECK(metric(evaluated(*who, model).metrics, "accuracy") > 0.8);
  CHECK(evaluated(*who, model).loss < evaluated(*who, genesis).loss / 2);
}

TEST_CASE("the cnn learns Fashion-MNIST within 60 steps") {
  auto whole = *load_dataset(*parse_data("fashion-mnist"), 1);
  auto some = *whole;
  some.train.labels.resize(60 * 32);
  some.test.labels.resize(1000);
  auto config = task(std::make_shared<const dataset>(std::move(some)), "cnn");
  config.lr = 0.03;
  auto who = made(config);
  auto genesis = *who->genesis();
  auto model = fitted(*who, fit_instruction(genesis)).model.tensors;
  CHECK(metric(evaluated(*who, genesis).metrics, "accuracy") < 0.25);
  CHECK(metric(evaluated(*who, model).metrics, "accuracy") > 0.5);
}

TEST_CASE("a network that doesn't fit the data is refused when the learner is made") {
  auto result = make_torch_learner(task(synthetic_data(), "cnn"))();
  REQUIRE(!result);
  CHECK(result.error() == ec::usage);
}
