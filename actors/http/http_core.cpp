#include "actors/http/http_core.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace flwr {

std::shared_ptr<http_core> make_http_core(http_server_config cfg) {
  auto core = std::make_shared<http_core>(std::move(cfg));
  auto post = [home = std::weak_ptr{core}](std::function<void()> what) {
    if (auto alive = home.lock())
      boost::asio::post(alive->io, std::move(what));
  };
  core->guarded_room = std::make_shared<byte_budget>(core->cfg.body_bytes, post);
  core->open_room = std::make_shared<byte_budget>(core->cfg.open_body_bytes, post);
  return core;
}

turns& http_core::row_of(const http_route& route, const http_request& request) {
  auto has_room = [this] { return has_room_for_answers(); };
  auto most = route.max_at_once;
  http_rows empty{turns{most, has_room}, turns{std::max<size_t>(1, most / 4), has_room}};
  auto& mine = rows.try_emplace(&route, std::move(empty)).first->second;
  return route.is_heavy && route.is_heavy(request) ? mine.heavy : mine.light;
}

void http_core::go_on() {
  for (auto& [route, mine] : rows) {
    mine.light.go_on();
    mine.heavy.go_on();
  }
}

} // namespace flwr
