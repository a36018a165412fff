#include "actors/http/web_socket_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

namespace websocket = boost::beast::websocket;

// Whoever doesn't read so much isn't there any more.
constexpr uint64_t max_queued_bytes = 4 << 20;

// Of what has come and isn't done with: else a mailbox would take whatever a peer likes to send.
constexpr uint64_t max_lent_texts = 8;
constexpr uint64_t max_lent_bytes = 1 << 20;

} // namespace

/// The route's end, for any thread.
class web_socket_session::handle final : public web_socket {
public:
  explicit handle(const std::shared_ptr<web_socket_session>& session)
    : core_(session->core_.shared_from_this()), session_(session),
      unsent_bytes_(session->unsent_bytes_) {}

  void send(std::shared_ptr<const std::string> text) override {
    // Whoever sends may be quicker than the server's thread.
    if (*unsent_bytes_ > max_queued_bytes || core_->posted_bytes > core_->cfg.text_bytes)
      return post([](web_socket_session& self) { self.end(); });
    *unsent_bytes_ += text->size();
    core_->posted_bytes += text->size();
    boost::asio::post(core_->io,
                      [&core = *core_, session = session_, unsent = unsent_bytes_, text] {
                        core.posted_bytes -= text->size();
                        if (auto self = session.lock())
                          self->send(text);
                        else
                          *unsent -= text->size();
                      });
  }

  uint64_t queued_bytes() const override { return *unsent_bytes_; }

  void close() override {
    post([](web_socket_session& self) { self.close(); });
  }

private:
  template <class What>
  void post(What what) {
    boost::asio::post(core_->io, [session = session_, what] {
      if (auto self = session.lock())
        what(*self);
    });
  }

  std::shared_ptr<http_core> core_;
  std::weak_ptr<web_socket_session> session_;
  std::shared_ptr<std::atomic<uint64_t>> unsent_bytes_;
};

/// A text on its way; the last one who holds it gives it back, on any thread.
class web_socket_session::loan {
public:
  loan(const std::shared_ptr<web_socket_session>& session, std::string what)
    : text(std::move(what)), core_(session->core_.shared_from_this()), session_(session) {}
  loan(const loan&) = delete;
  loan& operator=(const loan&) = delete;

  ~loan() {
    boost::asio::post(core_->io, [&core = *core_, session = session_, bytes = text.size()] {
      if (auto self = session.lock())
        self->take_back(bytes);
      take_back(core, bytes);
    });
  }

  const std::string text;

private:
  std::shared_ptr<http_core> core_;
  std::weak_ptr<web_socket_session> session_;
};

web_socket_session::web_socket_session(http_core& core, boost::beast::tcp_stream stream,
                                       const http_route& route)
  : core_(core), stream_(std::move(stream)), route_(route) {}

void web_socket_session::start(incoming_request head) {
  head_ = std::move(head);
  core_.sockets.insert(shared_from_this());
  stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = core_.cfg.header_patience,
                                                     .idle_timeout = core_.cfg.idle_patience,
                                                     .keep_alive_pings = true});
  stream_.read_message_max(route_.max_text_bytes);
  stream_.async_accept(
    head_, [self = shared_from_this()](error_code failed) { self->on_accepted(failed); });
}

void web_socket_session::on_accepted(error_code failed) {
  if (failed)
    return leave();
  listener_ = route_.upgrade(std::make_shared<handle>(shared_from_this()));
  read();
}

void web_socket_session::read() {
  stream_.async_read(
    buffer_, [self = shared_from_this()](error_code failed, size_t) { self->on_read(failed); });
}

void web_socket_session::on_read(error_code failed) {
  if (failed)
    return leave();
  if (listener_.on_text && !closing_)
    listener_.on_text(lend(boost::beast::buffers_to_string(buffer_.data())));
  buffer_.consume(buffer_.size());
  paused_ = has_lent_enough() && !closing_;
  if (!paused_)
    read();
}

std::shared_ptr<const std::string> web_socket_session::lend(std::string text) {
  ++lent_texts_;
  lent_bytes_ += text.size();
  core_.lent_bytes += text.size();
  auto lent = std::make_shared<loan>(shared_from_this(), std::move(text));
  return {lent, &lent->text};
}

void web_socket_session::take_back(uint64_t bytes) {
  --lent_texts_;
  lent_bytes_ -= bytes;
  if (!has_lent_enough())
    read_on();
}

// Whoever waited for the room of all goes on as soon as there is some.
void web_socket_session::take_back(http_core& core, uint64_t bytes) {
  auto was_full = core.lent_bytes >= core.cfg.text_bytes;
  core.lent_bytes -= bytes;
  if (!was_full || core.lent_bytes >= core.cfg.text_bytes)
    return;
  for (auto& each : std::set{core.sockets})
    if (!each->has_lent_enough())
      each->read_on();
}

bool web_socket_session::has_lent_enough() const {
  return lent_texts_ >= max_lent_texts || lent_bytes_ >= max_lent_bytes
         || core_.lent_bytes >= core_.cfg.text_bytes;
}

void web_socket_session::read_on() {
  if (std::exchange(paused_, false))
    read();
}

void web_socket_session::send(std::shared_ptr<const std::string> text) {
  if (closing_) {
    *unsent_bytes_ -= text->size();
    return;
  }
  auto before = queued_bytes_; // One text may be as long as it likes.
  queued_bytes_ += text->size();
  core_.unsent_bytes += text->size();
  outbox_.push_back(std::move(text));
  if (outbox_.size() == 1)
    write();
  if (before > max_queued_bytes)
    end();
  else if (core_.unsent_bytes > core_.cfg.text_bytes)
    (*std::ranges::max_element(core_.sockets, {}, &web_socket_session::queued_bytes_))->end();
}

void web_socket_session::write() {
  stream_.text(true);
  stream_.async_write(
    boost::asio::buffer(*outbox_.front()),
    [self = shared_from_this()](error_code failed, size_t) { self->on_written(failed); });
}

void web_socket_session::on_written(error_code failed) {
  if (failed || ended_)
    return end();
  queued_bytes_ -= outbox_.front()->size();
  core_.unsent_bytes -= outbox_.front()->size();
  *unsent_bytes_ -= outbox_.front()->size();
  outbox_.pop_front();
  if (!outbox_.empty())
    write();
}

// A read ends with the goodbye that comes back, or with Beast's patience.
void web_socket_session::close() {
  if (std::exchange(closing_, true))
    return;
  stream_.async_close(websocket::close_code::normal, [self = shared_from_this()](error_code) {});
  read_on();
}

// A read ends with this.
void web_socket_session::end() {
  closing_ = ended_ = true;
  drop_unsent();
  boost::beast::get_lowest_layer(stream_).close();
  read_on();
}

// But for what is being written, which Beast holds on to.
void web_socket_session::drop_unsent() {
  core_.unsent_bytes -= queued_bytes_;
  *unsent_bytes_ -= std::exchange(queued_bytes_, 0);
  outbox_.resize(std::min<size_t>(outbox_.size(), 1));
}

void web_socket_session::leave() {
  closing_ = ended_ = true;
  drop_unsent();
  if (core_.sockets.erase(shared_from_this()) > 0 && listener_.on_close)
    listener_.on_close();
}

} // namespace flwr
