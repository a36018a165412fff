#include "apps/task.hpp"

#include "actors/ipfs/unixfs.hpp"
#include "apps/tool_files.hpp"
#include "tests/apps/scratch_directory.hpp"
#include "tests/ml/torch_and_catch.hpp"

using namespace flwr;

namespace {

server_options small_run() {
  server_options options;
  options.simulate = options.clients = options.min_clients = 2;
  options.data = "synthetic:features=4,classes=2,train=40,test=10";
  return options;
}

/// A linear layer of 4 x 2 as a TorchScript file.
std::string linear_script(const test::scratch_directory& place) {
  torch::jit::Module module{"net"};
  if (!module.hasattr("training"))
    module.register_attribute("training", c10::BoolType::get(), true);
  module.register_parameter("weight", torch::zeros({2, 4}).set_requires_grad(true), false);
  module.define("def forward(self, x):\n  return torch.matmul(x, self.weight.t())\n");
  auto file = (place.path() / "net.pt").string();
  module.save(file);
  return file;
}

} // namespace

TEST_CASE("a task's description names the network and nothing but it") {
  auto what = prepare_task(small_run());
  REQUIRE(what);
  CHECK(what->text.model.name == "logistic");
  CHECK_FALSE(what->text.model.torchscript);
  what->text.model.genesis = {};
  CHECK(encode_description(what->text));
}

TEST_CASE("a task with a TorchScript file is described by the file's content id") {
  test::scratch_directory place;
  auto options = small_run();
  options.model = linear_script(place);
  auto what = prepare_task(options);
  if (!what)
    FAIL(render(what.error()));
  CHECK(what->text.model.name == "torchscript");
  CHECK(what->text.model.torchscript == content_id_of(*read_file(*options.model), unixfs_v1_2025));
  CHECK(encode_description(what->text));
}

TEST_CASE("a task with a TorchScript file that isn't there names it") {
  auto options = small_run();
  options.model = "nowhere/net.pt";
  auto what = prepare_task(options);
  REQUIRE(!what);
  CHECK_THAT(render(what.error()), Catch::Contains("nowhere/net.pt"));
}

TEST_CASE("a task whose rounds no manifest could name is refused before the data is read") {
  auto options = small_run();
  options.simulate = options.clients = 200'000;
  options.data = "cifar10:nowhere";
  auto what = prepare_task(options);
  REQUIRE(!what);
  CHECK(what.error() == ec::usage);
  CHECK_THAT(render(what.error()), Catch::Contains("200000 clients a round"));
}
