#include "tests/apps/scratch_directory.hpp"
#include "tests/ml/plain_torch.hpp"

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;

namespace {

void let_train(torch::jit::Module module) {
  if (!module.hasattr("training"))
    module.register_attribute("training", c10::BoolType::get(), true);
}

/// A TorchScript file: a linear layer of 20 x 2, batch normalisation, and `forward` as given.
std::string saved_script(const scratch_directory& place, const std::string& forward) {
  torch::jit::Module norm{"norm"};
  let_train(norm);
  norm.register_buffer("mean", torch::zeros({2}));
  norm.register_buffer("var", torch::ones({2}));
  norm.register_buffer("seen", torch::zeros({}, torch::kInt64));
  norm.define("def forward(self, x):\n"
              "  if self.training:\n"
              "    self.seen.add_(1)\n"
              "  return torch.batch_norm(x, None, None, self.mean, self.var, self.training, 0.1, "
              "1e-5, False)\n");
  torch::jit::Module module{"net"};
  let_train(module);
  module.register_parameter("weight", torch::full({2, 20}, 0.01).set_requires_grad(true), false);
  module.register_parameter("bias", torch::zeros({2}).set_requires_grad(true), false);
  module.register_module("norm", norm);
  module.define(forward);
  auto file = (place.path() / "net.pt").string();
  module.save(file);
  return file;
}

const std::string linear = "def forward(self, x):\n"
                           "  return torch.linear(x, self.weight, self.bias)\n";
const std::string normed = "def forward(self, x):\n"
                           "  return self.norm.forward(torch.linear(x, self.weight, self.bias))\n";

caf::error refusal(const std::string& file, dataset_ptr data = synthetic_data()) {
  auto result = make_torch_learner(task(std::move(data), file))();
  REQUIRE(!result);
  return result.error();
}

bytes tensor_bytes(const parameters& model, size_t t) {
  return {model.tensor(t).begin(), model.tensor(t).end()};
}

} // namespace

TEST_CASE("a TorchScript file's parameters and buffers are the model, in state-dict order") {
  scratch_directory place;
  auto who = made(task(synthetic_data(), saved_script(place, normed)));
  auto genesis = *who->genesis();
  std::vector<std::string> names;
  for (const auto& tensor : genesis->layout->tensors)
    names.push_back(tensor.name);
  CHECK(
    (names == std::vector<std::string>{"weight", "bias", "norm.mean", "norm.var", "norm.seen"}));
  CHECK(genesis->layout->tensors[4].type == dtype::i64);
  float first;
  std::memcpy(&first, genesis->tensor(0).data(), sizeof first);
  CHECK(first == 0.01f);
}

TEST_CASE("a scripted linear layer trains to the bits of LibTorch's own") {
  scratch_directory place;
  auto config = task(synthetic_data(), saved_script(place, linear));
  auto who = made(config);
  auto genesis = *who->genesis();
  std::vector<layer> layers{{"fc", {2, 20}}};
  plain_network plain{layers};
  for (auto& p : plain.parameters())
    p.data().fill_(p.dim() == 2 ? 0.01 : 0.0);
  train_plainly(plain, config, 1);
  auto trained = dump(*fitted(*who, fit_instruction(genesis)).model.tensors);
  trained.resize(plain.dump().size()); // The buffers follow, which plain hasn't.
  CHECK(trained == plain.dump());
}

TEST_CASE("a script's buffers move in training and stay in testing") {
  scratch_directory place;
  auto who = made(task(synthetic_data(), saved_script(place, normed)));
  auto genesis = *who->genesis();
  evaluated(*who, genesis);
  auto res = fitted(*who, fit_instruction(genesis));
  int64_t batches;
  std::memcpy(&batches, res.model.tensors->tensor(4).data(), sizeof batches);
  CHECK(batches == 10); // 300 samples.
  CHECK(tensor_bytes(*res.model.tensors, 2) != tensor_bytes(*genesis, 2));
  CHECK(*(*who->genesis())->file == *genesis->file);
}

TEST_CASE("a script's answer doesn't depend on what the learner did before") {
  scratch_directory place;
  auto config = task(synthetic_data(), saved_script(place, normed), 2);
  auto used = made(config), fresh = made(config);
  auto genesis = *used->genesis();
  for (uint64_t round = 1; round <= 3; ++round)
    fitted(*used, fit_instruction(genesis, 0, round));
  CHECK(*fitted(*used, fit_instruction(genesis, 1)).model.tensors->file
        == *fitted(*fresh, fit_instruction(genesis, 1)).model.tensors->file);
}

TEST_CASE("a script with a random operation is refused by its name") {
  scratch_directory place;
  auto [body, name] = GENERATE(table<std::string, std::string>({
    {"  return torch.dropout(x @ self.weight.t(), 0.5, self.training)\n", "aten::dropout"},
    {"  return torch.dropout(x @ self.weight.t(), 0.5, True)\n", "aten::dropout"},
    {"  return x @ self.weight.t() + torch.rand([2])\n", "aten::rand"},
    {"  y = x @ self.weight.t()\n  return y + torch.zeros_like(y).normal_()\n", "aten::normal_"},
    {"  if self.training:\n    x = x + torch.randn_like(x)\n  return x @ self.weight.t()\n",
     "aten::randn_like"},
  }));
  auto error = refusal(saved_script(place, "def forward(self, x):\n" + body));
  CHECK(error == ec::usage);
  CHECK_THAT(render(error), Contains("uses " + name) && Contains("net.pt"));
}

TEST_CASE("dropout that never drops is no random operation") {
  scratch_directory place;
  auto file = saved_script(place, "def forward(self, x):\n"
                                  "  return torch.dropout(x @ self.weight.t(), 0.5, False)\n");
  CHECK(make_torch_learner(task(synthetic_data(), file))());
}

TEST_CASE("a script that doesn't fit the data is refused with the shapes") {
  scratch_directory place;
  auto file = saved_script(place, linear);
  CHECK_THAT(render(refusal(file, synthetic_data("synthetic:classes=3"))),
             Contains("[2, 2]") && Contains("3 classes"));
  CHECK(refusal(file, synthetic_data("synthetic:features=19")) == ec::corrupt);
}

TEST_CASE("a file that isn't there or is no TorchScript is refused") {
  scratch_directory place;
  CHECK(refusal((place.path() / "nothing.pt").string()) == ec::missing);
  auto error = refusal(place.write("text.pt", "not a module"));
  CHECK(error == ec::corrupt);
  CHECK_THAT(render(error), Contains("text.pt"));
}
