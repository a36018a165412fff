#include "actors/chain/eth_conversation.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
namespace json = boost::json;

namespace {

std::string batch_of(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += (i == 0 ? "[" : ",") + std::string{R"({"jsonrpc":"2.0","method":"m","id":)"}
            + std::to_string(i) + "}";
  return text + "]";
}

struct talk {
  explicit talk(const std::string& body)
    : about(std::make_shared<eth_conversation>(
      body, nullptr, [this](const std::string& text) { replies.push_back(json::parse(text)); })) {}

  std::vector<json::value> replies;
  eth_conversation_ptr about;
};

} // namespace

TEST_CASE("a batch is answered call by call, in its order") {
  talk one{batch_of(3)};
  std::vector<int64_t> asked;
  one.about->begin(
    [&](const eth_conversation_ptr& of) { asked.push_back(of->call().id.as_int64()); });
  CHECK(asked == std::vector<int64_t>{0});
  one.about->succeed("first");
  CHECK(asked == std::vector<int64_t>{0, 1});
  one.about->fail({-32000, "second", {}});
  CHECK(one.replies.empty());
  one.about->succeed("third");
  REQUIRE(one.replies.size() == 1);
  CHECK(one.replies[0].at(0).at("result") == "first");
  CHECK(one.replies[0].at(1).at("error").at("message") == "second");
  CHECK(one.replies[0].at(2).at("id") == 2);
}

TEST_CASE("answers that are too large together are refused, and not asked for") {
  talk one{batch_of(1000)};
  size_t asked = 0;
  one.about->begin([&](const eth_conversation_ptr& of) {
    ++asked;
    of->succeed(json::value(std::string(1 << 20, 'x')));
  });
  CHECK(asked == 25);
  REQUIRE(one.replies.size() == 1);
  REQUIRE(one.replies[0].as_array().size() == 1000);
  CHECK(one.replies[0].at(24).as_object().contains("result"));
  CHECK(one.replies[0].at(25).at("error").at("code") == -32003);
}

TEST_CASE("a batch of calls that are answered at once needs no deep stack") {
  talk one{batch_of(1000)};
  one.about->begin([](const eth_conversation_ptr& of) { of->succeed(true); });
  REQUIRE(one.replies.size() == 1);
  CHECK(one.replies[0].as_array().size() == 1000);
}
