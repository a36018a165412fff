#include "actors/audit/client_memory.hpp"

#include <catch2/catch.hpp>

using namespace flwr;

namespace {

client_memory some_memory() {
  client_memory memory{.run = {1}, .chain_id = 31337, .contract = {2}, .over = false, .answer = {}};
  fit_res answer{};
  answer.client = client_id{7};
  answer.round = 3;
  answer.base = {{4}, codec::raw, 1};
  answer.num_examples = 12;
  answer.model.id = {{5}, codec::dag_pb, 1};
  answer.metrics = {{"loss", 0.25}};
  answer.signer = {6};
  answer.signature = {7};
  memory.answer = answer;
  return memory;
}

} // namespace

TEST_CASE("a client's memory comes back as it was") {
  auto memory = some_memory();
  auto text = encode_client_memory(memory);
  REQUIRE(text);
  auto again = decode_client_memory(*text);
  REQUIRE(again);
  CHECK(again->run == memory.run);
  CHECK(again->chain_id == memory.chain_id);
  CHECK(again->contract == memory.contract);
  CHECK(again->answer->round == 3);
  CHECK(again->answer->base == memory.answer->base);
  CHECK(again->answer->model.id == memory.answer->model.id);
  CHECK(again->answer->metrics == memory.answer->metrics);
  CHECK(again->answer->signature == memory.answer->signature);
  CHECK(*encode_client_memory(*again) == *text);
  memory.answer.reset();
  memory.over = true;
  again = decode_client_memory(*encode_client_memory(memory));
  CHECK(again->over);
  CHECK_FALSE(again->answer);
}

TEST_CASE("a client's memory that was changed or cut is refused") {
  auto text = *encode_client_memory(some_memory());
  for (size_t length = 0; length < text.size(); ++length)
    CHECK(decode_client_memory(text.substr(0, length)).error() == ec::corrupt);
  auto without = [&](std::string_view part, std::string_view by) {
    auto changed = text;
    auto at = changed.find(part);
    REQUIRE(at != changed.npos);
    changed.replace(at, part.size(), by);
    return decode_client_memory(changed).error();
  };
  CHECK(without("flwr-actor/client/1", "flwr-actor/client/2") == ec::corrupt);
  CHECK(without("\"counted\"", "\"silent\"") == ec::corrupt);
  CHECK(without("\"over\":\"0\"", "\"over\":\"2\"") == ec::corrupt);
  CHECK(without("\"round\":\"3\"", "\"round\":\"0\"") == ec::corrupt);
}
