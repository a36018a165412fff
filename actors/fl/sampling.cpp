#include "actors/fl/sampling.hpp"

#include "actors/hash/philox.hpp"

#include <algorithm>
#include <utility>

namespace flwr {

std::vector<client_id> sample_clients(uint64_t seed, uint64_t round, phase_kind kind,
                                      std::span<const client_id> roster, size_t count) {
  std::vector<client_id> ids(roster.begin(), roster.end());
  if (count >= ids.size())
    return ids;
  auto purpose = kind == phase_kind::fit ? "sample-fit" : "sample-evaluate";
  philox random{stream_key(purpose, seed, 0, round)};
  for (size_t i = 0; i < count; ++i)
    std::swap(ids[i], ids[i + random.below(static_cast<uint32_t>(ids.size() - i))]);
  ids.resize(count);
  std::ranges::sort(ids);
  return ids;
}

} // namespace flwr
