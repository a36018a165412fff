#pragma once

#include "messages/error.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace flwr {

/// A socket that listens, and a thread that accepts.
class connection_acceptor {
public:
  /// @param take  Gets each connection's descriptor, which is its own from then on. Called on the
  ///              acceptor's thread.
  /// @param spare_files  So many descriptors stay free: a connection beyond is closed at once.
  /// @errors  usage -- the address can't be listened on.
  static expected<std::unique_ptr<connection_acceptor>>
  listen(const std::string& host, uint16_t port, uint64_t spare_files,
         std::function<void(int listener, int connection)> take);

  connection_acceptor(int listener, int wake, uint64_t spare_files,
                      std::function<void(int, int)> take);
  ~connection_acceptor();

  uint16_t port() const;

private:
  void run();
  void accept_one();

  int listener_;
  int wake_;
  uint64_t spare_files_;
  std::function<void(int, int)> take_;
  std::thread thread_;
};

} // namespace flwr
