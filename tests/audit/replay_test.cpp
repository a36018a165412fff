#include "actors/audit/replay.hpp"

#include "actors/audit/round_replay.hpp"
#include "actors/ipfs/content_id.hpp"
#include "tests/audit/replaying.hpp"

#include <set>
#include <thread>

using namespace flwr;
using namespace flwr::test;

namespace {

/// A run so small that each of its bits can be flipped.
recorded_run small_run() {
  run_script script;
  script.rounds = script.clients = 1;
  return record_run(script);
}

} // namespace

TEST_CASE("an honest run is proven, round by round") {
  auto run = record_run();
  auto report = verified(run);
  REQUIRE(all_proven(report, 3));
  CHECK(report.chain_id == fake_ledger::chain_id);
  CHECK(report.contract == run.contract);
  CHECK(report.run == run.identity.run);
  CHECK(report.head == run.ledger.blocks.back().block);
  CHECK_FALSE(report.open);
  for (uint64_t round = 1; round <= 3; ++round) {
    const auto& each = report.rounds[round - 1];
    CHECK(each.round == round);
    CHECK(each.model == run.records[round - 1].model);
    CHECK(each.updates == 3);
    CHECK(each.transaction == run.commits[round - 1]);
    CHECK(each.block_number == 2 + round);
    CHECK(each.sampling_proven);
  }
}

TEST_CASE("a run without a committed round isn't proven") {
  run_script script;
  script.rounds = 0;
  auto run = record_run(script);
  auto report = verified(run);
  check_named(report, {"rounds", {}, {}, verdict::missing, "no round is committed yet"});
  CHECK(report.findings.size() == 1);
}

TEST_CASE("a run with several commits a block is proven, unless their logs are reordered") {
  run_script script;
  script.rounds = 5;
  script.two_commits_a_block = true;
  auto run = record_run(script);
  CHECK(all_proven(verified(run), 5));
  std::swap(log_of_round(run, 3), log_of_round(run, 4));
  check_named(verified(run), {"committed round", 4, {}});
}

TEST_CASE("rounds in which clients are silent or refused are proven, and they are named") {
  run_script script;
  script.close = [](round_record& record) {
    if (record.round == 2) {
      record.invited[client_id{0}] = silent{"too late"};
      record.invited[client_id{2}] = refused{"not finite"};
    }
  };
  auto run = record_run(script);
  auto report = verified(run);
  REQUIRE(all_proven(report, 3));
  CHECK(report.rounds[1].updates == 1);
  CHECK(report.rounds[1].silent == std::vector{client_id{0}});
  CHECK(report.rounds[1].refused == std::vector{client_id{2}});
}

TEST_CASE("a round without a counted update keeps its base") {
  run_script script;
  script.close = [](round_record& record) {
    if (record.round == 2)
      for (auto& [client, outcome] : record.invited)
        outcome = silent{"too late"};
  };
  auto run = record_run(script);
  auto report = verified(run);
  REQUIRE(all_proven(report, 3));
  CHECK(report.rounds[1].updates == 0);
  CHECK(report.rounds[1].model == report.rounds[0].model);
}

TEST_CASE("a run stored by the older profile is proven") {
  run_script script;
  script.profile = "unixfs-v0-2015";
  auto run = record_run(script);
  CHECK(run.records[0].model.version == 0);
  CHECK(all_proven(verified(run), 3));
}

TEST_CASE("a sample of the clients is checked against the seed") {
  run_script script;
  script.clients = 5;
  script.rounds = 6;
  script.describe = [](description& what) { what.strategy.fraction_fit = 0.6; };
  auto run = record_run(script);
  auto report = verified(run);
  REQUIRE(all_proven(report, 6));
  for (const auto& round : report.rounds)
    CHECK(round.sampling_proven);
}

TEST_CASE("who was invited before everybody has been seen is a claim") {
  run_script script;
  script.invite = [](uint64_t round, std::vector<client_id>& clients) {
    if (round == 1)
      clients.pop_back();
  };
  auto run = record_run(script);
  auto report = verified(run);
  REQUIRE(all_proven(report, 3));
  CHECK_FALSE(report.rounds[0].sampling_proven);
  CHECK(report.rounds[1].sampling_proven);
}

