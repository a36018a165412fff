/// What a session of the HTTP server hands to routes. The session's own.
#pragma once

#include "actors/http/http_session.hpp"

#include <boost/asio/post.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace flwr {

inline http_response nobody_answers() {
  return text_response(503, "nobody answers this just now\n");
}

/// The way from a route back to its session, from any thread, once.
class http_session::way_back {
public:
  explicit way_back(const std::shared_ptr<http_session>& session)
    : core_(session->core_.shared_from_this()), session_(session), number_(++session->number_),
      loopback_(session->loopback_) {}

  bool from_loopback() const { return loopback_; }

  /// What goes when whoever asked has heard.
  void keep(std::shared_ptr<const void> what) { kept_ = std::move(what); }

  template <class What>
  void go(void (http_session::*then)(uint64_t, What), What what) {
    std::weak_ptr<http_session> session;
    std::shared_ptr<const void> kept;
    {
      std::lock_guard lock{mutex_};
      session.swap(session_);
      kept.swap(kept_);
    }
    boost::asio::post(core_->io, [kept = std::move(kept), session, then, number = number_,
                                  what = std::move(what)]() mutable {
      if (auto self = session.lock())
        (self.get()->*then)(number, std::move(what));
    });
  }

private:
  std::shared_ptr<http_core> core_;
  std::mutex mutex_;
  std::weak_ptr<http_session> session_;
  std::shared_ptr<const void> kept_;
  uint64_t number_;
  bool loopback_;
};

class http_session::admission final : public http_admission {
public:
  admission(const std::shared_ptr<http_session>& session, http_request request)
    : back_(session), request_(std::move(request)) {}

  ~admission() override { decide(nobody_answers()); }

  const http_request& request() const override { return request_; }
  bool from_loopback() const override { return back_.from_loopback(); }

  void decide(std::optional<http_response> refusal) override {
    back_.go(&http_session::decide, std::move(refusal));
  }

private:
  way_back back_;
  http_request request_;
};

class http_session::exchange final : public http_exchange {
public:
  exchange(const std::shared_ptr<http_session>& session, http_request request)
    : back_(session), request_(std::move(request)) {}

  ~exchange() override { respond(nobody_answers()); }

  const http_request& request() const override { return request_; }
  bool from_loopback() const override { return back_.from_loopback(); }

  void keep(std::shared_ptr<const void> turn) { back_.keep(std::move(turn)); }

  void respond(http_response what) override { back_.go(&http_session::answer, std::move(what)); }

private:
  way_back back_;
  http_request request_;
};

} // namespace flwr
