#include "actors/ml/partition.hpp"

#include "actors/hash/philox.hpp"
#include "actors/ml/gamma.hpp"
#include "actors/ml/spec_text.hpp"
#include "messages/unknown_word.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <utility>

namespace flwr {
namespace {

using kind = partition_rule::kind;
using owner_list = std::vector<uint32_t>;

std::vector<uint32_t> count_up(uint64_t count) {
  std::vector<uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  return numbers;
}

/// One half of the data set, on its way to its owners.
struct deal {
  const std::vector<uint8_t>& labels;
  uint64_t classes;
  partition_rule rule;
  uint64_t clients;
  philox shared; ///< P: the same for both halves.
  philox own;    ///< S.
};

/// The samples of each class, shuffled.
std::vector<std::vector<uint32_t>> by_class(deal& d) {
  std::vector<std::vector<uint32_t>> lists(d.classes);
  for (uint32_t i = 0; i < d.labels.size(); ++i)
    lists[d.labels[i]].push_back(i);
  for (auto& list : lists)
    shuffle(std::span{list}, d.own);
  return lists;
}

owner_list deal_iid(deal& d) {
  auto order = count_up(d.labels.size());
  shuffle(std::span{order}, d.own);
  owner_list owners(order.size());
  for (size_t place = 0; place < order.size(); ++place)
    owners[order[place]] = static_cast<uint32_t>(place % d.clients);
  return owners;
}

void fill_empty_hands(owner_list& owners, uint64_t clients) {
  std::vector<uint64_t> sizes(clients);
  for (auto owner : owners)
    ++sizes[owner];
  for (uint32_t client = 0; client < clients; ++client) {
    if (sizes[client] != 0)
      continue;
    auto richest = static_cast<uint32_t>(std::ranges::max_element(sizes) - sizes.begin());
    *std::find(owners.rbegin(), owners.rend(), richest) = client;
    --sizes[richest];
    ++sizes[client];
  }
}

owner_list deal_dirichlet(deal& d) {
  owner_list owners(d.labels.size());
  for (const auto& list : by_class(d)) {
    auto shares = draw_dirichlet(d.rule.alpha, d.clients, d.shared);
    double sum = 0;
    size_t place = 0;
    for (uint32_t client = 0; client < d.clients; ++client) {
      sum += shares[client];
      auto end = static_cast<size_t>(std::llround(sum * static_cast<double>(list.size())));
      for (end = client + 1 == d.clients ? list.size() : std::min(end, list.size()); place < end;
           ++place)
        owners[list[place]] = client;
    }
  }
  fill_empty_hands(owners, d.clients);
  return owners;
}

owner_list deal_shards(deal& d) {
  std::vector<uint32_t> sorted;
  for (const auto& list : by_class(d))
    sorted.insert(sorted.end(), list.begin(), list.end());
  auto numbers = count_up(d.clients * d.rule.per_client);
  shuffle(std::span{numbers}, d.shared);
  owner_list owners(sorted.size());
  for (uint64_t turn = 0; turn < numbers.size(); ++turn) {
    auto cut = [&](uint64_t shard) { return sorted.size() * shard / numbers.size(); };
    for (auto i = cut(numbers[turn]); i < cut(uint64_t{numbers[turn]} + 1); ++i)
      owners[sorted[i]] = static_cast<uint32_t>(turn / d.rule.per_client);
  }
  return owners;
}

expected<partition> deal_out(deal d, const std::string& which) {
  auto count = d.labels.size();
  if (d.rule.how == kind::whole)
    return partition{count};
  auto pieces = d.clients;
  if (d.rule.how == kind::shards && __builtin_mul_overflow(pieces, d.rule.per_client, &pieces))
    pieces = UINT64_MAX;
  if (pieces > count)
    return make_error(
      ec::usage,
      "partition: the " + which + " set has " + std::to_string(count) + " samples, too few for "
        + (d.rule.how == kind::shards ? std::to_string(d.rule.per_client) + " shards for each of "
                                      : "")
        + std::to_string(d.clients) + " clients; ask for fewer, or for the partition 'whole'");
  auto owners = d.rule.how == kind::iid         ? deal_iid(d)
                : d.rule.how == kind::dirichlet ? deal_dirichlet(d)
                                                : deal_shards(d);
  return partition{owners, d.clients};
}

caf::error bad_argument(std::string_view text, std::string_view allowed) {
  return make_error(ec::usage, "partition '" + std::string{text} + "': " + std::string{allowed});
}

expected<partition_rule> parse_dirichlet(std::string_view text, std::string_view alpha) {
  partition_rule rule{.how = kind::dirichlet};
  auto end = alpha.data() + alpha.size();
  auto [stop, failure] = std::from_chars(alpha.data(), end, rule.alpha);
  if (failure != std::errc{} || stop != end || !std::isfinite(rule.alpha) || rule.alpha <= 0)
    return bad_argument(text, "ALPHA must be a number above 0, as in dirichlet:0.3");
  return rule;
}

expected<partition_rule> parse_shards(std::string_view text, std::string_view per_client) {
  auto number = parse_number(per_client);
  if (!number || *number == 0)
    return bad_argument(text, "K must be a whole number from 1 up, as in shards:2");
  return partition_rule{.how = kind::shards, .alpha = 1, .per_client = *number};
}

} // namespace

expected<partition_rule> parse_partition(std::string_view text) {
  auto [name, argument] = split_name(text);
  if (name == "dirichlet")
    return parse_dirichlet(text, argument);
  if (name == "shards")
    return parse_shards(text, argument);
  static constexpr std::string_view known[]{"whole", "iid", "dirichlet:ALPHA", "shards:K"};
  if (name != "whole" && name != "iid")
    return unknown_word("partition rule", name, known);
  if (name != text)
    return bad_argument(text, "this rule takes nothing after its name");
  return partition_rule{.how = name == "whole" ? kind::whole : kind::iid};
}

partition::partition(std::span<const uint32_t> owners, uint64_t clients)
  : count_(owners.size()), samples_(owners.size()), starts_(clients + 1) {
  for (auto owner : owners)
    ++starts_[owner + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  auto next = starts_;
  for (uint32_t i = 0; i < owners.size(); ++i)
    samples_[next[owners[i]]++] = i;
}

std::vector<uint32_t> partition::samples(std::optional<client_id> client) const {
  if (!client || starts_.empty())
    return count_up(count_);
  auto k = static_cast<uint64_t>(*client);
  if (k >= starts_.size() - 1)
    return {};
  auto first = samples_.begin();
  return {first + static_cast<std::ptrdiff_t>(starts_[k]),
          first + static_cast<std::ptrdiff_t>(starts_[k + 1])};
}

expected<data_split_ptr> split_data(const dataset& data, const partition_rule& rule,
                                    uint64_t clients, uint64_t seed) {
  if (clients == 0)
    return make_error(ec::usage, "partition: no clients to deal the data out to");
  auto deal_half = [&](const sample_set& half, const std::string& which) {
    return deal_out({.labels = half.labels,
                     .classes = data.classes,
                     .rule = rule,
                     .clients = clients,
                     .shared = philox{stream_key("partition", seed, 0, 0)},
                     .own = philox{stream_key("partition-" + which, seed, 0, 0)}},
                    which);
  };
  auto train = deal_half(data.train, "train");
  if (!train)
    return train.error();
  auto test = deal_half(data.test, "test");
  if (!test)
    return test.error();
  return std::make_shared<const data_split>(
    data_split{.train = std::move(*train), .test = std::move(*test)});
}

} // namespace flwr
