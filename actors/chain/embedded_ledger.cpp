#include "actors/chain/embedded_ledger.hpp"

#include "actors/chain/address.hpp"
#include "actors/chain/run_contract.hpp"
#include "actors/chain/run_events.hpp"
#include "actors/chain/transaction_rules.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace flwr {
namespace {

constexpr uint64_t call_gas = 50'000'000; // geth's default for eth_call.

embedded_state state_of(const ledger_genesis& genesis) {
  embedded_state state;
  for (const auto& [who, balance] : genesis.funded)
    state[who].balance = balance;
  return state;
}

caf::error refused(const std::string& why) { return make_error(ec::rejected, why); }

/// What a contract answered, or why it didn't.
expected<bytes> answer_in(embedded_outcome outcome) {
  if (outcome.succeeded)
    return std::move(outcome.output);
  auto words = refusal_in(outcome.output);
  return refused("execution reverted: " + (words ? *words : render(words.error())));
}

/// Fills a block with what is ready, as long as there is room. Where one of an account doesn't fit,
/// those behind it can't come either.
expected<void> fill(block_builder& block, const std::vector<const signed_transaction*>& ready) {
  std::set<address> stopped;
  for (const auto* tx : ready) {
    if (!stopped.contains(tx->sender) && !block.has_room_for(tx->fields))
      stopped.insert(tx->sender);
    if (stopped.contains(tx->sender))
      continue;
    if (auto added = block.add(*tx); !added)
      return added;
  }
  return caf::unit;
}

} // namespace

embedded_ledger::embedded_ledger(ledger_file file)
  : file_(std::move(file)), state_(state_of(file_.genesis())),
    blocks_(genesis_block(state_, file_.genesis().timestamp)) {}

expected<embedded_ledger> embedded_ledger::create(const std::filesystem::path& folder,
                                                  const ledger_genesis& genesis) {
  auto file = ledger_file::create(folder, genesis);
  if (!file)
    return file.error();
  return embedded_ledger{std::move(*file)};
}

expected<embedded_ledger> embedded_ledger::open(const std::filesystem::path& folder,
                                                journal_access access) {
  auto file = ledger_file::open(folder, access);
  if (!file)
    return file.error();
  embedded_ledger ledger{std::move(*file)};
  auto replayed =
    ledger.file_.for_each([&](const stored_block& block) { return ledger.replay(block); });
  if (!replayed)
    return replayed.error();
  return ledger;
}

expected<tx_hash> embedded_ledger::submit(std::span<const uint8_t> raw) {
  auto tx = decode_transaction(raw);
  if (!tx)
    return refused(render(tx.error()));
  auto hash = tx->hash;
  if (standing(hash) != tx_standing::unknown)
    return hash;
  if (auto fine = check(*tx); !fine)
    return fine.error();
  if (auto taken = queue_.add(std::move(*tx), state_.now()); !taken)
    return taken.error();
  return hash;
}

tx_standing embedded_ledger::standing(const tx_hash& hash) const {
  if (blocks_.find_receipt(hash))
    return tx_standing::sealed;
  auto waiting = queue_.find(hash);
  if (!waiting)
    return tx_standing::unknown;
  return queue_.is_ready(*waiting, state_.now()) ? tx_standing::ready : tx_standing::gapped;
}

size_t embedded_ledger::ready_count() const { return queue_.ready(state_.now()).size(); }

expected<std::optional<block_facts>> embedded_ledger::seal(chain_seconds now) {
  const auto& parent = blocks_.head();
  block_builder builder{state_, parent, genesis().chain_id,
                        std::max<uint64_t>(now.count(), parent.header.timestamp + 1)};
  auto filled = fill(builder, queue_.ready(state_.now()));
  if (filled && builder.is_empty())
    return std::optional<block_facts>{};
  auto block = builder.finish();
  auto done = filled ? file_.append({block.header, block.transactions}) : filled;
  if (!done) {
    state_.drop();
    return done.error();
  }
  adopt(std::move(block));
  queue_.forget_used(state_.now());
  return std::optional{facts_of(blocks_.head())};
}

uint64_t embedded_ledger::nonce(const address& who) const {
  return queue_.next_nonce(who, state_.now());
}

