#include "actors/audit/roster.hpp"

#include "actors/fl/sampling.hpp"

#include <algorithm>

namespace flwr {
namespace {

/// A larger population isn't sampled again.
constexpr uint64_t max_population = 1 << 20;

std::vector<client_id> everybody(uint64_t clients) {
  std::vector<client_id> ids(clients);
  for (uint64_t i = 0; i < clients; ++i)
    ids[i] = client_id{i};
  return ids;
}

std::vector<client_id> sample_of_all(const description& what, uint64_t round) {
  auto count = num_fit_clients(what.strategy, what.clients).clients;
  return sample_clients(what.seed, round, phase_kind::fit, everybody(what.clients), count);
}

} // namespace

roster::roster(const evidence& from, const run_on_chain& run, const run_plan& plan)
  : from_(from), run_(run), what_(plan.what) {}

void roster::admit(replayed_round& round) {
  auto note = inquiry{round.report.findings}.of(round.report.round);
  if (!round.invited || !note.nothing_wrong())
    return;
  for (const auto& [client, who] : *round.invited) {
    seen_.insert(client);
    if (who)
      bind(client, *who, round.report.block_number, note.of(client));
  }
  check_sampling(round, note);
}

void roster::bind(client_id client, const address& who, uint64_t block_number,
                  const inquiry& note) {
  auto [address_of, new_client] = addresses_.emplace(client, who);
  auto [client_of, new_address] = clients_.emplace(who, client);
  if (!note.same("address", address_of->second, who) || !new_client)
    return;
  if (!new_address) {
    note.wrong("address", "one of its own",
               shown(who) + ", which is client " + shown(static_cast<uint64_t>(client_of->second))
                 + "'s");
    return;
  }
  if (run_.terms.open)
    return;
  auto member = is_trainer(from_, run_, who, block_number, note);
  if (member && !*member)
    note.wrong("address", "one of the contract's trainers as of block " + shown(block_number),
               shown(who));
}

// A client may join late, so the roster of an early round isn't known; but nobody leaves it.
void roster::check_sampling(replayed_round& round, const inquiry& note) const {
  if (what_.clients > max_population)
    return;
  std::vector<client_id> invited;
  for (const auto& [client, who] : *round.invited)
    invited.push_back(client);
  auto due = sample_of_all(what_, round.report.round);
  round.report.sampling_proven = invited == due;
  if (!round.report.sampling_proven && seen_.size() == what_.clients)
    note.wrong("invited clients", shown(due), shown(invited));
}

} // namespace flwr
