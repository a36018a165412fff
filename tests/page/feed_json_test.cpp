#include "actors/page/feed_json.hpp"

#include "tests/page/facts.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;
namespace json = boost::json;

namespace {

constexpr client_id a{0}, b{1};

json::value feed(const run_board& board, uint64_t seen = 0) {
  return json::parse(feed_json(board, seen, board.now));
}

run_board after_a_round() {
  return board_of({event::joined{a}, event::joined{b}, fit_begins(1, {a, b}),
                   answer(0, phase_kind::fit, 1),
                   answer(1, phase_kind::fit, 1, make_error(ec::rejected, "<b>NaN</b> \xff")),
                   closed(1, 1), tested(1, 0.1 + 0.2, 1.0 / 3), committed(1), fit_begins(2, {a}),
                   event::training{a, 2, 3, 10}});
}

} // namespace

TEST_CASE("who has seen nothing is told all") {
  auto told = feed(after_a_round());
  CHECK(told.at("schema") == "flwr-actor/feed/1");
  CHECK(told.at("from") == 0);
  CHECK(told.at("version") == 11);
  CHECK(told.at("run").at("contract") == "0xC0ffee");
  CHECK(told.at("run").at("chain_id") == 1718384498);
  CHECK(told.at("joined") == 2);
  CHECK(told.at("recorded") == 1);
  CHECK(told.at("clients").as_array().size() == 2);
  CHECK(told.at("clients").at(0)
        == json::parse(
          R"({"client":0,"state":"working","round":2,"phase":"fit","done":3,"total":10})"));
  CHECK(told.at("clients").at(1)
        == json::parse(R"({"client":1,"state":"refused","refusals":1,"reason":"<b>NaN</b> ?"})"));
  CHECK(told.at("refusals").at(0)
        == json::parse(R"({"round":1,"phase":"fit","client":1,"state":"refused",)"
                       R"("reason":"<b>NaN</b> ?"})"));
  CHECK(told.at("open").at(0)
        == json::parse(R"({"round":2,"phase":"fit","sampled":1,"done":0,"failed":0,"since":9.0})"));
  CHECK(told.at("awaited").at(0).at("what") == "round 2: 1 of 1 clients to train: client 0");
  CHECK(told.at("states").at("working") == 1);
  CHECK(told.at("end").is_null());
}

TEST_CASE("a round is told as in the history, with the same numbers") {
  auto round = feed(after_a_round()).at("rounds").at(0);
  CHECK(round.at("loss").as_double() == 0.1 + 0.2);
  CHECK(round.at("accuracy").as_double() == 1.0 / 3);
  CHECK(round.at("gas_used") == 56623);
  CHECK(round.at("block_number") == 3);
  CHECK(round.at("seconds").at("chain").as_double() == 0.5);
  CHECK(round.at("tested") == true);
  CHECK(round.at("recorded") == true);
  CHECK(!round.as_object().contains("fit_metrics"));
  CHECK(feed_json(after_a_round(), 0, 1).find(R"("loss":0.30000000000000004,)")
        != std::string::npos);
}

TEST_CASE("a round that isn't tested or recorded says so, and what isn't a number is null") {
  auto board = board_of({closed(1, 1)});
  auto early = feed(board).at("rounds").at(0);
  CHECK(early.at("loss").is_null());
  CHECK(early.at("tested") == false);
  CHECK(early.at("recorded") == false);
  CHECK(early.at("block_number").is_null());
  apply(board, tested(1, std::numeric_limits<double>::quiet_NaN(), 0.5), 2);
  CHECK(feed(board).at("rounds").at(0).at("loss").is_null());
}

TEST_CASE("who has seen a version is told of what changed since") {
  auto board = after_a_round();
  auto seen = board.version;
  auto nothing = feed(board, seen);
  CHECK(!nothing.as_object().contains("run"));
  CHECK(nothing.at("clients").as_array().empty());
  CHECK(nothing.at("rounds").as_array().empty());
  CHECK(nothing.at("refusals").as_array().empty());
  apply(board, answer(0, phase_kind::fit, 2), 12);
  auto news = feed(board, seen);
  CHECK(news.at("from") == seen);
  CHECK(news.at("clients").as_array().size() == 1);
  CHECK(news.at("clients").at(0).at("state") == "answered");
  apply(board, closed(2, 1), 13);
  CHECK(feed(board, seen).at("rounds").as_array().size() == 1);
}

TEST_CASE("the end is told with its reason") {
  auto board = after_a_round();
  apply(board, event::ended{{}}, 12);
  CHECK(feed(board).at("end") == json::parse(R"({"done":true,"reason":""})"));
  apply(board, event::ended{{make_error(ec::stopped, "interrupted")}}, 13);
  CHECK(feed(board).at("end").at("done") == false);
  CHECK(feed(board).at("end").at("reason") == "interrupted");
}

TEST_CASE("a run without a chain says so") {
  auto run = usual_run();
  run.ledger.reset();
  CHECK(feed(board_of({}, run)).at("run").at("contract").is_null());
  CHECK(feed(board_of({}, run)).at("run").at("chain_id").is_null());
}

// A WebSocket is lost when 4 MiB are queued.
TEST_CASE("the fullest board is told in less than 4 MiB") {
  auto board = board_of({}, usual_run(100'000, 100'000));
  auto why = make_error(ec::rejected, std::string(1000, '"'));
  for (uint64_t i = 0; i < 2 * max_client_rows; ++i)
    apply(board, answer((uint64_t{1} << 32) + i, phase_kind::fit, 1, why), 1);
  for (uint64_t round = 1; round <= 2 * max_round_rows; ++round) {
    apply(board, closed(round, 1), 2);
    apply(board, tested(round, 1.0 / 3, 2.0 / 3), 3);
    apply(board, committed(round), 4);
  }
  CHECK(feed_json(board, 0, 5).size() < size_t{4} << 20);
}
