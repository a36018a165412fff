#include "actors/page/live_page.hpp"

#include "actors/page/feed_json.hpp"
#include "actors/page/metrics_text.hpp"
#include "actors/page/page_file.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
using impl = live_page_actor::extend<on<void, atom::tick>>;
using text_ptr = std::shared_ptr<const std::string>;

constexpr auto least_pause = 100ms; // Between two pushes.
constexpr size_t max_listeners = 256;

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>{span}.count();
}

struct live_page_state {
  static inline const char* name = "flwr.live-page";

  explicit live_page_state(impl::stateful_pointer<live_page_state> self)
    : self(self), started(self->clock().now()) {}

  void note(const event::any& what) {
    apply(board, what, now());
    board.end ? push(true) : push_soon();
  }

  void serve(const http_exchange_ptr& with) const {
    vital_signs vital{
      .process = facts_of_this_process(), .listeners = seen.size(), .longest_callback_seconds = {}};
    if (cfg.longest_callback)
      vital.longest_callback_seconds = seconds(cfg.longest_callback());
    with->respond(text_response(200, metrics_text(board, vital), metrics_content_type));
  }

  // -- listeners ---------------------------------------------------------------------------------

  void hear(const web_socket_event& what) {
    if (!what.text)
      seen.erase(what.socket);
    else if (seen.size() >= max_listeners && !seen.contains(what.socket))
      what.socket->close();
    else if (seen.emplace(what.socket, 0).second)
      push_soon();
  }

  bool has_news(uint64_t version) const { return version < board.version; }

  void push_soon() {
    if (seen.empty() || std::exchange(armed, true))
      return;
    auto pause = pushed ? *pushed + least_pause - self->clock().now() : caf::timespan{0};
    self->delayed_send(self, std::max<caf::timespan>(pause, 0ms), atom::tick_v);
  }

  void tick() {
    armed = false;
    push(false);
    if (std::ranges::any_of(seen, [&](auto& each) { return has_news(each.second); }))
      push_soon();
  }

  /// @param last  There won't be another, so that nobody is spared.
  void push(bool last) {
    pushed = self->clock().now();
    std::map<uint64_t, text_ptr> texts; // Most listeners have seen the same.
    for (auto& [socket, version] : seen)
      if (has_news(version) && (last || socket->queued_bytes() == 0))
        tell(*socket, std::exchange(version, board.version), texts);
  }

  void tell(web_socket& socket, uint64_t version, std::map<uint64_t, text_ptr>& texts) const {
    auto& text = texts[version];
    if (!text)
      text = std::make_shared<const std::string>(feed_json(board, version, now()));
    socket.send(text);
  }

  void leave(const caf::error& why) {
    push(true);
    for (auto& [socket, version] : seen)
      socket->close();
    self->quit(why);
  }

  double now() const { return seconds(self->clock().now() - started); }

  impl::stateful_pointer<live_page_state> self;
  live_page_config cfg;
  run_board board;
  caf::actor_clock::time_point started;
  std::map<web_socket_ptr, uint64_t> seen; // The board's version that each listener was told.
  std::optional<caf::actor_clock::time_point> pushed;
  bool armed = false; // A tick is under way.
};

impl::behavior_type live_page(impl::stateful_pointer<live_page_state> self, live_page_config cfg) {
  self->state.board.run = cfg.run;
  self->state.cfg = std::move(cfg);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](const event::any& what) { self->state.note(what); },
    [](atom::finish, const run_outcome&) {}, // The end has come as a fact.
    [self](const http_exchange_ptr& with) { self->state.serve(with); },
    [self](const web_socket_event& what) { self->state.hear(what); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace

live_page_actor spawn_live_page(caf::actor_system& sys, live_page_config cfg) {
  return sys.spawn(live_page, std::move(cfg));
}

std::vector<http_route> live_page_routes(std::function<void(http_exchange_ptr)> serve,
                                         std::function<void(web_socket_event)> hear) {
  auto page = [answer = page_response()](const http_exchange_ptr& with) { with->respond(answer); };
  auto feed = get_route("/feed", {});
  feed.max_text_bytes = 125; // What a listener says doesn't matter.
  feed.upgrade = [hear](web_socket_ptr socket) {
    hear({socket, std::make_shared<const std::string>()});
    return web_socket_listener{.on_text = {}, .on_close = [=] { hear({socket, nullptr}); }};
  };
  return {get_route("/", page), get_route("/metrics", std::move(serve)), feed};
}

} // namespace flwr
