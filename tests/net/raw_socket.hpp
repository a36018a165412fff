/// Connections that needn't speak any protocol, and what a process may open.
#pragma once

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace flwr::test {

/// A TCP socket, whose reads wait twenty seconds at most: less than until gRPC pings.
class raw_socket {
public:
  raw_socket() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    REQUIRE(fd_ >= 0);
    timeval patience{20, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  explicit raw_socket(uint16_t port) : raw_socket() { connect(port); }

  raw_socket(raw_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  raw_socket& operator=(raw_socket&&) = delete;

  ~raw_socket() {
    if (fd_ >= 0)
      close(fd_);
  }

  void connect(uint16_t port) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0);
  }

  /// A peer that has closed already isn't an error.
  void send(std::string_view bytes) { ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// Reads on, until the peer closes the connection: whether it does.
  bool is_closed_by_peer() {
    std::array<char, 4096> scratch{};
    for (;;) {
      auto got = recv(fd_, scratch.data(), scratch.size(), 0);
      if (got <= 0)
        return got == 0 || errno == ECONNRESET;
    }
  }

private:
  int fd_;
};

/// The number that the next descriptor gets; -1 if there is none left.
inline int next_descriptor() {
  auto fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd >= 0)
    close(fd);
  return fd;
}

/// Holds this process to so many descriptors for a while.
class file_limit {
public:
  explicit file_limit(uint64_t most) {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    rlimit lower{most, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &lower) == 0);
  }

  ~file_limit() { setrlimit(RLIMIT_NOFILE, &before_); }

  file_limit(const file_limit&) = delete;
  file_limit& operator=(const file_limit&) = delete;

private:
  rlimit before_{};
};

// -- HTTP/2 by hand (RFC 9113, RFC 7541)
// -----------------------------------------------------------

inline std::string frame(uint8_t type, uint8_t flags, uint8_t stream, std::string_view payload) {
  auto size = payload.size();
  std::string out;
  for (auto byte : {size >> 16 & 0xff, size >> 8 & 0xff, size & 0xff})
    out.push_back(static_cast<char>(byte));
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  out.append({0, 0, 0, static_cast<char>(stream)});
  return out.append(payload);
}

/// A text after its length, without Huffman's code.
inline std::string with_length(std::string_view text) {
  return std::string{static_cast<char>(text.size())}.append(text);
}

/// What a connection starts with.
inline std::string http2_preface() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, ""); // No settings.
}

/// The start of a plain Flower client's Join call.
inline std::string join_call() {
  std::string header = "\x83\x86"; // POST, http
  header += "\x04" + with_length("/flwr.proto.FlowerService/Join");
  header += "\x01" + with_length("127.0.0.1");
  header += "\x0f\x10" + with_length("application/grpc");
  header += std::string(1, '\0') + with_length("te") + with_length("trailers");
  return http2_preface() + frame(1, 4, 1, header);
}

/// The start of a gRPC message of so many bytes, of which only the first one comes.
inline std::string first_byte_of(uint32_t size) {
  std::string message(1, '\0'); // Not compressed.
  for (int shift = 24; shift >= 0; shift -= 8)
    message.push_back(static_cast<char>(size >> shift & 0xff));
  return frame(0, 0, 1, message + "\x22");
}

} // namespace flwr::test