TEST_CASE("another aggregator from a round on is told") {
  run_script script;
  script.successor = *client_key(4321, client_id{0});
  script.succeeds_in = 2;
  auto run = record_run(script);
  auto report = verified(run);
  REQUIRE(all_proven(report, 3));
  CHECK(report.rounds[0].aggregator == report.aggregator);
  CHECK(report.rounds[1].aggregator == script.successor->address());
  CHECK(report.rounds[2].aggregator == script.successor->address());
  CHECK(std::ranges::count_if(
          claims_of(report),
          [](const std::string& claim) { return claim.find("a new aggregator") != claim.npos; })
        == 1);
}

TEST_CASE("all that is missing is listed with its content id, and the rest is checked") {
  auto run = record_run();
  auto first = update_of(run.records[1], 0).model, last = update_of(run.records[1], 2).model;
  run.blobs.erase(first);
  run.blobs.erase(last);
  auto report = verified(run);
  CHECK(verdict_of(report) == verdict::missing);
  REQUIRE(report.rounds[1].findings.size() == 2);
  CHECK(report.rounds[1].findings[0].blob == first);
  CHECK(report.rounds[1].findings[1].blob == last);
  CHECK(verdict_of(report.rounds[2].findings) == verdict::proven);
}

TEST_CASE("a node that can't be reached leaves the run unproven, not wrong") {
  auto run = record_run();
  auto gone = run.seen();
  auto away = [] { return make_error(ec::unreachable, "connection refused"); };
  named expected{"", {}, {}, verdict::missing};
  SECTION("from the start") {
    gone.head = [&] { return flwr::expected<block_facts>{away()}; };
    expected.what = "newest block";
  }
  SECTION("at the end") {
    auto honest = gone.block;
    gone.block = [=](uint64_t number) {
      return number < 5 ? honest(number) : flwr::expected<block_facts>{away()};
    };
    expected.what = "block 5";
  }
  SECTION("later") {
    gone.receipt_of = [&](const tx_hash&) {
      return flwr::expected<std::optional<receipt>>{away()};
    };
    expected.what = "receipt of 0x";
  }
  check_named(verify_run(gone, run.contract, {}), expected);
}

TEST_CASE("a block that is replaced while it is read is told") {
  auto run = record_run();
  auto seen = run.seen();
  seen.head = [&] {
    auto head = run.ledger.blocks.back();
    head.block.hash[0] ^= 1;
    return expected<block_facts>{head};
  };
  flip_last(run.blobs[run.records[0].model]); // Whatever else there is.
  auto report = verify_run(seen, run.contract, {});
  check_named(report, {"block 5", {}, {}, verdict::missing});
  CHECK(report.rounds.empty());
}

TEST_CASE("a run that isn't the expected one is wrong, whatever else it is") {
  auto run = record_run();
  CHECK(all_proven(verify_run(run.seen(), run.contract, {.expected_run = run.identity.run}), 3));
  hash256 another{1};
  auto report = verify_run(run.seen(), run.contract, {.expected_run = another});
  check_named(report, {"run", {}, {}});
  CHECK(line_of(report.findings.at(0))
        == "run: expected " + to_0x(another) + ", given " + to_0x(run.identity.run));
  CHECK(report.rounds.empty());
}

TEST_CASE("where no contract is, nothing is wrong") {
  auto run = record_run();
  check_named(verify_run(run.seen(), address{1}, {}),
              {"contract",
               {},
               {},
               verdict::missing,
               "no contract at 0x0100000000000000000000000000000000000000 as of block 5"});
}

TEST_CASE("a per-update run isn't proven as a whole, though its rounds are") {
  run_script script;
  script.describe = [](description& what) { what.ledger = "per-update"; };
  auto run = record_run(script);
  auto report = verified(run);
  check_named(report, {"ledger", {}, {}, verdict::missing, "per-update"});
  REQUIRE(report.rounds.size() == 3);
  for (const auto& round : report.rounds)
    CHECK(verdict_of(round.findings) == verdict::proven);
}

TEST_CASE("a model beyond the limit isn't checked") {
  auto run = record_run();
  check_named(verify_run(run.seen(), run.contract, {.max_model_bytes = 10}),
              {"models", {}, {}, verdict::missing});
}

