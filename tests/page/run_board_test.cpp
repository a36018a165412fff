#include "actors/page/run_board.hpp"

#include "tests/page/facts.hpp"

#include <catch2/catch.hpp>

using namespace flwr;
using namespace flwr::test;

namespace {

constexpr client_id a{0}, b{1}, c{2};

std::vector<std::string> words_awaited(const run_board& board) {
  std::vector<std::string> words;
  for (auto& each : what_is_awaited(board))
    words.push_back(each.what);
  return words;
}

using words = std::vector<std::string>;

} // namespace

TEST_CASE("a board waits for clients, then for the first round") {
  auto board = board_of({event::joined{a}});
  CHECK(words_awaited(board) == words{"the first round to begin"});
  apply(board, event::waiting{1, 3, event::seconds{0.5}}, 1.5);
  CHECK(words_awaited(board) == words{"clients: 1 of 3 are here"});
  CHECK(what_is_awaited(board).front().since == 1);
  apply(board, event::joined{b}, 2);
  apply(board, event::joined{c}, 3);
  CHECK(board.joined == 3);
  apply(board, evaluation_begins(0, {}), 3);
  CHECK(words_awaited(board) == words{"clients: 1 of 3 are here"}); // It waits for that still.
  apply(board, fit_begins(1, {a, b, c}), 4);
  CHECK(words_awaited(board) == words{"round 1: 3 of 3 clients to train: clients 0, 1, 2"});
  apply(board, event::left{c}, 5);
  CHECK(board.joined == 2);
  CHECK(board.clients.at(c).state() == client_state::gone);
}

TEST_CASE("a client that is lost is gone until it returns") {
  auto board = board_of({event::joined{a}, event::joined{b}, fit_begins(1, {a, b}),
                         answer(1, phase_kind::fit, 1, make_error(ec::rejected, "it is NaN"))});
  apply(board, event::lost{a}, 5);
  apply(board, event::lost{b}, 5);
  CHECK(board.joined == 0);
  CHECK(clients_by_state(board) == std::array<uint64_t, 6>{0, 0, 0, 0, 0, 2});
  apply(board, event::returned{a}, 6);
  apply(board, event::returned{b}, 6);
  CHECK(board.joined == 2);
  CHECK(board.clients.at(a).state() == client_state::working);
  CHECK(board.clients.at(b).state() == client_state::refused);
  apply(board, answer(0, phase_kind::fit, 1, make_error(ec::unreachable, "away")), 7);
  apply(board, event::lost{a}, 8);
  apply(board, event::returned{a}, 9);
  CHECK(board.clients.at(a).state() == client_state::ready);
  CHECK(board.clients.at(a).reason.empty());
}

TEST_CASE("strangers at the join don't push the clients' refusals out") {
  auto board = board_of({event::joined{a}, fit_begins(1, {a}),
                         answer(0, phase_kind::fit, 1, make_error(ec::rejected, "it is NaN"))});
  for (uint64_t id = 0; id < 200; ++id)
    apply(board, event::turned_away{client_id{id}, make_error(ec::rejected, "no proof")}, 4);
  CHECK(board.refusals.size() == 21);
  CHECK(board.refusals.front().reason == "it is NaN");
  CHECK(board.refusals.back().client == client_id{199});
}

TEST_CASE("whoever may not join is among the refusals") {
  auto board = board_of({event::turned_away{client_id{7}, make_error(ec::rejected, "no client 7")},
                         event::turned_away{{}, make_error(ec::corrupt, "no proof")}});
  REQUIRE(board.refusals.size() == 2);
  CHECK(board.refusals[0].client == client_id{7});
  CHECK(board.refusals[0].reason == "no client 7");
  CHECK_FALSE(board.refusals[0].what);
  CHECK_FALSE(board.refusals[1].client);
  CHECK(board.clients.empty());
}

TEST_CASE("a client's state follows what it is asked and answers") {
  auto board = board_of({event::joined{a}, event::joined{b}, event::joined{c}});
  CHECK(board.clients.at(a).state() == client_state::ready);
  apply(board, fit_begins(1, {a, b, c}), 4);
  apply(board, event::training{a, 1, 3, 10}, 5);
  CHECK(board.clients.at(a).state() == client_state::working);
  CHECK(board.clients.at(a).tasks.front().done == 3);
  CHECK(board.clients.at(a).tasks.front().total == 10);
  apply(board, answer(0, phase_kind::fit, 1), 6);
  apply(board, event::training{a, 1, 10, 10}, 6);
  CHECK(board.clients.at(a).state() == client_state::answered);
  apply(board, answer(1, phase_kind::fit, 1, make_error(ec::rejected, "it is NaN")), 7);
  CHECK(board.clients.at(b).state() == client_state::refused);
  CHECK(board.clients.at(b).reason == "it is NaN");
  apply(board, answer(2, phase_kind::fit, 1, make_error(ec::unreachable, "away")), 8);
  CHECK(board.clients.at(c).state() == client_state::gone);
  apply(board, fit_begins(2, {c}), 9);
  apply(board, answer(2, phase_kind::fit, 2, make_error(ec::timeout, "late")), 10);
  CHECK(board.clients.at(c).state() == client_state::silent);
  CHECK(board.clients.at(c).refusals == 2);
  apply(board, fit_begins(3, {c}), 11);
  apply(board, answer(2, phase_kind::fit, 3), 12);
  CHECK(board.clients.at(c).state() == client_state::answered);
  CHECK(board.clients.at(c).reason.empty());
}

