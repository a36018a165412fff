#include "actors/http/room_watch.hpp"

#include "actors/http/http_session.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace flwr {
namespace {

// Whoever brings or takes so much in each `room_patience` needn't yield: 51 KiB/s by default, a
// slow line.
constexpr double quick_bytes = 256 << 10;

// After so many times that patience nobody is spared.
constexpr int hurry = 6;

} // namespace

room_watch::room_watch(boost::asio::io_context& io, http_core& core, direction way)
  : core_(core), way_(way), timer_(io) {}

void room_watch::wake() {
  if (!core_.closing && !std::exchange(awake_, true))
    look_at(std::chrono::steady_clock::now() + core_.cfg.room_patience);
}

void room_watch::stop() { timer_.cancel(); }

void room_watch::look_at(time_point when) {
  timer_.expires_at(when);
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled && !core_.closing)
      look();
  });
}

void room_watch::look() {
  auto now = std::chrono::steady_clock::now();
  auto since = longest_wait();
  awake_ = since.has_value();
  if (!since)
    return;
  if (now - *since < core_.cfg.room_patience)
    return look_at(*since + core_.cfg.room_patience);
  auto spares_quick = way_ == direction::in || now - *since < hurry * core_.cfg.room_patience;
  auto who = slowest(now, spares_quick);
  if (who)
    who->yield();
  if (!who || !spares_quick)
    return look_at(now + core_.cfg.room_patience);
  boost::asio::post(timer_.get_executor(), [this] { look(); }); // When the share is home.
}

std::optional<room_watch::time_point> room_watch::longest_wait() const {
  std::optional<time_point> first;
  for (auto& session : core_.sessions)
    if (auto since = session->waits_since(way_); since && (!first || *since < *first))
      first = since;
  return first;
}

/// For which somebody has waited long enough.
std::set<const void*> room_watch::short_rooms(time_point now) const {
  std::set<const void*> all;
  for (auto& session : core_.sessions)
    if (auto since = session->waits_since(way_); since && now - *since >= core_.cfg.room_patience)
      all.insert(session->room(way_));
  return all;
}

// Whoever is quick now is asked anew the next time: one may begin quickly and then hardly go on.
std::shared_ptr<http_session> room_watch::slowest(time_point now, bool spares_quick) const {
  auto wanted = short_rooms(now);
  std::shared_ptr<http_session> found;
  auto least = spares_quick ? quick_bytes : std::numeric_limits<double>::infinity();
  for (auto& session : core_.sessions) {
    auto pace = session->pace(way_);
    if (!pace || now - pace->since < core_.cfg.room_patience
        || !wanted.contains(session->room(way_)))
      continue;
    std::chrono::duration<double> span = now - pace->since, patience = core_.cfg.room_patience;
    auto bytes = static_cast<double>(pace->bytes) * (patience / span);
    if (spares_quick && bytes >= quick_bytes)
      session->pace_anew();
    else if (bytes < least) {
      least = bytes;
      found = session;
    }
  }
  return found;
}

} // namespace flwr
