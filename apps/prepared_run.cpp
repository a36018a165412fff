#include "apps/prepared_run.hpp"

#include "actors/audit/client_key.hpp"
#include "actors/audit/run_id.hpp"
#include "actors/chain/address.hpp"
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
  auto invited = journal->read("cohort");
  if (!invited)
    return invited.error();
  if (invited->empty())
    return caf::unit; // Nobody was asked for anything: there is nothing to go on with.
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
  if (auto kept = blocks.keep({*genesis, *stored}); !kept)
    return kept.error();
  return founding{*genesis, *stored};
}

/// All that makes the run what it is.
struct identity {
  hash256 salt;
  uint64_t chain_id = 0; ///< 0 without a ledger, as is the contract.
  address contract{};
  founding ids;
};

identity identify(const founding& ids, const std::optional<prepared_ledger>& ledger) {
  if (!ledger)
    return {.salt = random_salt(), .ids = ids};
  return {random_salt(), ledger->chain_id, ledger->contract, ids};
}

run_terms terms_of(const identity& run, const std::optional<prepared_ledger>& ledger) {
  return {.genesis = run.ids.genesis,
          .description = run.ids.description,
          .salt = run.salt,
          .aggregator = ledger ? ledger->account->address() : address{},
          .standby = {},
          .takeover_after = {},
          .open = false};
}

journal_meta meta_of(const server_options& options, const identity& run) {
  return {{"rounds", std::to_string(options.rounds)},
          {"description", to_text(run.ids.description)},
          {"genesis", to_text(run.ids.genesis)},
          {"salt", to_0x(run.salt)},
          {"chain_id", std::to_string(run.chain_id)},
          {"contract", to_text(run.contract)},
          {"run", to_0x(run_id(run.chain_id, run.contract, run.ids.genesis, run.ids.description,
                               run.salt))}};
}

expected<std::optional<prepared_ledger>> ledger_of(const server_options& options,
                                                   const run_directory& state) {
  if (options.chain == "none")
    return std::optional<prepared_ledger>{};
  auto ledger = prepare_ledger(options, state);
  if (!ledger)
    return ledger.error();
  return std::optional{std::move(*ledger)};
}

expected<std::vector<signing_key_ptr>> keys_of_clients(const server_options& options) {
  std::vector<signing_key_ptr> keys;
  for (uint64_t id = 0; id < options.simulate; ++id) {
    auto key = client_key(options.seed, client_id{id});
    if (!key)
      return key.error();
    keys.push_back(*key);
  }
  return keys;
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
  auto ledger = ledger_of(options, *state);
  if (!ledger)
    return ledger.error();
  auto keys = keys_of_clients(options);
  if (!keys)
    return keys.error();
  auto folder = state->create_run();
  if (!folder)
    return folder.error();
  auto run = identify(*ids, *ledger);
  auto journal = journal_file::create(folder->path / journal_name, meta_of(options, run));
  if (!journal)
    return journal.error();
  auto terms = terms_of(run, *ledger);
  return prepared_run{
    .what = std::move(what),
    .state = std::move(*state),
    .folder = *folder,
    .blocks = std::move(blocks),
    .journal = std::move(*journal),
    .genesis = ids->genesis,
    .identity = identity_of(run.chain_id, run.contract, ids->genesis, ids->description, run.salt),
    .client_keys = std::move(*keys),
    .ledger = std::move(*ledger),
    .terms = terms};
}

} // namespace flwr
