#include "actors/http/http_core.hpp"

#include <boost/asio/post.hpp>

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

http_row& http_core::row_of(const http_route& route, const http_request& request) {
  auto& mine = rows.try_emplace(&route, route.max_at_once, cfg.body_bytes).first->second;
  return route.is_heavy && route.is_heavy(request) ? mine.heavy : mine.light;
}

void http_core::set_body_bytes(uint64_t total) {
  cfg.body_bytes = total;
  guarded_room->resize(total);
  for (auto& [route, mine] : rows) {
    mine.light.waiting.go_on();
    mine.heavy.waiting.go_on();
  }
  watch_out.wake();
}

// The rows stay: turns that are out will be given back.
void http_core::close_rows() {
  guarded_room->clear();
  open_room->clear();
  watch_in.stop();
  watch_out.stop();
  for (auto& [route, mine] : rows) {
    mine.light.waiting.clear();
    mine.heavy.waiting.clear();
  }
}

} // namespace flwr
