#include "apps/tool_verify.hpp"

#include "actors/audit/inquiry.hpp"
#include "actors/audit/replay.hpp"
#include "actors/audit/verdict_text.hpp"
#include "actors/chain/embedded_ledger.hpp"
#include "actors/ipfs/block_files.hpp"
#include "apps/journalled_run.hpp"
#include "apps/remote_evidence.hpp"

#include <unistd.h>

#include <mutex>

namespace flwr {
namespace {

/// The ledger, for several threads.
struct shared_ledger {
  explicit shared_ledger(embedded_ledger opened) : ledger(std::move(opened)) {}

  template <class Question>
  auto ask(Question question) {
    std::lock_guard lock{mutex};
    return question(std::as_const(ledger));
  }

  embedded_ledger ledger;
  std::mutex mutex;
};

expected<block_facts> block_at(const embedded_ledger& ledger, uint64_t number) {
  auto* found = ledger.blocks().find(number);
  if (!found)
    return make_error(ec::missing, "there is no block " + std::to_string(number));
  return facts_of(*found);
}

// Each question for a blob opens the store anew, which costs nothing: so threads share nothing.
expected<blob_ptr> blob_in(const std::filesystem::path& folder, const content_id& id,
                           uint64_t max_bytes) {
  auto blocks = block_files::open_read_only(folder);
  return blocks ? blocks->fetch(id, max_bytes) : expected<blob_ptr>{blocks.error()};
}

template <class T>
std::optional<T> copy_of(const T* found) {
  return found ? std::optional{*found} : std::nullopt;
}

evidence evidence_of(const std::shared_ptr<shared_ledger>& chain,
                     const std::filesystem::path& blocks) {
  using ledger = const embedded_ledger&;
  return {
    .chain_id = [=]() -> expected<uint64_t> {
      return chain->ask([](ledger it) { return it.genesis().chain_id; });
    },
    .head = [=]() -> expected<block_facts> {
      return chain->ask([](ledger it) { return facts_of(it.blocks().head()); });
    },
    .block =
      [=](uint64_t number) { return chain->ask([=](ledger it) { return block_at(it, number); }); },
    .call =
      [=](const call_request& what) {
        return chain->ask([&](ledger it) { return it.call(what); });
      },
    .logs = [=](const log_query& what) -> expected<std::vector<placed_log>> {
      return chain->ask([&](ledger it) { return it.blocks().logs(what); });
    },
    .receipt_of = [=](const tx_hash& hash) -> expected<std::optional<receipt>> {
      return chain->ask([&](ledger it) { return copy_of(it.blocks().find_receipt(hash)); });
    },
    .transaction_of = [=](const tx_hash& hash) -> expected<std::optional<placed_transaction>> {
      return chain->ask([&](ledger it) { return it.blocks().find_transaction(hash); });
    },
    .blob = [=](const content_id& id,
                uint64_t max_bytes) { return blob_in(blocks, id, max_bytes); }};
}

/// The owner of a ledger can make another; who has kept a block of this one notices.
void check_block(const evidence& from, const hash256& block, run_report& report) {
  auto head = from.head();
  for (uint64_t number = 0; head && number <= head->block.number; ++number)
    if (auto facts = from.block(number); facts && facts->block.hash == block)
      return;
  inquiry{report.findings}.wrong("block " + shown(block) + " isn't in this chain", "its block",
                                 "none");
}

exit_code code_of(verdict kind) {
  switch (kind) {
  case verdict::proven:
    return exit_code::done;
  case verdict::missing:
    return exit_code::incomplete;
  case verdict::wrong:
    break;
  }
  return exit_code::failed;
}

uint64_t half_of_the_memory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) / 2
         * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

/// What the run is, and what its journal says of it, if that is to be read.
struct subject {
  address contract{};
  std::optional<journalled_run> journal;
};

// Before the ledger, which may grow meanwhile.
expected<subject> subject_of(const verify_request& what) {
  if (what.contract)
    return subject{*what.contract, {}};
  auto journal = read_journalled_run(what.state_dir, what.run);
  if (!journal)
    return journal.error();
  auto contract = journal->contract;
  return subject{contract, std::move(*journal)};
}

tool_output judge(const verify_request& what, const subject& run, const evidence& from,
                  const line_sink& say) {
  verify_observer observer;
  if (!what.json)
    observer = {.run = [&](const run_report& report) { say(line_of(report)); },
                .round = [&](const round_report& round) { say(line_of(round)); }};
  verify_limits limits{.threads = what.threads, .max_memory_bytes = half_of_the_memory()};
  if (run.journal)
    limits.expected_run = run.journal->run;
  auto report = verify_run(from, run.contract, limits, observer);
  if (what.block)
    check_block(from, *what.block, report);
  if (run.journal)
    compare(*run.journal, report);
  auto code = code_of(verdict_of(report));
  if (what.json)
    return {json_of(report) + "\n", code};
  std::string text;
  for (auto& claim : claims_of(report))
    text += "CLAIMED " + claim + "\n";
  for (auto& note : report.notes)
    text += "NOTE " + note + "\n";
  return {text + last_line_of(report) + "\n", code};
}

} // namespace

expected<tool_output> verify(const verify_request& what, const line_sink& say) {
  auto run = subject_of(what);
  if (!run)
    return run.error();
  if (what.chain) {
    remote_evidence nodes{*what.chain, *what.ipfs};
    if (auto there = nodes.check(); !there)
      return there.error();
    return judge(what, *run, nodes.functions(), say);
  }
  auto folder = what.state_dir / "ledger";
  auto ledger = embedded_ledger::open(folder, journal_access::read_only);
  if (!ledger && ledger.error() == ec::missing)
    return make_error(ec::missing, "there is no ledger in " + folder.string()
                                     + "; restore that folder from a copy");
  if (!ledger)
    return ledger.error();
  auto chain = std::make_shared<shared_ledger>(std::move(*ledger));
  return judge(what, *run, evidence_of(chain, what.state_dir / "blocks"), say);
}

} // namespace flwr
