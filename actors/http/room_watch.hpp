/// Who has to give up room for others. The room's own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>

namespace flwr {

class http_session;
struct http_core;

/// Bodies of requests come in, those of answers go out.
enum class direction { in, out };

/// How a body comes or goes.
struct body_pace {
  std::chrono::steady_clock::time_point since;
  uint64_t bytes; ///< That have come or gone since then.
};

/// Sees to it that nobody waits long for the room of a body that hardly comes, or goes. Whenever a
/// session has waited for longer than `room_patience`, the body that is slowest among those that
/// have had room for as long yields it, and the next slowest, until whoever waited can go on. One
/// that is quick enough keeps its room, however many wait: else none would get to its end. But of
/// answers, whose number is up to peers alone, the slowest yields now and then, however quick, when
/// somebody has waited for six times as long.
/// @threads  The io_context's.
class room_watch {
public:
  room_watch(boost::asio::io_context&, http_core&, direction);

  /// Somebody waits for room from now on.
  void wake();

  void stop();

private:
  using time_point = std::chrono::steady_clock::time_point;

  void look_at(time_point);
  void look();
  std::optional<time_point> longest_wait() const;
  std::set<const void*> short_rooms(time_point now) const;
  std::shared_ptr<http_session> slowest(time_point now, bool spares_quick) const;

  http_core& core_;
  direction way_;
  boost::asio::steady_timer timer_;
  bool awake_ = false;
};

} // namespace flwr
