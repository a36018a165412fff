#include "apps/prepared_run.hpp"

#include "actors/audit/run_id.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"
#include "apps/run_files.hpp"

#include <random>
#include <utility>

namespace flwr {
namespace {

constexpr uint64_t max_description_bytes = 16 << 20;

bytes as_bytes(const std::string& text) { return {text.begin(), text.end()}; }

hash256 random_salt() {
  hash256 salt;
  std::random_device source;
  for (auto& byte : salt)
    byte = static_cast<uint8_t>(source());
  return salt;
}

std::string progress_of(const journal_file& journal) {
  auto closed = journal.read("closed");
  return std::to_string(closed ? closed->size() : 0) + " of " + journal.meta().at("rounds")
         + " rounds done";
}

/// What tells the unfinished run's description from ours, for people.
std::string difference(const journal_file& journal, block_files& blocks, const description& ours) {
  auto id = content_id_from_text(journal.meta().at("description"));
  auto blob = id ? blocks.fetch(*id, max_description_bytes) : expected<blob_ptr>{id.error()};
  if (!blob)
    return "";
  auto theirs =
    decode_description({reinterpret_cast<const char*>((*blob)->data()), (*blob)->size()});
  auto found = theirs ? first_difference(*theirs, ours) : std::nullopt;
  return found ? "; it is another one: " + *found : "";
}

expected<void> check_finished(const run_directory& state, block_files& blocks,
                              const description& ours) {
  auto newest = state.newest_run();
  if (!newest || *newest == 0)
    return newest ? expected<void>{caf::unit} : expected<void>{newest.error()};
  auto folder = state.run(*newest);
  if (!folder)
    return folder.error();
  auto journal = journal_file::open(folder->path / journal_name, journal_access::read_only);
  if (!journal)
    return journal.error() == ec::missing ? expected<void>{caf::unit} // It never began.
                                          : expected<void>{journal.error()};
  auto finished = journal->read("finished");
  if (!finished)
    return finished.error();
  if (!finished->empty())
    return caf::unit;
  return make_error(ec::usage, "run " + std::to_string(*newest) + " in " + state.root().string()
                                 + " isn't finished (" + progress_of(*journal) + ")"
                                 + difference(*journal, blocks, ours)
                                 + ". Resuming isn't built yet: start another run beside it with "
                                   "--new-run, or choose another --state-dir");
}

/// Genesis model and description, durable in the store.
struct founding {
  content_id genesis, description;
};

expected<founding> store_founding(block_files& blocks, task& what) {
  auto genesis = blocks.put(what.genesis->file);
  if (!genesis)
    return genesis.error();
  what.text.model.genesis = *genesis;
  auto text = encode_description(what.text);
  if (!text)
    return text.error();
  auto stored = blocks.put(std::make_shared<const bytes>(as_bytes(*text)));
  if (!stored)
    return stored.error();
  if (auto durable = blocks.sync(); !durable)
    return durable.error();
  return founding{*genesis, *stored};
}

journal_meta meta_of(const server_options& options, const founding& ids) {
  auto salt = random_salt();
  return {{"rounds", std::to_string(options.rounds)},
          {"description", to_text(ids.description)},
          {"genesis", to_text(ids.genesis)},
          {"salt", to_0x(salt)},
          {"run", to_0x(run_id(0, {}, ids.genesis, ids.description, salt))}};
}

} // namespace

expected<prepared_run> prepare_run(const server_options& options, task what) {
  auto state = run_directory::open(options.state_dir);
  if (!state)
    return state.error();
  auto opened = block_files::open(state->blocks(), *unixfs_profile_from(options.ipfs_profile));
  if (!opened)
    return opened.error();
  auto blocks = std::make_shared<block_files>(std::move(*opened));
  auto ids = store_founding(*blocks, what);
  if (!ids)
    return ids.error();
  if (!options.new_run)
    if (auto free = check_finished(*state, *blocks, what.text); !free)
      return free.error();
  auto folder = state->create_run();
  if (!folder)
    return folder.error();
  auto journal = journal_file::create(folder->path / journal_name, meta_of(options, *ids));
  if (!journal)
    return journal.error();
  return prepared_run{std::move(what),   std::move(*state),   *folder,
                      std::move(blocks), std::move(*journal), ids->genesis};
}

} // namespace flwr
