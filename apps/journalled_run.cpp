#include "apps/journalled_run.hpp"

#include "actors/audit/inquiry.hpp"
#include "actors/audit/journal_bodies.hpp"
#include "actors/chain/address.hpp"
#include "actors/hash/hex.hpp"
#include "apps/option_values.hpp"
#include "apps/run_files.hpp"

#include <algorithm>
#include <limits>

namespace flwr {
namespace {

caf::error unreadable(const std::filesystem::path& journal, const std::string& key) {
  return make_error(ec::corrupt, journal.string() + ": \"" + key
                                   + "\" can't be read; restore the file from a copy, or name the "
                                     "run's contract with --contract");
}

/// The journal's place of a run; its recorded commits are still to come.
expected<journalled_run> place_in(const std::filesystem::path& path, const journal_file& journal) {
  auto meta = journal.meta();
  auto chain_id = parse_count(meta["chain_id"], 0, std::numeric_limits<uint64_t>::max());
  auto contract = address_from_text(meta["contract"]);
  auto run = hash_from_hex(meta["run"]);
  if (!chain_id)
    return unreadable(path, "chain_id");
  if (!contract)
    return unreadable(path, "contract");
  if (!run)
    return unreadable(path, "run");
  auto rounds = parse_count(meta["rounds"], 1, std::numeric_limits<uint64_t>::max());
  if (!rounds)
    return unreadable(path, "rounds");
  return journalled_run{*chain_id, *contract, *run, {}, *rounds, false};
}

uint64_t not_recorded(const journalled_run& journal, const run_report& report) {
  return static_cast<uint64_t>(std::ranges::count_if(report.rounds, [&](const round_report& each) {
    return !journal.recorded.contains(each.round);
  }));
}

expected<numbered_run> folder_of(const std::filesystem::path& state_dir,
                                 std::optional<uint64_t> number) {
  auto directory = run_directory::open_read_only(state_dir);
  if (!directory)
    return directory.error();
  auto newest = directory->newest_run();
  return newest ? directory->run(number.value_or(*newest)) : newest.error();
}

} // namespace

expected<recorded_commits> recorded_in(const journal_file& journal) {
  auto entries = journal.read("recorded");
  if (!entries)
    return entries.error();
  recorded_commits commits;
  for (const auto& entry : *entries) {
    auto body = decode_recorded(entry);
    if (!body)
      return body.error();
    if (body->transaction)
      commits[body->round] = *body->transaction;
  }
  return commits;
}

expected<journalled_run> read_journalled_run(const std::filesystem::path& state_dir,
                                             std::optional<uint64_t> number) {
  auto folder = folder_of(state_dir, number);
  if (!folder)
    return folder.error();
  auto path = folder->path / journal_name;
  auto journal = journal_file::open(path, journal_access::read_only);
  if (!journal)
    return journal.error();
  auto run = place_in(path, *journal);
  if (!run)
    return run;
  if (run->chain_id == 0)
    return make_error(ec::usage, "run " + std::to_string(folder->number)
                                   + " has no ledger (--chain none): nothing of it can be proven");
  auto recorded = recorded_in(*journal);
  if (!recorded)
    return make_error(ec::corrupt, path.string() + ": " + render(recorded.error()));
  run->recorded = std::move(*recorded);
  auto finished = journal->read("finished");
  if (!finished)
    return finished.error();
  run->finished = !finished->empty();
  return run;
}

void compare(const journalled_run& journal, run_report& report) {
  inquiry note{report.findings};
  note.same("chain id", journal.chain_id, report.chain_id);
  if (!report.findings.empty())
    return; // What the chain tells is of another run, or cut short: its rounds would say nothing.
  for (const auto& [round, transaction] : journal.recorded)
    if (std::ranges::none_of(report.rounds,
                             [number = round, &wanted = transaction](const round_report& each) {
                               return each.round == number && each.transaction == wanted;
                             }))
      note.of(round).failed("commit",
                            make_error(ec::missing, "the journal has recorded transaction "
                                                      + shown(transaction)
                                                      + ", and this chain doesn't have it; is it "
                                                        "an older copy?"));
  if (!report.findings.empty())
    return;
  if (auto more = not_recorded(journal, report))
    report.notes.push_back("the journal doesn't have " + std::to_string(more)
                           + " of these rounds: the run goes on, or its server died, or this is an "
                             "older copy");
  if (!journal.finished)
    report.notes.push_back("the run isn't finished: " + std::to_string(report.rounds.size())
                           + " of " + std::to_string(journal.rounds) + " rounds are committed");
}

} // namespace flwr