expected<const sealed_block*> embedded_ledger::block_of(uint64_t number) const {
  auto block = blocks_.find(number);
  if (block)
    return block;
  return make_error(ec::missing, "header not found: there is no block " + std::to_string(number)
                                   + " yet; the newest is "
                                   + std::to_string(blocks_.head().place.number));
}

/// Of the newest block nothing has to be copied.
template <class Use>
auto embedded_ledger::with_state(const sealed_block& block, Use use) const {
  return &block == &blocks_.head() ? use(state_.now()) : use(state_.at(block.place.number));
}

expected<embedded_account> embedded_ledger::account(const address& who, uint64_t number) const {
  auto block = block_of(number);
  if (!block)
    return block.error();
  return with_state(**block, [&](const embedded_state& state) {
    auto found = state.find(who);
    return found == state.end() ? embedded_account{} : found->second;
  });
}

expected<embedded_outcome> embedded_ledger::trial(const call_request& request, uint64_t gas) const {
  auto block = block_of(request.block_number);
  if (!block)
    return block.error();
  if (!request.to)
    if (auto run = deployment_in(request.data); !run && run.error() == ec::rejected)
      return run.error();
  auto& header = (*block)->header;
  embedded_block where{{genesis().chain_id, header.number, header.timestamp}, header.beneficiary};
  return with_state(**block, [&](const embedded_state& state) -> expected<embedded_outcome> {
    embedded_message message;
    message.from = request.from;
    message.to = request.to;
    message.data = request.data;
    message.gas_limit = gas;
    message.value = request.value;
    auto found = state.find(request.from);
    auto sender = found == state.end() ? embedded_account{} : found->second;
    message.created = create_address(request.from, sender.nonce);
    if (request.value > sender.balance)
      return refused("insufficient funds for transfer: " + to_text(request.from) + " has "
                     + sender.balance.str() + " wei");
    return flwr::call(state, message, where);
  });
}

expected<bytes> embedded_ledger::call(const call_request& request) const {
  if (!request.to)
    return refused("a call that creates a contract answers nothing: name one in `to`");
  auto outcome = trial(request, call_gas);
  return outcome ? answer_in(std::move(*outcome)) : outcome.error();
}

/// What no state can make good.
expected<void> embedded_ledger::check(const signed_transaction& tx) const {
  if (!tx.fields.chain_id)
    return refused("only replay-protected (EIP-155) transactions allowed: sign for chain id "
                   + std::to_string(genesis().chain_id));
  if (*tx.fields.chain_id != genesis().chain_id)
    return refused("invalid chain id for signer: have " + std::to_string(*tx.fields.chain_id)
                   + ", want " + std::to_string(genesis().chain_id));
  if (tx.fields.gas_limit > block_gas_limit)
    return refused("exceeds block gas limit: have " + std::to_string(tx.fields.gas_limit)
                   + ", limit " + std::to_string(block_gas_limit));
  // Bad arguments are the constructor's business.
  if (auto run = deployment_in(tx.fields.data);
      !tx.fields.to && !run && run.error() == ec::rejected)
    return run.error();
  return check_transaction(tx.fields);
}

/// Makes the block again, and compares.
expected<void> embedded_ledger::replay(const stored_block& stored) {
  const auto& parent = blocks_.head();
  if (stored.header.timestamp <= parent.header.timestamp)
    return make_error(ec::corrupt, "the timestamp isn't later than its parent's");
  block_builder builder{state_, parent, genesis().chain_id, stored.header.timestamp};
  for (size_t i = 0; i < stored.transactions.size(); ++i) {
    auto tx = decode_transaction(stored.transactions[i]);
    auto done = tx ? check(*tx) : expected<void>{tx.error()};
    if (done && !builder.has_room_for(tx->fields))
      done = make_error(ec::corrupt, "no room in the block");
    if (done)
      done = builder.add(*tx);
    if (!done)
      return make_error(ec::corrupt,
                        "transaction " + std::to_string(i) + ": " + render(done.error()));
  }
  auto block = builder.finish();
  if (auto field = difference(block.header, stored.header))
    return make_error(ec::corrupt, std::string{*field} + " isn't what comes of its transactions");
  adopt(std::move(block));
  return caf::unit;
}

void embedded_ledger::adopt(sealed_block block) {
  state_.keep();
  blocks_.add(std::move(block));
}

} // namespace flwr
