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

http_rows::http_rows(size_t most, const uint64_t& room)
  : room(room), light(most, [this] { return has_room(); }),
    heavy(std::max<size_t>(1, most / 4), [this] { return has_room(); }) {}

void http_rows::go_on() {
  light.go_on();
  heavy.go_on();
}

http_rows& http_core::rows_of(const http_route& route) {
  return rows.try_emplace(&route, route.max_at_once, cfg.body_bytes).first->second;
}

void http_core::set_body_bytes(uint64_t total) {
  cfg.body_bytes = total;
  guarded_room->resize(total);
  for (auto& [route, mine] : rows)
    mine.go_on();
  watch_out.wake();
}

// The rows stay: turns that are out will be given back.
void http_core::close_rows() {
  guarded_room->clear();
  open_room->clear();
  watch_in.stop();
  watch_out.stop();
  for (auto& [route, mine] : rows) {
    mine.light.clear();
    mine.heavy.clear();
  }
}

} // namespace flwr