TEST_CASE("a test that counts doesn't hide that an update was refused, but the next update does") {
  auto refusal = answer(0, phase_kind::fit, 1, make_error(ec::rejected, "it is NaN"));
  auto board = board_of(
    {fit_begins(1, {a}), refusal, evaluation_begins(1, {a}), answer(0, phase_kind::evaluate, 1)});
  CHECK(board.clients.at(a).state() == client_state::refused);
  CHECK(board.clients.at(a).reason == "it is NaN");
  apply(board, fit_begins(2, {a}), 5);
  apply(board, answer(0, phase_kind::fit, 2), 6);
  CHECK(board.clients.at(a).state() == client_state::answered);
  apply(board, answer(0, phase_kind::evaluate, 2, make_error(ec::rejected, "no")), 7);
  CHECK(board.clients.at(a).state() == client_state::refused);
  apply(board, answer(0, phase_kind::evaluate, 3), 8);
  CHECK(board.clients.at(a).state() == client_state::answered);
}

TEST_CASE("a client that tests one round and trains the next works until it has done both") {
  auto board = board_of({evaluation_begins(1, {a}), fit_begins(2, {a})});
  CHECK(board.clients.at(a).tasks.front().what == phase_kind::evaluate);
  apply(board, answer(0, phase_kind::evaluate, 1), 3);
  CHECK(board.clients.at(a).state() == client_state::working);
  CHECK(board.clients.at(a).tasks.front().round == 2);
  apply(board, answer(0, phase_kind::fit, 2), 4);
  CHECK(board.clients.at(a).state() == client_state::answered);
}

TEST_CASE("a board says whom an open phase waits for, the oldest first") {
  auto board = board_of({fit_begins(1, {a, b, c}), answer(1, phase_kind::fit, 1)});
  CHECK(words_awaited(board) == words{"round 1: 2 of 3 clients to train: clients 0, 2"});
  apply(board, answer(0, phase_kind::fit, 1), 3);
  CHECK(words_awaited(board) == words{"round 1: 1 of 3 clients to train: client 2"});
  apply(board, answer(2, phase_kind::fit, 1), 4);
  CHECK(words_awaited(board) == words{"round 1: the average of the updates"});
  apply(board, closed(1, 3), 5);
  apply(board, evaluation_begins(1, {a}), 6);
  apply(board, fit_begins(2, {b}), 7);
  CHECK(words_awaited(board)
        == words{"round 1: its commit on the ledger",
                 "round 1: 1 of 1 clients to test the model: client 0",
                 "round 2: 1 of 1 clients to train: client 1"});
  CHECK(what_is_awaited(board)[1].since == 6);
}

TEST_CASE("of many clients that are waited for, five are named") {
  std::vector<client_id> many;
  for (uint64_t i = 0; i < 7; ++i)
    many.push_back(client_id{i});
  CHECK(words_awaited(board_of({fit_begins(1, many)}))
        == words{"round 1: 7 of 7 clients to train: clients 0, 1, 2, 3, 4 and 2 more"});
}

TEST_CASE("a round's row has the history's numbers, and its block") {
  auto board = board_of({fit_begins(1, {a}), answer(0, phase_kind::fit, 1), closed(1, 1),
                         tested(1, 0.1 + 0.2, 1.0 / 3), committed(1)});
  round_lines history{usual_run().ledger};
  history.note(closed(1, 1));
  history.note(tested(1, 0.1 + 0.2, 1.0 / 3));
  history.note(committed(1));
  REQUIRE(history.advance());
  auto& row = board.rounds.at(1);
  auto& line = history.so_far().rounds.at(0);
  CHECK(row.tested);
  CHECK(row.recorded);
  CHECK(row.block_number == 3);
  CHECK(row.line.loss == line.loss);
  CHECK(row.line.loss_mean == line.loss_mean);
  CHECK(row.line.accuracy == line.accuracy);
  CHECK(row.line.tx == line.tx);
  CHECK(row.line.model_cid == line.model_cid);
  CHECK(row.line.seconds.chain == line.seconds.chain);
  CHECK(newest_tested(board) == &row);
  CHECK(words_awaited(board).empty());
}

