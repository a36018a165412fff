// The rival of flwr-actor's overhead figure: two clients who train the tutorial's network on the
// same images, as one would write it with LibTorch alone. Two threads, no actors, no files, no
// hashes.
//
// With --like-ours SEED its first model and its batches are those of `flwr-actor-server --seed SEED
// --simulate 2 --partition whole --model cnn`, and so should be its losses. Prints one line of
// JSON.

#include "actors/hash/philox.hpp"
#include "actors/ml/datasets.hpp"
#include "actors/ml/models.hpp"

#include <CLI/CLI.hpp>
#include <dlfcn.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iomanip>
#include <iostream>
#include <limits>
#include <numeric>
#include <optional>
#include <thread>

namespace {

constexpr int64_t batch_size = 32;
constexpr int64_t test_batch_size = 500;
constexpr uint64_t clients = 2;

struct settings {
  std::string data = "fashion-mnist";
  int64_t rounds = 3;
  int64_t steps = std::numeric_limits<int64_t>::max();
  std::optional<uint64_t> like_ours;
};

struct images {
  torch::Tensor inputs, labels;
};

struct network : torch::nn::Module {
  explicit network(const flwr::dataset& data) {
    auto side = [&](size_t d) { return ((data.shape[d] - 4) / 2 - 4) / 2; };
    conv1 = register_module("conv1", torch::nn::Conv2d(data.shape[0], 6, 5));
    conv2 = register_module("conv2", torch::nn::Conv2d(6, 16, 5));
    fc1 = register_module("fc1", torch::nn::Linear(16 * side(1) * side(2), 120));
    fc2 = register_module("fc2", torch::nn::Linear(120, 84));
    fc3 = register_module("fc3", torch::nn::Linear(84, data.classes));
  }

  torch::Tensor forward(torch::Tensor x) {
    x = torch::max_pool2d(torch::relu(conv1(x)), 2);
    x = torch::max_pool2d(torch::relu(conv2(x)), 2);
    x = torch::relu(fc1(x.flatten(1)));
    return fc3(torch::relu(fc2(x)));
  }

