#include "actors/chain/transaction_queue.hpp"

#include <utility>

namespace flwr {
namespace {

// What a replacement has to offer, in percent of what it replaces: geth's default.
constexpr unsigned replacement_percent = 110;

uint64_t nonce_in(const embedded_state& state, const address& who) {
  auto found = state.find(who);
  return found == state.end() ? 0 : found->second.nonce;
}

u256 balance_in(const embedded_state& state, const address& who) {
  auto found = state.find(who);
  return found == state.end() ? u256{} : found->second.balance;
}

wei_sum cost_of(const transaction& tx) {
  return wei_sum{tx.max_fee_per_gas} * tx.gas_limit + wei_sum{tx.value};
}

bool outbids(const u256& bid, const u256& other) {
  return bid > other && wei_sum{bid} * 100 >= wei_sum{other} * replacement_percent;
}

caf::error refused(const std::string& why) { return make_error(ec::rejected, why); }

} // namespace

expected<void> transaction_queue::add(signed_transaction tx, const embedded_state& state) {
  auto nonce = tx.fields.nonce;
  if (auto next = nonce_in(state, tx.sender); nonce < next)
    return refused("nonce too low: next nonce " + std::to_string(next) + ", tx nonce "
                   + std::to_string(nonce));
  if (auto enough = check_funds(tx, state); !enough)
    return enough;
  auto replaced = same_nonce(tx);
  if (auto fine = replaced ? check_bid(tx) : check_room(tx, state); !fine)
    return fine;
  if (replaced)
    places_.erase(replaced->tx.hash);
  places_[tx.hash] = {tx.sender, nonce};
  auto cost = cost_of(tx.fields);
  auto sender = tx.sender;
  accounts_[sender].insert_or_assign(nonce, entry{std::move(tx), arrivals_++, std::move(cost)});
  return caf::unit;
}

const signed_transaction* transaction_queue::find(const tx_hash& hash) const {
  auto found = places_.find(hash);
  if (found == places_.end())
    return nullptr;
  auto [sender, nonce] = found->second;
  return &accounts_.at(sender).at(nonce).tx;
}

bool transaction_queue::is_ready(const signed_transaction& tx, const embedded_state& state) const {
  return tx.fields.nonce < next_nonce(tx.sender, state);
}

uint64_t transaction_queue::next_nonce(const address& who, const embedded_state& state) const {
  auto next = nonce_in(state, who);
  if (auto found = accounts_.find(who); found != accounts_.end())
    while (found->second.contains(next))
      ++next;
  return next;
}

std::vector<const signed_transaction*> transaction_queue::ready(const embedded_state& state) const {
  std::vector<const signed_transaction*> in_order;
  std::map<uint64_t, const entry*> firsts; // Of each account, by arrival.
  auto offer = [&](const account_queue& queue, uint64_t nonce) {
    if (auto found = queue.find(nonce); found != queue.end())
      firsts.emplace(found->second.arrival, &found->second);
  };
  for (const auto& [who, queue] : accounts_)
    offer(queue, nonce_in(state, who));
  while (!firsts.empty()) {
    const auto& tx = firsts.extract(firsts.begin()).mapped()->tx;
    in_order.push_back(&tx);
    offer(accounts_.at(tx.sender), tx.fields.nonce + 1);
  }
  return in_order;
}

void transaction_queue::forget_used(const embedded_state& state) {
  for (auto each = accounts_.begin(); each != accounts_.end();) {
    auto& [who, queue] = *each;
    auto unused = queue.lower_bound(nonce_in(state, who));
    for (auto used = queue.begin(); used != unused; used = queue.erase(used))
      places_.erase(used->second.tx.hash);
    each = queue.empty() ? accounts_.erase(each) : std::next(each);
  }
}

expected<void> transaction_queue::check_funds(const signed_transaction& tx,
                                              const embedded_state& state) const {
  auto needed = cost_of(tx.fields);
  if (auto found = accounts_.find(tx.sender); found != accounts_.end())
    for (const auto& [nonce, each] : found->second)
      if (nonce != tx.fields.nonce)
        needed += each.cost;
  auto balance = balance_in(state, tx.sender);
  if (needed <= wei_sum{balance})
    return caf::unit;
  return refused("insufficient funds for gas * price + value: balance " + balance.str()
                 + ", with what is queued the account may need " + needed.str());
}

expected<void> transaction_queue::check_bid(const signed_transaction& tx) const {
  const auto& now = same_nonce(tx)->tx.fields;
  if (outbids(tx.fields.max_fee_per_gas, now.max_fee_per_gas)
      && outbids(tx.fields.max_priority_fee_per_gas, now.max_priority_fee_per_gas))
    return caf::unit;
  return refused("replacement transaction underpriced: nonce " + std::to_string(now.nonce)
                 + " is queued for at most " + now.max_fee_per_gas.str() + " wei per gas, "
                 + now.max_priority_fee_per_gas.str()
                 + " of them as priority fee; both have to rise by 10 %");
}

expected<void> transaction_queue::check_room(const signed_transaction& tx,
                                             const embedded_state& state) const {
  if (places_.size() >= max_queued)
    return refused("txpool is full: " + std::to_string(max_queued) + " transactions wait already");
  auto next = next_nonce(tx.sender, state);
  if (tx.fields.nonce == next)
    return caf::unit;
  if (gapped_of(tx.sender, state) >= max_gapped_per_account)
    return refused("account limit exceeded: " + std::to_string(max_gapped_per_account)
                   + " of its transactions wait for nonce " + std::to_string(next) + " already");
  if (gapped(state) >= max_gapped)
    return refused("txpool is full: " + std::to_string(max_gapped)
                   + " transactions wait for missing nonces already");
  return caf::unit;
}

size_t transaction_queue::gapped_of(const address& who, const embedded_state& state) const {
  auto found = accounts_.find(who);
  if (found == accounts_.end())
    return 0;
  const auto& queue = found->second;
  auto first = queue.lower_bound(next_nonce(who, state));
  return static_cast<size_t>(std::distance(first, queue.end()));
}

size_t transaction_queue::gapped(const embedded_state& state) const {
  size_t count = 0;
  for (const auto& [who, queue] : accounts_)
    count += gapped_of(who, state);
  return count;
}

const transaction_queue::entry* transaction_queue::same_nonce(const signed_transaction& tx) const {
  auto account = accounts_.find(tx.sender);
  if (account == accounts_.end())
    return nullptr;
  auto found = account->second.find(tx.fields.nonce);
  return found == account->second.end() ? nullptr : &found->second;
}

} // namespace flwr
