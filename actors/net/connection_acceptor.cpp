#include "actors/net/connection_acceptor.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <tuple>

namespace flwr {
namespace {

constexpr int pause_ms = 100; // After an accept that failed for want of descriptors.

caf::error cannot_listen(const std::string& host, uint16_t port, const std::string& why) {
  return make_error(
    ec::usage, "can't listen on " + host + ":" + std::to_string(port) + ": " + why
                 + "; end what uses it, or name another address of this machine with --listen");
}

using address_list = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

int open_listener(const addrinfo& where) {
  auto fd = socket(where.ai_family, where.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int on = 1;
  if (fd >= 0
      && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
          || bind(fd, where.ai_addr, where.ai_addrlen) != 0 || ::listen(fd, SOMAXCONN) != 0)) {
    auto why = errno;
    close(fd);
    errno = why;
    return -1;
  }
  return fd;
}

uint64_t most_files() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 1024;
}

} // namespace

expected<std::unique_ptr<connection_acceptor>>
connection_acceptor::listen(const std::string& host, uint16_t port, uint64_t spare_files,
                            std::function<void(int, int)> take) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (auto failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found))
    return cannot_listen(host, port, gai_strerror(failed));
  address_list all{found, freeaddrinfo};
  auto listener = open_listener(*all);
  if (listener < 0)
    return cannot_listen(host, port, std::strerror(errno));
  auto wake = eventfd(0, EFD_CLOEXEC);
  if (wake < 0) {
    close(listener);
    return cannot_listen(host, port, std::strerror(errno));
  }
  return std::make_unique<connection_acceptor>(listener, wake, spare_files, std::move(take));
}

connection_acceptor::connection_acceptor(int listener, int wake, uint64_t spare_files,
                                         std::function<void(int, int)> take)
  : listener_(listener), wake_(wake), spare_files_(spare_files), take_(std::move(take)),
    thread_([this] { run(); }) {}

connection_acceptor::~connection_acceptor() {
  uint64_t one = 1;
  std::ignore = write(wake_, &one, sizeof one);
  thread_.join();
  close(listener_);
  close(wake_);
}

uint16_t connection_acceptor::port() const {
  sockaddr_storage where{};
  socklen_t size = sizeof where;
  if (getsockname(listener_, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return 0;
  return ntohs(where.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(where).sin6_port
                                           : reinterpret_cast<sockaddr_in&>(where).sin_port);
}

void connection_acceptor::run() {
  std::array<pollfd, 2> both{pollfd{wake_, POLLIN, 0}, pollfd{listener_, POLLIN, 0}};
  for (;;) {
    poll(both.data(), both.size(), -1);
    if (both[0].revents != 0)
      return;
    accept_one();
  }
}

// A new descriptor is the lowest free number, so its number tells how many there are.
void connection_acceptor::accept_one() {
  auto connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (connection < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pollfd stop{wake_, POLLIN, 0};
      poll(&stop, 1, pause_ms);
    }
    return;
  }
  if (static_cast<uint64_t>(connection) + spare_files_ >= most_files()) {
    close(connection);
    return;
  }
  int on = 1;
  setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  take_(listener_, connection);
}

} // namespace flwr