  torch::nn::Conv2d conv1{nullptr}, conv2{nullptr};
  torch::nn::Linear fc1{nullptr}, fc2{nullptr}, fc3{nullptr};
};

images normalised(const flwr::dataset& data, const flwr::sample_set& samples) {
  std::vector<int64_t> sizes{static_cast<int64_t>(samples.size())};
  sizes.insert(sizes.end(), data.shape.begin(), data.shape.end());
  auto pixels = torch::from_blob(const_cast<uint8_t*>(samples.pixels.data()), sizes, torch::kUInt8);
  auto labels =
    torch::from_blob(const_cast<uint8_t*>(samples.labels.data()), {sizes[0]}, torch::kUInt8);
  return {pixels.to(torch::kFloat32).div_(255).sub_(0.5).div_(0.5), labels.to(torch::kInt64)};
}

void load_genesis(network& model, const flwr::dataset& data, uint64_t seed) {
  auto genesis = flwr::draw_genesis(*flwr::layers_of({}, data), seed);
  size_t t = 0;
  for (auto& parameter : model.parameters()) {
    auto source = (*genesis)->tensor(t++);
    std::memcpy(parameter.data_ptr(), source.data(), source.size());
  }
}

torch::Tensor batch_order(const settings& run, int64_t count, uint64_t client, uint64_t round) {
  if (!run.like_ours)
    return torch::randperm(count, torch::kInt64);
  std::vector<int64_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  flwr::philox random{flwr::stream_key("batches", *run.like_ours, client, round)};
  flwr::shuffle(std::span{order}, random);
  return torch::tensor(order);
}

void train(const settings& run, network& model, const images& data, uint64_t client,
           uint64_t round) {
  torch::optim::SGD optimizer{model.parameters(), torch::optim::SGDOptions{0.001}.momentum(0.9)};
  auto count = data.labels.size(0);
  auto order = batch_order(run, count, client, round);
  for (int64_t step = 0; step < run.steps && step * batch_size < count; ++step) {
    auto batch = order.slice(0, step * batch_size, (step + 1) * batch_size);
    optimizer.zero_grad();
    auto logits = model.forward(data.inputs.index_select(0, batch));
    torch::nn::functional::cross_entropy(logits, data.labels.index_select(0, batch)).backward();
    optimizer.step();
  }
}

struct score {
  double loss = 0;
  double accuracy = 0;
};

score test(network& model, const images& data) {
  torch::NoGradGuard no_gradients;
  score result;
  auto count = data.labels.size(0);
  for (int64_t at = 0; at < count; at += test_batch_size) {
    auto logits = model.forward(data.inputs.slice(0, at, at + test_batch_size));
    auto labels = data.labels.slice(0, at, at + test_batch_size);
    result.loss += torch::cross_entropy_loss(logits, labels, {}, at::Reduction::Sum).item<double>();
    result.accuracy += logits.argmax(1).eq(labels).sum().item<double>();
  }
  result.accuracy /= static_cast<double>(count);
  return result;
}

void copy_parameters(network& target, network& source) {
  torch::NoGradGuard no_gradients;
  for (size_t p = 0; p < target.parameters().size(); ++p)
    target.parameters()[p].copy_(source.parameters()[p]);
}

void average(network& target, const std::vector<network>& sources) {
  torch::NoGradGuard no_gradients;
  for (size_t p = 0; p < target.parameters().size(); ++p)
    target.parameters()[p].copy_((sources[0].parameters()[p] + sources[1].parameters()[p]) / 2);
}

template <class Work>
void in_parallel(Work work) {
  std::vector<std::thread> threads;
  for (uint64_t client = 0; client < clients; ++client)
    threads.emplace_back([&, client] {
      at::set_num_threads(1);
      work(client);
    });
  for (auto& thread : threads)
    thread.join();
}

void run_rounds(const settings& run, const flwr::dataset& data) {
  auto train_set = normalised(data, data.train), test_set = normalised(data, data.test);
  network global{data};
  if (run.like_ours)
    load_genesis(global, data, *run.like_ours);
  std::vector<network> locals{network{data}, network{data}};
  std::cout << std::setprecision(17) << "{\"rounds\":[";
  for (int64_t round = 1; round <= run.rounds; ++round) {
    auto start = std::chrono::steady_clock::now();
    in_parallel([&](uint64_t client) {
      copy_parameters(locals[client], global);
      train(run, locals[client], train_set, client, static_cast<uint64_t>(round));
    });
    average(global, locals);
    std::vector<score> scores(clients);
    in_parallel([&](uint64_t client) {
      copy_parameters(locals[client], global);
      scores[client] = test(locals[client], test_set);
    });
    std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    std::cout << (round == 1 ? "" : ",") << "{\"round\":" << round
              << ",\"seconds\":" << wall.count()
              << ",\"loss\":" << (scores[0].loss + scores[1].loss) / 2
              << ",\"accuracy\":" << (scores[0].accuracy + scores[1].accuracy) / 2 << "}"
              << std::flush;
  }
  std::cout << "]}" << std::endl;
}

void hold_openblas() {
  if (auto* symbol = dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(symbol)(1);
}

} // namespace

int main(int argc, char** argv) {
  settings run;
  CLI::App app{"Federated training of two clients in plain LibTorch"};
  app.add_option("--data", run.data, "NAME[:DIR] of images")->capture_default_str();
  app.add_option("--rounds", run.rounds)->capture_default_str();
  app.add_option("--steps", run.steps, "at most so many batches a round and client");
  app.add_option("--like-ours", run.like_ours, "first model and batch order as flwr-actor's seed");
  CLI11_PARSE(app, argc, argv);
  auto spec = flwr::parse_data(run.data);
  auto data = spec ? flwr::load_dataset(*spec, 1) : spec.error();
  if (!data || !(*data)->holds_images()) {
    std::cerr << (data ? "plain_loop: needs images" : flwr::render(data.error())) << std::endl;
    return 4;
  }
  hold_openblas();
  run_rounds(run, **data);
}
