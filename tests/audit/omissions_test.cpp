#include "actors/audit/omissions.hpp"

#include "tests/audit/replaying.hpp"

#include <cmath>

using namespace flwr;
using namespace flwr::test;
using Catch::Contains;

namespace {

constexpr client_id victim{1};

signing_key_ptr key_of_client(client_id client) { return *client_key(7, client); }

/// In round 2 the server says that the victim was silent; its update was on the chain before.
struct omission {
  omission() {
    script.close = [this](round_record& record) {
      if (!record.invited.contains(victim) || (record.round != 2 && !never_counts_it))
        return;
      auto& outcome = record.invited.at(victim);
      if (record.round == 2)
        update = std::get<counted>(outcome);
      if (!counts_it)
        outcome = silent{"no answer before the round's deadline"};
    };
    script.interlude = [this](recorded_run& run, const round_record& record) {
      if (record.round == 2)
        submit(run, record);
    };
  }

  void submit(recorded_run& run, const round_record& record) {
    update_submission what{2, record.base.digest, update.model.digest, 20};
    if (!record.invited.contains(victim)) // It was asked for nothing, and sends something.
      what.model = run.store(*vector_model({1, 2, 3})->file).digest;
    if (change)
      change(what, run);
    run.ledger.submit(*key_of_client(victim), run.contract, submit_update_calldata(what));
    for (uint64_t i = 0; i + 1 < blocks_before; ++i) // Others fill the blocks, for later rounds.
      run.ledger.submit(*key_of_client(client_id{2 * (i % 2)}), run.contract,
                        submit_update_calldata({3 + i / 2, {9}, {1}, 1}));
  }

  run_report verified_anew() {
    auto run = record_run(script);
    if (afterwards)
      afterwards(run);
    auto seen = run.seen();
    if (lies_about_range)
      seen.logs = [&](log_query query) {
        if (query.topic == update_submitted_topic())
          query.last_block = run.ledger.blocks.size();
        return expected<std::vector<placed_log>>{run.ledger.logs_of(query)};
      };
    return verify_run(seen, run.contract, {.threads = 1});
  }

  run_script script;
  counted update;
  bool counts_it = false, never_counts_it = false;
  bool lies_about_range = false; ///< The node gives logs of later blocks, too.
  uint64_t blocks_before = 1;
  std::function<void(update_submission&, recorded_run&)> change;
  std::function<void(recorded_run&)> afterwards;
};

/// Lets the blocks from the commit of round 2 on be a minute later.
void wait_a_minute(recorded_run& run) {
  auto number = log_of_round(run, 2).block.number;
  for (; number < run.ledger.blocks.size(); ++number)
    run.ledger.blocks[number].timestamp += 60;
}

} // namespace

TEST_CASE("an update that was on the chain in time and is left out is named") {
  omission what;
  what.afterwards = wait_a_minute;
  auto report = what.verified_anew();
  check_named(report, {"update that 0x", 2, 1, verdict::wrong, "censored"});
  for (auto& round : report.rounds)
    CHECK(verdict_of(round.findings) == verdict::proven); // The average of the others is right.
}

TEST_CASE("what accuses nobody") {
  omission what;
  what.afterwards = wait_a_minute;
  SECTION("it is counted") { what.counts_it = true; }
  SECTION("it came just before the commit") { what.afterwards = {}; }
  SECTION("it was made from another model") {
    what.change = [](update_submission& it, recorded_run&) { it.base[0] ^= 1; };
  }
  SECTION("nobody has it") {
    what.change = [](update_submission& it, recorded_run&) { it.model[0] ^= 1; };
  }
  SECTION("it has another layout") {
    what.change = [](update_submission& it, recorded_run& run) {
      it.model = run.store(*vector_model({1, 2})->file).digest;
    };
  }
  SECTION("it isn't finite") {
    what.change = [](update_submission& it, recorded_run& run) {
      it.model = run.store(*vector_model({1, NAN, 2})->file).digest;
    };
  }
  SECTION("it claims more examples than are allowed") {
    what.change = [](update_submission& it, recorded_run&) { it.num_examples = uint64_t{1} << 40; };
  }
  SECTION("its client wasn't invited") {
    what.script.invite = [](uint64_t round, std::vector<client_id>& all) {
      if (round == 2)
        std::erase(all, victim);
    };
    what.script.describe = [](description& text) { text.clients = 4; };
  }
  SECTION("the node places it after the commit") {
    what.afterwards = [](recorded_run& run) {
      for (auto& log : run.ledger.logs)
        if (log.what.topics[0] == update_submitted_topic()) {
          log.block = run.ledger.blocks.back().block;
          log.index = 7;
          run.ledger.transactions.at(log.transaction).block = log.block;
          auto& receipt = run.ledger.receipts.at(log.transaction);
          receipt.block = log.block;
          receipt.first_log = 7;
        }
    };
    what.lies_about_range = true;
  }
  SECTION("the node has only a log of it") {
    what.afterwards = [](recorded_run& run) {
      wait_a_minute(run);
      for (auto& log : run.ledger.logs)
        if (log.what.topics[0] == update_submitted_topic())
          run.ledger.transactions.erase(log.transaction);
    };
  }
  CHECK(all_proven(what.verified_anew(), 3));
}

TEST_CASE("ten blocks are time enough, nine aren't") {
  omission what;
  what.blocks_before = 9;
  CHECK(all_proven(what.verified_anew(), 3));
  what.blocks_before = 10;
  check_named(what.verified_anew(), {"update that 0x", 2, 1, verdict::wrong, "censored"});
}

TEST_CASE("a client that is never counted is known by its address, where everybody was invited") {
  omission what;
  what.never_counts_it = true;
  what.afterwards = wait_a_minute;
  auto report = what.verified_anew();
  check_named(report, {"update that " + to_text(key_of_client(victim)->address()),
                       2,
                       {},
                       verdict::wrong,
                       "censored"});
  what.script.describe = [](description& text) { text.clients = 4; };
  what.script.invite = [](uint64_t, std::vector<client_id>&) {}; // The fourth never joins.
  CHECK(all_proven(what.verified_anew(), 3));
}