TEST_CASE("no more rounds are replayed at a time than fit into memory") {
  run_script script;
  script.rounds = 20;
  auto run = record_run(script);
  auto each = round_bytes(*run.what.model.layout);
  CHECK(each == 2 * run.what.model.layout->file_bytes + uint64_t{16} * 3);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  auto seen = run.seen();
  auto honest = seen.receipt_of;
  seen.receipt_of = [&](const tx_hash& hash) {
    std::lock_guard lock{mutex};
    threads.insert(std::this_thread::get_id());
    return honest(hash);
  };
  CHECK(all_proven(verify_run(seen, run.contract, {.threads = 8, .max_memory_bytes = 2 * each - 1}),
                   20));
  CHECK(threads.size() == 1);
  auto report = verify_run(seen, run.contract, {.max_memory_bytes = each - 1});
  check_named(report, {"memory", {}, {}, verdict::missing});
  CHECK(report.rounds.empty());
}

TEST_CASE("a round for which there isn't enough memory is missing, and the others are proven") {
  run_script script;
  script.rounds = 5;
  auto run = record_run(script);
  auto seen = run.seen();
  auto honest = seen.blob;
  auto huge = update_of(run.records[2], 1).model;
  seen.blob = [&](const content_id& id, uint64_t max_bytes) -> expected<blob_ptr> {
    if (id == huge)
      throw std::bad_alloc{};
    return honest(id, max_bytes);
  };
  for (unsigned threads : {1u, 4u}) {
    auto report = verify_run(seen, run.contract, {.threads = threads});
    check_named(report, {"memory", 3, {}, verdict::missing});
    REQUIRE(report.rounds.size() == 5);
    CHECK(verdict_of(report.rounds[3].findings) == verdict::proven);
  }
}

TEST_CASE("a store that gives more than was asked for is wrong") {
  auto run = record_run();
  auto seen = run.seen();
  auto honest = seen.blob;
  auto huge = update_of(run.records[0], 0).model;
  seen.blob = [&](const content_id& id, uint64_t max_bytes) -> expected<blob_ptr> {
    if (id == huge)
      return std::make_shared<const bytes>(max_bytes + 1);
    return honest(id, max_bytes);
  };
  check_named(verify_run(seen, run.contract, {}), {"update baf", 1, 0});
}

TEST_CASE("the report doesn't depend on the number of threads, and rounds are told in order") {
  run_script script;
  script.rounds = 20;
  auto run = record_run(script);
  flip_last(run.blobs[update_of(run.records[6], 1).model]);
  run.blobs.erase(run.manifests[11]);
  auto alone = json_of(verified(run));
  for (unsigned threads : {2u, 3u, 8u, 100u}) {
    std::vector<uint64_t> told;
    size_t runs_told = 0;
    auto report =
      verify_run(run.seen(), run.contract, {.threads = threads},
                 {.run =
                    [&](const run_report& whole) {
                      runs_told += whole.run == run.identity.run && told.empty();
                    },
                  .round = [&](const round_report& round) { told.push_back(round.round); }});
    CHECK(runs_told == 1);
    CHECK(json_of(report) == alone);
    CHECK(told.size() == 20);
    CHECK(std::ranges::is_sorted(told));
  }
}

TEST_CASE("no bit of a stored blob can be flipped unnoticed") {
  auto run = small_run();
  REQUIRE(all_proven(verified(run), 1));
  for (auto& [id, blob] : run.blobs)
    for (size_t bit = 0; bit < 8 * blob.size(); ++bit) {
      flip(blob, bit);
      if (verdict_of(verified(run)) != verdict::wrong)
        FAIL(to_text(id) << ", bit " << bit);
      flip(blob, bit);
    }
}

TEST_CASE("no bit of a commit's log and transaction can be flipped unnoticed") {
  auto run = small_run();
  auto& raw = run.ledger.transactions.at(run.commits[0]).raw;
  auto& data = log_of_round(run, 1).what.data;
  for (auto* record : {&raw, &data})
    for (size_t bit = 0; bit < 8 * record->size(); ++bit) {
      flip(*record, bit);
      CHECK(verdict_of(verified(run)) != verdict::proven);
      flip(*record, bit);
    }
}

TEST_CASE("no bit of the creation can be flipped unnoticed") {
  auto run = small_run();
  auto& raw = run.ledger.transactions.at(run.creation).raw;
  for (size_t bit = 0; bit < 8 * raw.size(); bit += 61) {
    flip(raw, bit);
    CHECK(verdict_of(verified(run)) != verdict::proven);
    flip(raw, bit);
  }
}
