#include "actors/http/http_client.hpp"

#include "actors/http/http_connection.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <thread>
#include <utility>
#include <vector>

namespace flwr {
namespace {

// Enough to overlap; not so many that a server counts them as a flood.
constexpr size_t max_connections = 32;

/// The connections to one host, and what waits for one.
struct http_pool {
  std::deque<http_job> waiting;
  std::vector<std::shared_ptr<http_connection>> idle;
  std::set<std::shared_ptr<http_connection>> busy;
};

std::vector<http_job> take_late(std::deque<http_job>& waiting) {
  auto now = std::chrono::steady_clock::now();
  auto late = std::ranges::stable_partition(
    waiting, [now](const http_job& job) { return job.deadline > now; });
  std::vector<http_job> taken{std::move_iterator{late.begin()}, std::move_iterator{late.end()}};
  waiting.erase(late.begin(), late.end());
  return taken;
}

class http_loop final : public http_client {
public:
  http_loop() : thread_([this] { io_.run(); }) {}

  ~http_loop() override {
    boost::asio::post(io_, [this] { stop(); });
    thread_.join();
  }

  void send(const http_place& place, http_request request, const http_limits& limits,
            done then) override {
    auto deadline = std::chrono::steady_clock::now() + limits.timeout;
    boost::asio::post(
      io_, [this, job = http_job{place, std::move(request), limits, std::move(then), deadline,
                                 false}]() mutable { enqueue(std::move(job)); });
  }

private:
  using key = std::pair<std::string, uint16_t>;
  using time_point = std::chrono::steady_clock::time_point;

  void enqueue(http_job job) {
    if (stopped_)
      return job.then(make_error(ec::stopped, "the program is ending"));
    auto where = key{job.place.host, job.place.port};
    watch(job.deadline);
    pools_[where].waiting.push_back(std::move(job));
    serve(where);
  }

  void serve(const key& where) {
    auto& pool = pools_[where];
    while (!pool.waiting.empty() && pool.busy.size() < max_connections) {
      auto job = std::move(pool.waiting.front());
      pool.waiting.pop_front();
      auto connection = job.repeated || pool.idle.empty() ? open(where) : take_idle(pool);
      pool.busy.insert(connection);
      connection->start(std::move(job));
    }
  }

  static std::shared_ptr<http_connection> take_idle(http_pool& pool) {
    auto last = std::move(pool.idle.back());
    pool.idle.pop_back();
    return last;
  }

  std::shared_ptr<http_connection> open(const key& where) {
    auto name = std::make_shared<std::weak_ptr<http_connection>>();
    auto made = std::make_shared<http_connection>(
      io_, [this, where, name](bool kept, std::optional<http_job> again) {
        free(where, name->lock(), kept, std::move(again));
      });
    *name = made;
    return made;
  }

  void free(const key& where, const std::shared_ptr<http_connection>& which, bool kept,
            std::optional<http_job> again) {
    auto& pool = pools_[where];
    pool.busy.erase(which);
    if (kept && !stopped_ && pool.idle.size() < max_connections)
      pool.idle.push_back(which);
    if (again)
      pool.waiting.push_front(std::move(*again));
    serve(where);
  }

  // Whoever waits for a connection runs out of time, too.
  void watch(time_point deadline) {
    if (deadline >= watched_)
      return;
    watched_ = deadline;
    timer_.expires_at(deadline);
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled)
        refuse_late();
    });
  }

  void refuse_late() {
    watched_ = time_point::max();
    for (auto& [where, pool] : pools_)
      for (auto& job : take_late(pool.waiting))
        job.then(make_error(ec::timeout,
                            "no connection to " + to_text(job.place) + " became free in time"));
    for (auto& [where, pool] : pools_)
      for (auto& job : pool.waiting)
        watch(job.deadline);
  }

  void stop() {
    stopped_ = true;
    auto why = make_error(ec::stopped, "the program is ending");
    for (auto& [where, pool] : pools_) {
      for (auto& job : std::exchange(pool.waiting, {}))
        job.then(why);
      for (auto& connection : std::set{pool.busy})
        connection->close(why);
      for (auto& connection : std::exchange(pool.idle, {}))
        connection->close(why);
    }
    timer_.cancel();
    work_.reset();
  }

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
    io_.get_executor()};
  std::map<key, http_pool> pools_;
  boost::asio::steady_timer timer_{io_};
  time_point watched_ = time_point::max(); ///< When the timer ends.
  bool stopped_ = false;
  std::thread thread_;
};

} // namespace

http_client_ptr make_http_loop() { return std::make_shared<http_loop>(); }

} // namespace flwr
