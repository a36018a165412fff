#include "apps/ledger_folder.hpp"

#include "apps/journalled_run.hpp"
#include "apps/run_files.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace flwr {
namespace {

/// Whether a run has commits on the ledger. One that never began has none.
expected<bool> was_recorded(const run_directory& state, uint64_t number) {
  auto folder = state.run(number);
  if (!folder)
    return false; // Somebody has removed it.
  auto journal = journal_file::open(folder->path / journal_name, journal_access::read_only);
  if (!journal)
    return journal.error() == ec::missing ? expected<bool>{false} : journal.error();
  auto recorded = recorded_in(*journal);
  if (!recorded)
    return recorded.error();
  return !recorded->empty();
}

expected<void> check_nothing_recorded(const run_directory& state) {
  auto newest = state.newest_run();
  if (!newest)
    return newest.error();
  for (auto number = *newest; number > 0; --number) {
    auto recorded = was_recorded(state, number);
    if (recorded && !*recorded)
      continue;
    auto why = recorded ? "though run " + std::to_string(number) + " was recorded on it"
                        : "and whether run " + std::to_string(number)
                            + " was recorded on it can't be read: " + render(recorded.error());
    return make_error(ec::corrupt, "the ledger in " + state.ledger().string() + " is gone, " + why
                                     + ". Restore that folder from a copy, or begin anew in "
                                       "another --state-dir");
  }
  return caf::unit;
}

} // namespace

expected<embedded_ledger> open_or_found_ledger(const run_directory& state,
                                               const ledger_genesis& first) {
  auto ledger = embedded_ledger::open(state.ledger(), journal_access::read_write);
  if (ledger || ledger.error() != ec::missing)
    return ledger;
  if (auto fresh = check_nothing_recorded(state); !fresh)
    return fresh.error();
  if (::mkdir(state.ledger().c_str(), 0700) != 0 && errno != EEXIST)
    return errno_error("create the directory", state.ledger());
  if (auto durable = sync_directory(state.root()); !durable)
    return durable.error();
  return embedded_ledger::create(state.ledger(), first);
}

} // namespace flwr
