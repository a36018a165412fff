#include "apps/option_table.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace flwr;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

auto parsed(std::vector<const char*> args) {
  args.insert(args.begin(), "flwr-actor-client");
  return parse_client_options(static_cast<int>(args.size()), args.data(),
                              [](const std::string&) { return std::optional<std::string>{}; });
}

client_options options(const std::vector<const char*>& args) {
  auto result = parsed(args);
  INFO((result ? "" : render(result.error())));
  REQUIRE(result);
  return std::get<client_options>(*result);
}

std::string refusal(const std::vector<const char*>& args) {
  auto result = parsed(args);
  REQUIRE_FALSE(result);
  CHECK(code_of(result.error()) == ec::usage);
  return render(result.error());
}

} // namespace

TEST_CASE("a client is one, or a range of them") {
  auto one = options({"--cid", "7"});
  CHECK(one.first_client == 7);
  CHECK(one.last_client == 7);
  CHECK(one.workers == 1);
  CHECK(one.server == endpoint{"127.0.0.1", 8081});
  CHECK(one.join_timeout == 10min);
  auto many = options({"--cid=0-499"});
  CHECK(many.first_client == 0);
  CHECK(many.last_client == 499);
}

TEST_CASE("a client without an id, or with one that can't be, is refused") {
  CHECK_THAT(refusal({}), Contains("--cid 0-499"));
  for (auto wrong : {"", "x", "5-3", "-1", "1-", "0-100000", "1-2-3", "4294967296"})
    CHECK_THAT(refusal({"--cid", wrong}), Contains("--cid"));
  for (auto place : {"--ipfs", "--chain"})
    CHECK_THAT(refusal({"--cid", "0", place, "foo"}), Contains(place));
}

TEST_CASE("a client joins another machine only if it is told that this is safe") {
  CHECK_THAT(refusal({"--cid", "0", "--server", "learning.example:8081"}), Contains("--insecure"));
  CHECK(options({"--cid", "0", "--server", "learning.example:8081", "--insecure"}).server.host
        == "learning.example");
}

TEST_CASE("what the run says is said by the server unless it is given") {
  auto silent = options({"--cid", "0"});
  CHECK_FALSE(silent.seed);
  CHECK_FALSE(silent.data);
  CHECK(options({"--cid", "0", "--seed", "3"}).seed == 3);
  CHECK(options({"--cid", "0", "--lr", "0.5"}).lr == 0.5);
}

TEST_CASE("a client's help shows examples first and every option") {
  auto text = std::get<text_to_print>(*parsed({"--help"})).text;
  CHECK(text.find("Examples:") < text.find("--cid N or A-B"));
  for (const auto& row : client_option_table())
    CHECK_THAT(text, Contains("  --" + row.name));
  for (size_t start = 0, end; (end = text.find('\n', start)) != text.npos; start = end + 1)
    CHECK(end - start <= 100);
}
