#include "actors/audit/description.hpp"

#include "actors/ipfs/safetensors.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <limits>

using namespace flwr;

namespace {

content_id id_of(uint8_t byte) {
  content_id id;
  id.digest.fill(byte);
  return id;
}

layout_ptr some_layout() {
  return *make_layout({{"fc.weight", dtype::f32, {10, 784}},
                       {"fc.bias", dtype::f32, {10}},
                       {"steps", dtype::i64, {}}});
}

description some_description() {
  description what;
  what.clients = 2;
  what.data = "fashion-mnist";
  what.partition = "iid";
  what.seed = 1;
  what.model = {"logistic", std::nullopt, some_layout(), id_of(0x11)};
  what.learner = {1, 32, 0.001, 0.9};
  return what;
}

std::string golden() {
  std::ifstream file{FLWR_GOLDEN "/description.json", std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string with(const std::string& from, const std::string& to) {
  auto text = golden();
  auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

bool refuses(const std::string& text, const std::string& words) {
  auto read = decode_description(text);
  REQUIRE_FALSE(read);
  INFO(render(read.error()));
  CHECK(render(read.error()).find("run description: " + words) == 0);
  return read.error() == ec::corrupt;
}

} // namespace

TEST_CASE("a description is written as the golden file has it") {
  CHECK(encode_description(some_description()) == golden());
}

TEST_CASE("a description comes back") {
  auto what = some_description();
  what.strategy.accept_failures = false;
  what.strategy.fraction_fit = 0.3;
  what.model.name = "torchscript";
  what.model.torchscript = id_of(0x22);
  what.seed = std::numeric_limits<uint64_t>::max();
  what.exchange = "inline";
  auto text = encode_description(what);
  REQUIRE(text);
  auto again = decode_description(*text);
  REQUIRE(again);
  CHECK_FALSE(first_difference(what, *again));
  CHECK(*again->model.layout == *some_layout());
  CHECK(again->strategy == what.strategy);
  CHECK(again->model.torchscript == what.model.torchscript);
  CHECK(encode_description(*again) == text);
}

TEST_CASE("a description with a key too many, too few or of another kind is refused by its name") {
  CHECK(refuses(with(R"("clients")", R"("climate":"1","clients")"), "isn't canonical"));
  CHECK(refuses(with(R"("clients":"2")", R"("clients":"2","cloud":"1")"), "cloud is unknown"));
  CHECK(refuses(with(R"("seed":"1",)", ""), "seed is missing"));
  CHECK(refuses(with(R"("batch_size":"32",)", ""), "learner.batch_size is missing"));
  CHECK(refuses(with(R"("seed":"1")", R"("seed":["1"])"), "seed isn't a string"));
  CHECK(refuses(with(R"({"b":"1"})", R"({"i":"1"})"), "strategy.accept_failures has another type"));
  CHECK(refuses(with(R"("dtype":"F32")", R"("dtype":"F31")"), "model.layout[0].dtype is 'F31'"));
  CHECK(refuses("{}", "schema is missing"));
  CHECK(render(decode_description("[]").error()) == "run description isn't an object");
}

TEST_CASE("a description with a value out of range is refused by its name") {
  CHECK(refuses(with(R"("clients":"2")", R"("clients":"0")"), "clients is '0'"));
  CHECK(refuses(with(R"("clients":"2")", R"("clients":"4294967297")"), "clients is '4294967297'"));
  CHECK(refuses(with("description/1", "description/2"), "schema is"));
  CHECK(refuses(with("fedavg/1", "fedavg/2"), "strategy.name is 'fedavg/2'"));
  CHECK(refuses(with("fedavg/1", "magic/1"), "strategy.name can't be"));
  CHECK(refuses(with(R"("exchange":"ipfs")", R"("exchange":"mail")"), "exchange is 'mail'"));
  CHECK(refuses(with("unixfs-v1-2025", "unixfs-v2"), "ipfs_profile is"));
  CHECK(refuses(with("3f50624dd2f1a9fc", "7ff8000000000000"), "learner.lr is"));
  CHECK(refuses(with("3f50624dd2f1a9fc", "bf50624dd2f1a9fc"), "learner.lr is"));
  CHECK(refuses(with("3feccccccccccccd", "4000000000000000"), "learner.momentum is"));
  CHECK(refuses(with("fc.bias", "fc.weight"), "model.layout can't be"));
  CHECK(refuses(with(R"("genesis":"b)", R"("genesis":"x)"), "model.genesis isn't a content id"));
}

TEST_CASE("a description that nobody could read isn't written") {
  auto what = some_description();
  SECTION("no layout") { what.model.layout = nullptr; }
  SECTION("no clients") { what.clients = 0; }
  SECTION("a name that isn't ASCII") { what.data = "m\xc3\xbcnchen"; }
  SECTION("TorchScript without a file") { what.model.name = "torchscript"; }
  SECTION("a file that isn't said to be TorchScript") { what.model.torchscript = id_of(1); }
  auto text = encode_description(what);
  REQUIRE_FALSE(text);
  CHECK(text.error() == ec::usage);
}

TEST_CASE("the first difference of two descriptions is said with both values") {
  auto theirs = some_description(), ours = some_description();
  CHECK_FALSE(first_difference(theirs, ours));
  auto says = [&](const std::string& words) {
    CHECK(first_difference(theirs, ours) == words);
    return true;
  };
  SECTION("a text") {
    ours.partition = "whole";
    says("partition is iid in the run's description, but whole here");
  }
  SECTION("a double") {
    ours.learner.momentum = 0.5;
    says("learner.momentum is 0.9 in the run's description, but 0.5 here");
  }
  SECTION("a flag") {
    ours.strategy.accept_failures = false;
    says("strategy.accept_failures is true in the run's description, but false here");
  }
  SECTION("what only one has") {
    ours.model.torchscript = id_of(0);
    auto words = first_difference(theirs, ours);
    REQUIRE(words);
    CHECK(words->find("model.torchscript is not given in the run's description, but bafkrei") == 0);
  }
  SECTION("a shape") {
    ours.model.layout = *make_layout({{"fc.weight", dtype::f32, {10, 785}},
                                      {"fc.bias", dtype::f32, {10}},
                                      {"steps", dtype::i64, {}}});
    says("model.layout[0].shape[1] is 784 in the run's description, but 785 here");
  }
  SECTION("two at once: the earlier one in the table") {
    ours.seed = 2;
    ours.clients = 3;
    says("clients is 2 in the run's description, but 3 here");
  }
}
