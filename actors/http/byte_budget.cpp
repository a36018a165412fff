#include "actors/http/byte_budget.hpp"

#include "actors/runtime/ticket.hpp"

#include <utility>

namespace flwr {
namespace {

template <class Request>
Request pop(std::deque<Request>& queue) {
  auto first = std::move(queue.front());
  queue.pop_front();
  return first;
}

} // namespace

struct byte_budget::share {
  std::weak_ptr<byte_budget> home;
  poster post;
  uint64_t bytes;
  bool overdrawn = false;

  share(const std::shared_ptr<byte_budget>& from, uint64_t size)
    : home(from), post(from->post_), bytes(size) {}
  share(const share&) = delete;
  share& operator=(const share&) = delete;

  ~share() {
    post([home = home, bytes = bytes, overdrawn = overdrawn] {
      if (auto alive = home.lock())
        alive->take_back(bytes, overdrawn);
    });
  }
};

void byte_budget::reserve(uint64_t bytes, taker then) {
  waiting_.push_back({nullptr, bytes, std::move(then)});
  serve();
}

void byte_budget::grow(share_ptr grown, uint64_t more, taker then) {
  // Whoever overdraws already is the one that must get on.
  auto place = grown->overdrawn ? growing_.begin() : growing_.end();
  growing_.insert(place, {std::move(grown), more, std::move(then)});
  serve();
}

void byte_budget::resize(uint64_t total) {
  total_ = total;
  serve();
}

void byte_budget::clear() {
  growing_.clear();
  waiting_.clear();
}

bool byte_budget::has_room(uint64_t bytes) const { return flwr::has_room(total_, used_, bytes); }

void byte_budget::serve() {
  while (serve_growing() || serve_waiting())
    ;
}

bool byte_budget::serve_growing() {
  if (growing_.empty())
    return false;
  auto fits = has_room(growing_.front().bytes);
  if (!fits && overdrawn_ && !growing_.front().grown->overdrawn)
    return false;
  auto next = pop(growing_);
  if (!fits)
    overdrawn_ = next.grown->overdrawn = true;
  used_ += next.bytes;
  next.grown->bytes += next.bytes;
  next.then(std::move(next.grown));
  return true;
}

bool byte_budget::serve_waiting() {
  if (waiting_.empty() || !growing_.empty() || !has_room(waiting_.front().bytes))
    return false;
  auto next = pop(waiting_);
  used_ += next.bytes;
  next.then(std::make_shared<share>(shared_from_this(), next.bytes));
  return true;
}

void byte_budget::take_back(uint64_t bytes, bool overdrawn) {
  used_ -= bytes;
  if (overdrawn)
    overdrawn_ = false;
  serve();
}

} // namespace flwr
