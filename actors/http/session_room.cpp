/// What a session of the HTTP server does to have room, and a turn, and when others need them.
#include "actors/http/http_session.hpp"
#include "actors/http/session_ways.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

// What a body gets at first, so that little of it takes little room.
constexpr uint64_t first_bytes = 64 << 10;

// What a body gets at most each time that it needs more: as much as it has already.
constexpr uint64_t growth_bytes = 1 << 20;

} // namespace

void http_session::make_room() {
  auto more =
    std::min(std::clamp(room_bytes_, first_bytes, growth_bytes), body_bytes_ - room_bytes_);
  room_bytes_ += more;
  due_bytes_ = 0;
  paced_from_.reset();
  timer_.cancel(); // It isn't the peer who is waited for.
  waits_since_ = std::chrono::steady_clock::now();
  auto then = [self = shared_from_this()](byte_budget::share_ptr share) {
    self->take_room(std::move(share));
  };
  share_ ? room_->grow(std::exchange(share_, nullptr), more, then) : room_->reserve(more, then);
  if (waits_since_)
    core_.watch_in.wake();
}

void http_session::take_room(byte_budget::share_ptr share) {
  share_ = std::move(share);
  waits_since_.reset();
  pace_anew();
  read_body();
}

void http_session::await_turn(std::shared_ptr<exchange> with) {
  if (core_.closing)
    return;
  row_ = &core_.row_of(*route_, with->request());
  queues_since_ = std::chrono::steady_clock::now();
  row_->waiting.enter([self = shared_from_this(), with] { self->take_turn(with); });
  if (queues_since_)
    core_.watch_out.wake();
}

void http_session::take_turn(const std::shared_ptr<exchange>& with) {
  queues_since_.reset();
  with->keep(std::shared_ptr<turns>{&row_->waiting, [home = core_.weak_from_this()](turns* mine) {
                                      if (auto core = home.lock())
                                        mine->leave();
                                    }});
  route_->serve(with);
}

std::optional<http_session::time_point> http_session::waits_since(direction way) const {
  if (way == direction::in)
    return waits_since_;
  return row_ && !row_->has_room() ? queues_since_ : std::nullopt;
}

std::optional<body_pace> http_session::pace(direction way) const {
  if (!paced_from_ || outgoing_.has_value() != (way == direction::out))
    return std::nullopt;
  return body_pace{paced_since_, progress() - *paced_from_};
}

const void* http_session::room(direction way) const {
  return way == direction::in ? static_cast<const void*>(room_) : row_;
}

uint64_t http_session::progress() const {
  return outgoing_ ? taken_bytes_ : parser_->get().body().size();
}

void http_session::pace_anew() {
  paced_since_ = std::chrono::steady_clock::now();
  paced_from_ = progress();
}

// The share goes at once, so that it is home before anybody asks whether there is room now.
void http_session::yield() {
  if (outgoing_)
    return close();
  paced_from_.reset();
  share_.reset();
  yielded_ = true;
  stream_.cancel();
}

void http_session::forget_answer() {
  auto* row = std::exchange(row_, nullptr);
  if (!row)
    return;
  row->answers.remove(std::exchange(answer_, nullptr));
  row->waiting.go_on();
}

} // namespace flwr
