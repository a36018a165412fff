#include "actors/ml/datasets.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

dataset_ptr loaded(const std::string& text, uint64_t seed = 1) {
  auto spec = parse_data(text);
  REQUIRE(spec);
  auto data = load_dataset(*spec, seed);
  REQUIRE(data);
  return *data;
}

} // namespace

TEST_CASE("a data set's files lie where the user says, or where Debian puts them") {
  CHECK(parse_data("cifar10:some/where")->directory == "some/where");
  CHECK(parse_data("cifar10")->directory == ".");
  CHECK(parse_data("fashion-mnist")->directory == "/usr/share/datasets/fashion-mnist");
  CHECK(parse_data("mnist:C:/odd")->directory == "C:/odd");
}

TEST_CASE("what can't be a data set is refused with what could") {
  auto text = GENERATE("", "imagenet", "mnist", "synthetic:classes=1", "synthetic:classes=257",
                       "synthetic:features=0", "synthetic:features", "synthetic:colour=3",
                       "synthetic:train=1e3", "synthetic:train=200000000,features=65536");
  CAPTURE(text);
  auto spec = parse_data(text);
  REQUIRE(!spec);
  CHECK(spec.error() == ec::usage);
}

TEST_CASE("an unknown data set's error suggests one and lists those that there are") {
  auto words = render(parse_data("fashon-mnist").error());
  CHECK(words
        == "unknown data set 'fashon-mnist'; did you mean 'fashion-mnist'? "
           "(known: cifar10, fashion-mnist, mnist, synthetic)");
}

TEST_CASE("a data set's description has its parameters, not its place, and can be read back") {
  CHECK(describe(*parse_data("cifar10:some/where")) == "cifar10");
  auto text = describe(*parse_data("synthetic:test=5,classes=3"));
  CHECK(text == "synthetic:features=20,classes=3,train=10000,test=5");
  CHECK(describe(*parse_data(text)) == text);
}

TEST_CASE("synthetic data has the sizes that were asked for") {
  auto data = loaded("synthetic:features=7,classes=3,train=10,test=5");
  CHECK(data->shape == std::vector<uint64_t>{7});
  CHECK(data->classes == 3);
  CHECK(data->train.features.size() == 70);
  CHECK(data->train.labels == std::vector<uint8_t>{0, 1, 2, 0, 1, 2, 0, 1, 2, 0});
  CHECK(data->test.size() == 5);
  CHECK(!data->holds_images());
}

TEST_CASE("synthetic data is a function of the seed") {
  auto text = "synthetic:train=50,test=10";
  CHECK(loaded(text, 1)->train.features == loaded(text, 1)->train.features);
  CHECK(loaded(text, 1)->train.features != loaded(text, 2)->train.features);
  CHECK(loaded(text)->train.features[0] != loaded(text)->test.features[0]);
}

TEST_CASE("Debian's Fashion-MNIST has 60,000 and 10,000 images of 28x28") {
  auto data = loaded("fashion-mnist");
  CHECK(data->shape == std::vector<uint64_t>{1, 28, 28});
  CHECK(data->train.size() == 60'000);
  CHECK(data->train.pixels.size() == 60'000 * 784);
  CHECK(data->test.size() == 10'000);
  CHECK(data->test.labels[0] == 9); // As t10k-labels-idx1-ubyte.gz begins.
}
