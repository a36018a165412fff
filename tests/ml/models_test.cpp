#include "actors/ml/models.hpp"

#include "tests/ml/tasks.hpp"

#include <cmath>
#include <cstring>

using namespace flwr;

namespace {

std::vector<float> values(const parameters& model, size_t t) {
  auto tensor = model.tensor(t);
  std::vector<float> result(tensor.size() / sizeof(float));
  std::memcpy(result.data(), tensor.data(), tensor.size());
  return result;
}

dataset shaped(std::vector<uint64_t> shape) {
  return {.name = "shaped", .shape = std::move(shape), .classes = 10, .train = {}, .test = {}};
}

using shapes = std::vector<std::pair<std::string, std::vector<uint64_t>>>;

shapes layers(const std::string& model, const dataset& data) {
  auto some = layers_of(*parse_model(model), data);
  if (!some)
    FAIL(render(some.error()));
  shapes result;
  for (const auto& l : *some)
    result.emplace_back(l.name, l.weight);
  return result;
}

} // namespace

TEST_CASE("models are read by name, and files by their look") {
  using kind = model_spec::kind;
  CHECK(parse_model("cnn")->what == kind::cnn);
  CHECK(parse_model("logistic")->what == kind::logistic);
  CHECK(parse_model("mlp")->hidden == std::vector<uint64_t>{200});
  CHECK(parse_model("mlp:hidden=30,20")->hidden == std::vector<uint64_t>{30, 20});
  CHECK(parse_model("net.pt")->what == kind::torchscript);
  CHECK(parse_model("./net")->file == "./net");
}

TEST_CASE("what can't be a model is refused with what could") {
  auto text = GENERATE("", "resnet", "cnn:", "logistic:x=1", "mlp:20",
                       "mlp:hidden=", "mlp:hidden=0", "mlp:hidden=20,", "mlp:hidden=1048577");
  CAPTURE(text);
  REQUIRE(!parse_model(text));
  CHECK(parse_model(text).error() == ec::usage);
}

TEST_CASE("a model's description can be read back") {
  auto text = GENERATE("cnn", "mlp:hidden=30,20", "logistic");
  CHECK(describe(*parse_model(text)) == text);
  CHECK(describe(*parse_model("some/net.pt")) == "torchscript");
}

TEST_CASE("images get the cnn by default, all else the logistic model") {
  CHECK(default_model(shaped({1, 28, 28})).what == model_spec::kind::cnn);
  CHECK(default_model(shaped({20})).what == model_spec::kind::logistic);
}

TEST_CASE("the cnn is the tutorial's, and fits images of other sizes") {
  CHECK(layers("cnn", shaped({3, 32, 32}))
        == shapes{{"conv1", {6, 3, 5, 5}},
                  {"conv2", {16, 6, 5, 5}},
                  {"fc1", {120, 400}},
                  {"fc2", {84, 120}},
                  {"fc3", {10, 84}}});
  CHECK(layers("cnn", shaped({1, 28, 28}))[2].second == std::vector<uint64_t>{120, 256});
}

TEST_CASE("the cnn refuses what it can't convolve") {
  auto shape = GENERATE(std::vector<uint64_t>{20}, std::vector<uint64_t>{1, 15, 28});
  CHECK(layers_of(*parse_model("cnn"), shaped(shape)).error() == ec::usage);
}

TEST_CASE("mlp and logistic are fully connected") {
  CHECK(layers("mlp:hidden=30,20", shaped({1, 4, 4}))
        == shapes{{"fc1", {30, 16}}, {"fc2", {20, 30}}, {"fc3", {10, 20}}});
  CHECK(layers("logistic", shaped({20})) == shapes{{"fc", {10, 20}}});
}

TEST_CASE("genesis weights have PyTorch's names, order and distribution") {
  auto genesis = draw_genesis(*layers_of(*parse_model("mlp"), shaped({100})), 1);
  REQUIRE(genesis);
  const auto& tensors = (*genesis)->layout->tensors;
  CHECK(tensors[0].name == "fc1.weight");
  CHECK(tensors[1].name == "fc1.bias");
  CHECK(tensors[3].name == "fc2.bias");
  CHECK(tensors[3].shape == std::vector<uint64_t>{10});
  double sum = 0, squares = 0;
  auto weights = values(**genesis, 0);
  for (auto w : weights) {
    CHECK(std::abs(w) <= 0.1f);
    sum += w;
    squares += w * w;
  }
  CHECK(std::abs(sum / 20'000) < 0.002);
  CHECK(squares / 20'000 == Approx(0.1 * 0.1 / 3).epsilon(0.02));
}

TEST_CASE("genesis weights are a function of the seed") {
  auto some = *layers_of(*parse_model("logistic"), shaped({20}));
  CHECK(*(*draw_genesis(some, 1))->file == *(*draw_genesis(some, 1))->file);
  CHECK(*(*draw_genesis(some, 1))->file != *(*draw_genesis(some, 2))->file);
}
