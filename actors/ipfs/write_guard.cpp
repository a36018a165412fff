#include "actors/ipfs/write_guard.hpp"

namespace flwr {
namespace {

constexpr std::string_view bearer = "Bearer ";

expected<void> charge(uint64_t& used, uint64_t bytes, uint64_t limit, const std::string& whose) {
  if (bytes > limit || used > limit - bytes)
    return make_error(ec::no_space,
                      whose + " quota of " + std::to_string(limit) + " bytes a round is used up");
  used += bytes;
  return caf::unit;
}

} // namespace

bool write_guard::has_token(std::string_view authorization) {
  return authorization.starts_with(bearer);
}

expected<void> write_guard::take(std::string_view authorization, bool from_loopback,
                                 uint64_t bytes) {
  if (has_token(authorization)) {
    auto who = clients_.find(authorization.substr(bearer.size()));
    if (who == clients_.end())
      return make_error(ec::rejected, "this token is no client's of this run");
    return charge(used_[who->second], bytes, limits_.client_bytes,
                  "client " + std::to_string(static_cast<uint64_t>(who->second)) + "'s");
  }
  if (!from_loopback)
    return make_error(ec::rejected, "writing from another machine needs a client's token");
  return charge(shared_used_, bytes, limits_.shared_bytes, "the shared");
}

} // namespace flwr
