#include "actors/chain/eth_watches.hpp"

#include "actors/chain/eth_json.hpp"
#include "actors/chain/eth_values.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr ptrdiff_t max_filters = 1024;
constexpr ptrdiff_t max_subscriptions = 4096;
constexpr ptrdiff_t max_socket_subscriptions = 64;

using texts_ptr = std::shared_ptr<const std::vector<std::string>>;

texts_ptr texts_of(const json::array& all) {
  std::vector<std::string> texts;
  for (auto& each : all)
    texts.push_back(json::serialize(each));
  return std::make_shared<const std::vector<std::string>>(std::move(texts));
}

json::array logs_between(const embedded_ledger& ledger, eth::log_filter filter, uint64_t first,
                         uint64_t last) {
  filter.first_block = std::max(filter.first_block, first);
  filter.last_block = last;
  return eth::logs_json(ledger, filter);
}

json::array hashes_between(const embedded_ledger& ledger, uint64_t first, uint64_t last) {
  json::array hashes;
  for (auto number = first; number <= last; ++number)
    if (auto* block = ledger.blocks().find(number))
      hashes.emplace_back(to_0x(block->place.hash));
  return hashes;
}

json::array heads_between(const embedded_ledger& ledger, uint64_t first, uint64_t last) {
  json::array heads;
  for (auto number = first; number <= last; ++number)
    if (auto* block = ledger.blocks().find(number)) {
      auto head = eth::block_json(*block, false);
      head.erase("transactions");
      heads.emplace_back(std::move(head));
    }
  return heads;
}

} // namespace

std::optional<std::string> eth_watches::add(eth_watch what) {
  auto is_alike = [&](const auto& each) { return bool(each.second.socket) == bool(what.socket); };
  auto of_socket =
    std::ranges::count(all_, what.socket, [](const auto& each) { return each.second.socket; });
  if (std::ranges::count_if(all_, is_alike) >= (what.socket ? max_subscriptions : max_filters)
      || (what.socket && of_socket >= max_socket_subscriptions))
    return std::nullopt;
  bytes random(16);
  std::ranges::generate(random, [this] { return static_cast<uint8_t>(source_()); });
  auto id = to_0x(random);
  all_.emplace(id, std::move(what));
  return id;
}

eth_watch* eth_watches::find_filter(const std::string& id) {
  auto found = all_.find(id);
  return found == all_.end() || found->second.socket ? nullptr : &found->second;
}

bool eth_watches::remove(const std::string& id, const web_socket_ptr& socket) {
  auto found = all_.find(id);
  if (found == all_.end() || found->second.socket != socket)
    return false;
  all_.erase(found);
  return true;
}

void eth_watches::remove_of(const web_socket_ptr& socket) {
  std::erase_if(all_, [&](const auto& each) { return each.second.socket == socket; });
}

void eth_watches::remove_untouched_since(caf::actor_clock::time_point when) {
  std::erase_if(
    all_, [&](const auto& each) { return !each.second.socket && each.second.touched < when; });
}

bool eth_watches::has_news(uint64_t head) const {
  return std::ranges::any_of(
    all_, [=](const auto& each) { return each.second.socket && each.second.next_block <= head; });
}

std::vector<eth_news> eth_watches::take_news(uint64_t head) {
  std::vector<eth_news> news;
  for (auto& [id, mine] : all_)
    if (mine.socket && mine.next_block <= head)
      news.push_back({id, mine.socket, mine.logs, std::exchange(mine.next_block, head + 1), {}});
  return news;
}

void find_news(const embedded_ledger& ledger, uint64_t last_block, std::vector<eth_news>& news) {
  std::map<uint64_t, texts_ptr> heads; // By the first block, which is the same for nearly all.
  for (auto& each : news)
    if (each.logs) {
      each.found = texts_of(logs_between(ledger, *each.logs, each.first_block, last_block));
    } else {
      auto& known = heads[each.first_block];
      if (!known)
        known = texts_of(heads_between(ledger, each.first_block, last_block));
      each.found = known;
    }
}

json::array found_between(const embedded_ledger& ledger, std::optional<eth::log_filter> filter,
                          uint64_t first, uint64_t last) {
  return filter ? logs_between(ledger, std::move(*filter), first, last)
                : hashes_between(ledger, first, last);
}

} // namespace flwr
