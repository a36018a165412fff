#include "actors/audit/inquiry.hpp"

#include "actors/chain/address.hpp"
#include "actors/hash/hex.hpp"
#include "actors/ipfs/content_id.hpp"

namespace flwr {

std::string shown(uint64_t value) { return std::to_string(value); }

std::string shown(const hash256& value) { return to_0x(value); }

std::string shown(const address& value) { return to_text(value); }

std::string shown(const content_id& value) { return to_text(value); }

std::string shown(std::span<const client_id> clients) {
  std::string list;
  for (auto client : clients)
    list += (list.empty() ? "" : ", ") + std::to_string(static_cast<uint64_t>(client));
  return list.empty() ? "none" : list;
}

inquiry inquiry::of(uint64_t round) const {
  auto inner = *this;
  inner.round_ = round;
  return inner;
}

inquiry inquiry::of(client_id client) const {
  auto inner = *this;
  inner.client_ = client;
  return inner;
}

void inquiry::wrong(std::string what, std::string expected, std::string given) const {
  found_->push_back(
    {verdict::wrong, round_, client_, std::move(what), std::move(expected), std::move(given), {}});
}

void inquiry::failed(std::string what, const caf::error& why,
                     const std::optional<content_id>& blob) const {
  auto code = code_of(why);
  if (code == ec::corrupt || code == ec::rejected)
    return wrong(std::move(what), "one that keeps its rules", render(why));
  found_->push_back({verdict::missing, round_, client_, std::move(what), {}, render(why), blob});
}

} // namespace flwr
