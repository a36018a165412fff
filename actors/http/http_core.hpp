/// What the sessions of the HTTP server share. The room's own.
#pragma once

#include "actors/http/byte_budget.hpp"
#include "actors/http/http_server.hpp"
#include "actors/http/room_watch.hpp"
#include "actors/http/turns.hpp"
#include "actors/http/unsent_answers.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <set>

namespace flwr {

class http_session;
class web_socket_session;

/// Who waits to be answered by a route, and what hasn't been taken of its answers.
struct http_row {
  /// @param room  For answers; may change.
  http_row(size_t most, const uint64_t& room)
    : room(room), waiting(most, [this] { return has_room(); }) {}
  http_row(const http_row&) = delete;
  http_row& operator=(const http_row&) = delete;

  bool has_room() const { return answers.bytes() < room; }

  const uint64_t& room;
  unsent_answers answers;
  turns waiting;
};

struct http_rows {
  http_rows(size_t most, const uint64_t& room)
    : light(most, room), heavy(std::max<size_t>(1, most / 4), room) {}

  http_row light, heavy;
};

/// What the sessions of a server share. Its io_context outlives them and whatever they gave away.
struct http_core : std::enable_shared_from_this<http_core> {
  explicit http_core(http_server_config config) : cfg(std::move(config)) {}

  http_server_config cfg;
  boost::asio::io_context io{1};
  std::shared_ptr<byte_budget> guarded_room; ///< For bodies of routes that admit them.
  std::shared_ptr<byte_budget> open_room;    ///< For the others', which anybody may send.
  room_watch watch_in{io, *this, direction::in};
  room_watch watch_out{io, *this, direction::out};
  std::set<std::shared_ptr<http_session>> sessions;
  std::set<std::shared_ptr<web_socket_session>> sockets;
  uint64_t unsent_bytes = 0;                   ///< Of all WebSockets' texts.
  std::atomic<uint64_t> posted_bytes = 0;      ///< Of texts on their way to the thread here.
  uint64_t lent_bytes = 0;                     ///< Of texts that came from them.
  std::map<const http_route*, http_rows> rows; ///< Of routes that are asked in turns.
  bool closing = false;

  uint64_t connections() const { return sessions.size() + sockets.size(); }

  /// The row of a request to a route that is asked in turns.
  http_row& row_of(const http_route&, const http_request&);

  /// Changes how much all bodies may take, and those of each row.
  void set_body_bytes(uint64_t);

  /// Whoever waits for a turn or for room waits no more; nor will anybody from now on.
  void close_rows();
};

std::shared_ptr<http_core> make_http_core(http_server_config);

} // namespace flwr
