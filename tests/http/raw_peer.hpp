/// Sockets of a peer that says whatever a test wants. Blocking, but never for ever.
#pragma once

#include "actors/http/http_message.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace flwr::test {

constexpr auto patience = std::chrono::seconds{30};

/// A file descriptor.
class raw_socket {
public:
  explicit raw_socket(int fd = -1) : fd_(fd) {}
  raw_socket(raw_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  raw_socket& operator=(raw_socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~raw_socket() { close(); }

  int fd() const { return fd_; }
  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

  /// Whether there is something to read, or to accept, within that time.
  bool is_readable(std::chrono::milliseconds within = patience) const {
    pollfd what{fd_, POLLIN, 0};
    return ::poll(&what, 1, static_cast<int>(within.count())) > 0;
  }

private:
  int fd_;
};

/// An HTTP message as it came.
struct raw_message {
  std::string start; ///< The first line.
  http_fields fields;
  std::string body;

  unsigned status() const { return static_cast<unsigned>(std::stoul(start.substr(9, 3))); }
  std::string_view operator[](std::string_view name) const { return value_of(fields, name); }
};

inline sockaddr_in loopback(uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

/// One end of a connection.
class raw_peer {
public:
  explicit raw_peer(raw_socket socket) : socket_(std::move(socket)) {}

  /// Connects to a port of this machine.
  explicit raw_peer(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) { connect(port); }

  void connect(uint16_t port) {
    auto where = loopback(port);
    if (::connect(socket_.fd(), reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
      throw std::runtime_error{"can't connect"};
  }

  /// What can't be sent any more is none of the test's business: the answer is.
  void send(std::string_view text) {
    while (!text.empty()) {
      auto count = ::send(socket_.fd(), text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0)
        return;
      text.remove_prefix(static_cast<size_t>(count));
    }
  }

  void end_sending() { ::shutdown(socket_.fd(), SHUT_WR); }
  void close() { socket_.close(); }

  bool has_something(std::chrono::milliseconds within = patience) const {
    return !seen_.empty() || socket_.is_readable(within);
  }

  /// Takes at most so many bytes from the system, and forgets them.
  void sip(size_t most) {
    receive(most);
    seen_.clear();
  }

  /// Reads until there are so many bytes; "" if the other end closes before.
  std::string read(size_t count) {
    while (seen_.size() < count)
      if (!receive())
        return {};
    return take(count);
  }

  /// Reads up to and with `end`; "" if the other end closes before.
  std::string read_to(std::string_view end) {
    while (seen_.find(end) == seen_.npos)
      if (!receive())
        return {};
    return take(seen_.find(end) + end.size());
  }

  /// Reads one message; to a HEAD there is no body.
  raw_message read_message(bool has_body = true) {
    raw_message message;
    auto head = read_to("\r\n\r\n");
    if (head.empty())
      throw std::runtime_error{"the connection ended before a message"};
    parse(head, message);
    auto length = message["content-length"];
    if (has_body && !length.empty())
      message.body = read(std::stoul(std::string{length}));
    return message;
  }

  /// What comes until the other end closes.
  std::string read_all() {
    while (receive())
      ;
    return take(seen_.size());
  }

  bool is_closed() { return read_all().empty(); }

private:
  static void parse(std::string_view head, raw_message& into) {
    into.start = head.substr(0, head.find("\r\n"));
    for (auto at = into.start.size() + 2; at + 2 < head.size();) {
      auto end = head.find("\r\n", at);
      auto line = head.substr(at, end - at);
      auto colon = line.find(": ");
      into.fields.push_back(
        {std::string{line.substr(0, colon)}, std::string{line.substr(colon + 2)}});
      at = end + 2;
    }
  }

  bool receive(size_t most = 65536) {
    if (!socket_.is_readable())
      throw std::runtime_error{"waited in vain"};
    std::array<char, 65536> piece{};
    auto count = ::recv(socket_.fd(), piece.data(), std::min(most, piece.size()), 0);
    if (count > 0)
      seen_.append(piece.data(), static_cast<size_t>(count));
    return count > 0;
  }

  std::string take(size_t count) {
    auto taken = seen_.substr(0, count);
    seen_.erase(0, count);
    return taken;
  }

  raw_socket socket_;
  std::string seen_;
};

/// A port of this machine whose connections the test serves by hand.
class raw_server {
public:
  explicit raw_server(int backlog = 128) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    auto where = loopback(0);
    socklen_t size = sizeof where;
    auto name = reinterpret_cast<sockaddr*>(&where);
    if (::bind(socket_.fd(), name, size) != 0 || ::listen(socket_.fd(), backlog) != 0
        || ::getsockname(socket_.fd(), name, &size) != 0)
      throw std::runtime_error{"can't listen"};
    port_ = ntohs(where.sin_port);
  }

  uint16_t port() const { return port_; }

  bool has_caller(std::chrono::milliseconds within = patience) const {
    return socket_.is_readable(within);
  }

  raw_peer accept() {
    if (!has_caller())
      throw std::runtime_error{"nobody came"};
    return raw_peer{raw_socket{::accept(socket_.fd(), nullptr, nullptr)}};
  }

private:
  raw_socket socket_;
  uint16_t port_ = 0;
};

} // namespace flwr::test
