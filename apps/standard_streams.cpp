#include "apps/standard_streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>

namespace flwr {

void secure_standard_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN); // A limit on files is an error like a full disk.
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream)
    if (fcntl(stream, F_GETFD) < 0) // open() takes the lowest free number: this one.
      open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

expected<void> print(std::string_view text) {
  if (text.empty())
    return caf::unit;
  errno = 0;
  auto written = std::fwrite(text.data(), 1, text.size(), stdout);
  if (written == text.size() && std::fflush(stdout) == 0)
    return caf::unit;
  return make_error(ec::io, std::string{"can't write to stdout: "} + std::strerror(errno));
}

} // namespace flwr
