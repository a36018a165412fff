#include "apps/terminal.hpp"

#include "messages/printable.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace flwr {
namespace {

bool can_redraw() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) && kind && std::string_view{kind} != "dumb";
}

// One column stays free: in the last one some terminals wrap already.
size_t free_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
    return 79;
  return size.ws_col - 1u;
}

} // namespace

terminal::terminal(progress_style style)
  : draws_(style == progress_style::automatic && can_redraw()),
    silent_(style == progress_style::none) {}

void terminal::say(const std::string& line) {
  if (silent_)
    return;
  clear();
  std::fprintf(stderr, "%s\n", printable(line).c_str());
}

void terminal::progress(const std::string& line) {
  clear();
  std::fprintf(stderr, "%s", printable(line.substr(0, free_columns())).c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void terminal::clear() {
  if (drawn_)
    std::fprintf(stderr, "\r\033[K");
  drawn_ = false;
}

} // namespace flwr
