#include "actors/chain/ledger_file.hpp"

#include "actors/hash/hex.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace flwr {
namespace {

constexpr journal_format format{0x666c776c, "ledger"}; // "flwl"
constexpr auto schema = "flwr-actor/ledger/1";
constexpr auto block_kind = "block";
constexpr size_t most_digits = 78; // Of a number below 2^256.

journal_meta meta_of(const ledger_genesis& genesis) {
  journal_meta meta{{"schema", schema},
                    {"chain_id", std::to_string(genesis.chain_id)},
                    {"timestamp", std::to_string(genesis.timestamp)}};
  for (const auto& [who, balance] : genesis.funded)
    meta[to_0x(who)] = balance.str();
  return meta;
}

/// Decimal digits without leading zeros.
std::optional<u256> number_in(const std::string& text) {
  auto is_digit = [](char each) { return each >= '0' && each <= '9'; };
  if (text.empty() || text.size() > most_digits || !std::ranges::all_of(text, is_digit)
      || (text.front() == '0' && text.size() > 1))
    return std::nullopt;
  u256 number{text};
  return number.str() == text ? std::optional{number} : std::nullopt; // It may have wrapped.
}

bool take(journal_meta& meta, const std::string& key, uint64_t& to) {
  auto number = number_in(meta[key]);
  meta.erase(key);
  if (!number || *number > std::numeric_limits<uint64_t>::max())
    return false;
  to = static_cast<uint64_t>(*number);
  return true;
}

bool take_account(const std::string& key, const std::string& value, ledger_genesis& to) {
  auto raw = from_hex(key);
  auto balance = number_in(value);
  address who;
  if (!raw || raw->size() != who.size() || to_0x(*raw) != key || !balance)
    return false;
  std::ranges::copy(*raw, who.begin());
  to.funded.emplace(who, *balance);
  return true;
}

std::optional<ledger_genesis> genesis_in(journal_meta meta) {
  ledger_genesis genesis;
  if (meta["schema"] != schema || !take(meta, "chain_id", genesis.chain_id)
      || !take(meta, "timestamp", genesis.timestamp))
    return std::nullopt;
  meta.erase("schema");
  for (const auto& [key, value] : meta)
    if (!take_account(key, value, genesis))
      return std::nullopt;
  return genesis;
}

std::filesystem::path path_in(const std::filesystem::path& folder) {
  return folder / "ledger.sqlite";
}

expected<stored_block> block_in(const journal_entry& entry) {
  if (entry.kind != block_kind || entry.client)
    return make_error(ec::corrupt, "a record of another kind");
  auto block = decode_stored_block(entry.body);
  if (block && block->header.number != entry.round)
    return make_error(ec::corrupt, "the number differs from the record's");
  return block;
}

} // namespace

ledger_file::ledger_file(std::filesystem::path path, ledger_genesis genesis, journal_file journal)
  : path_(std::move(path)), genesis_(std::move(genesis)), journal_(std::move(journal)) {}

expected<ledger_file> ledger_file::create(const std::filesystem::path& folder,
                                          const ledger_genesis& genesis) {
  auto journal = journal_file::create(path_in(folder), meta_of(genesis), format);
  if (!journal)
    return journal.error();
  return ledger_file{path_in(folder), genesis, std::move(*journal)};
}

expected<ledger_file> ledger_file::open(const std::filesystem::path& folder,
                                        journal_access access) {
  auto journal = journal_file::open(path_in(folder), access, format);
  if (!journal)
    return journal.error();
  auto genesis = genesis_in(journal->meta());
  if (!genesis)
    return make_error(ec::corrupt, path_in(folder).string()
                                     + ": its meta data are no genesis of a ledger; restore the "
                                       "file from a copy");
  return ledger_file{path_in(folder), std::move(*genesis), std::move(*journal)};
}

expected<void> ledger_file::append(const stored_block& block) {
  journal_entry entry{block_kind, block.header.number, std::nullopt, encode(block)};
  return journal_.append({&entry, 1});
}

expected<void>
ledger_file::for_each(const std::function<expected<void>(const stored_block&)>& take) const {
  expected<void> fine = caf::unit;
  uint64_t number = 0;
  auto visit = [&](const journal_entry& entry) {
    if (!fine)
      return;
    ++number;
    auto block = block_in(entry);
    fine = block ? take(*block) : expected<void>{block.error()};
  };
  if (auto read = journal_.for_each(visit); !read)
    return read;
  if (!fine)
    return make_error(code_of(fine.error()), path_.string() + ": block " + std::to_string(number)
                                               + ": " + render(fine.error()));
  return caf::unit;
}

} // namespace flwr
