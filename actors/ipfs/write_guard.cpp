#include "actors/ipfs/write_guard.hpp"

#include "messages/client_names.hpp"

#include <algorithm>

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

expected<writer> write_guard::who(std::string_view authorization, bool from_loopback) const {
  if (authorization.starts_with(bearer)) {
    auto found = clients_.find(authorization.substr(bearer.size()));
    return found == clients_.end()
             ? make_error(ec::rejected, "this token is no client's of this run")
             : expected<writer>{found->second};
  }
  if (!from_loopback)
    return make_error(ec::rejected, "writing from another machine needs a client's token");
  return writer{};
}

std::string write_guard::heaviest_writer() const {
  auto most = std::ranges::max_element(used_, {}, [](const auto& each) { return each.second; });
  auto is_client = most != used_.end() && most->second >= shared_used_;
  auto who = is_client ? name_of(most->first) : std::string{"somebody on this machine"};
  auto bytes = is_client ? most->second : shared_used_;
  return who + " has written " + std::to_string(bytes >> 20) + " MiB in this round";
}

expected<void> write_guard::take(const writer& who, uint64_t bytes) {
  if (!who)
    return charge(shared_used_, bytes, limits_.shared_bytes, "the shared");
  return charge(used_[*who], bytes, limits_.client_bytes, name_of(*who) + "'s");
}

} // namespace flwr