TEST_CASE("totals grow with the rounds") {
  auto board =
    board_of({fit_begins(1, {a, b, c}), answer(0, phase_kind::fit, 1),
              answer(1, phase_kind::fit, 1, make_error(ec::corrupt, "layout")),
              answer(2, phase_kind::fit, 1, make_error(ec::timeout, "late")), closed(1, 1),
              evaluation_begins(1, {a, b}), answer(0, phase_kind::evaluate, 1),
              answer(1, phase_kind::evaluate, 1, make_error(ec::rejected, "no")), tested(1, 2, 0.5),
              committed(1), closed(2, 0), committed(2)});
  auto& totals = board.totals;
  CHECK(totals.updates.counted == 1);
  CHECK(totals.updates.refused == 1);
  CHECK(totals.updates.silent == 1);
  CHECK(totals.tests.counted == 1);
  CHECK(totals.tests.refused == 1);
  CHECK(totals.closed == 2);
  CHECK(totals.failed == 1);
  CHECK(totals.recorded == 2);
  CHECK(totals.gas_used == 2 * 56623);
  CHECK(totals.fit.count == 2);
  CHECK(totals.fit.sum == 0.5);
  CHECK(totals.chain.count == 2);
  CHECK(totals.evaluate.count == 1);
}

TEST_CASE("a histogram's counts are cumulative, a bound included") {
  span_histogram spans;
  for (auto each : {0.005, 0.1, 2.0, 1000.0})
    spans.add(each);
  CHECK(spans.counts == decltype(spans.counts){1, 1, 2, 2, 2, 3, 3, 3, 3, 3});
  CHECK(spans.count == 4);
}

TEST_CASE("a phase's end is the end of what clients were asked in it") {
  auto board = board_of({fit_begins(1, {a, b}), answer(0, phase_kind::fit, 1), closed(1, 1)});
  CHECK(board.clients.at(b).state() == client_state::ready);
  CHECK(board.open.empty());
  apply(board, answer(1, phase_kind::fit, 1, make_error(ec::timeout, "late")), 9);
  CHECK(board.open.empty());
}

TEST_CASE("the genesis model's test, and a phase without clients, leave no row") {
  auto board = board_of({tested(0, 5, 0.1), event::phase_started{phase_kind::evaluate, 1, 0, 0}});
  CHECK(board.rounds.empty());
  CHECK(board.open.empty());
}

TEST_CASE("a run that is over waits for nothing") {
  auto board = board_of({fit_begins(1, {a}), event::ended{{make_error(ec::stopped, "Ctrl-C")}}});
  REQUIRE(board.end);
  CHECK(board.end->why == ec::stopped);
  CHECK(words_awaited(board).empty());
  CHECK(board.clients.at(a).state() == client_state::ready);
}

TEST_CASE("a board is bounded, and counts what it has no room for") {
  auto board = board_of({}, usual_run(5000, 5000));
  for (uint64_t i = 0; i < max_client_rows + 10; ++i)
    apply(board, event::joined{client_id{i}}, 1);
  CHECK(board.clients.size() == max_client_rows);
  CHECK(board.unlisted == 10);
  CHECK(board.joined == max_client_rows + 10);
  apply(board, answer(max_client_rows + 5, phase_kind::fit, 1, make_error(ec::rejected, "no")), 2);
  CHECK(board.clients.size() == max_client_rows);
  for (uint64_t i = 0; i < 3 * max_refusal_rows; ++i)
    apply(board, answer(i, phase_kind::fit, 1, make_error(ec::rejected, std::string(1000, 'x'))),
          3);
  CHECK(board.refusals.size() == max_refusal_rows);
  CHECK(board.refusals.back().reason.size() == max_shown_reason_bytes);
  CHECK(board.refusals.back().client == client_id{3 * max_refusal_rows - 1});
  for (uint64_t round = 1; round <= max_round_rows + 5; ++round)
    apply(board, closed(round, 1), 4);
  CHECK(board.rounds.size() == max_round_rows);
  CHECK(board.rounds.begin()->first == 6);
  CHECK(board.totals.closed == max_round_rows + 5);
}

TEST_CASE("clients are counted by state") {
  auto board = board_of({event::joined{a}, fit_begins(1, {b, c}), answer(1, phase_kind::fit, 1)});
  CHECK(clients_by_state(board) == std::array<uint64_t, 6>{1, 1, 1, 0, 0, 0});
}
