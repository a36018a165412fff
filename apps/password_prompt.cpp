#include "apps/password_prompt.hpp"

#include "actors/runtime/posix_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace flwr {
namespace {

constexpr auto terminal_path = "/dev/tty";
constexpr std::array ending_signals{SIGINT, SIGTERM, SIGQUIT, SIGHUP};

// What a signal's handler needs: it can be given nothing.
int terminal = -1;
termios modes_before;
std::array<struct sigaction, ending_signals.size()> actions_before;
volatile sig_atomic_t interrupted = 0;

// Only calls that POSIX allows in a handler.
void put_right() {
  ::tcsetattr(terminal, TCSANOW, &modes_before);
  for (size_t i = 0; i < ending_signals.size(); ++i)
    ::sigaction(ending_signals[i], &actions_before[i], nullptr);
}

// The signal comes again, to whoever was there before, as soon as this has returned.
void put_right_and_pass_on(int signal) {
  auto cause = errno;
  interrupted = 1;
  ::tcflush(terminal, TCIFLUSH); // Half a password is nothing for the shell.
  put_right();
  ::raise(signal);
  errno = cause;
}

/// While it lives, the terminal doesn't show what is typed. Suspending is off: a shell would show
/// it again when we come back.
class silence {
public:
  silence() {
    interrupted = 0;
    ::tcgetattr(terminal, &modes_before);
    catch_signals();
    auto modes = modes_before;
    modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    modes.c_lflag |= ICANON | ISIG | ECHONL;
    modes.c_cc[VSUSP] = _POSIX_VDISABLE;
    ::tcsetattr(terminal, TCSAFLUSH, &modes);
  }
  silence(const silence&) = delete;
  silence& operator=(const silence&) = delete;
  ~silence() { put_right(); }

private:
  static void catch_signals() {
    struct sigaction action {};
    action.sa_handler = put_right_and_pass_on;
    ::sigfillset(&action.sa_mask);
    for (size_t i = 0; i < ending_signals.size(); ++i) {
      ::sigaction(ending_signals[i], nullptr, &actions_before[i]);
      if (actions_before[i].sa_handler != SIG_IGN)
        ::sigaction(ending_signals[i], &action, nullptr);
    }
  }
};

expected<secret_bytes> read_line() {
  secret_bytes line;
  for (;;) {
    uint8_t byte = 0;
    auto count = ::read(terminal, &byte, 1);
    if (interrupted)
      return make_error(ec::stopped, "interrupted while a password was asked for");
    if (count < 0 && errno != EINTR)
      return errno_error("read", terminal_path);
    if (count == 0)
      return make_error(ec::usage, "no password was typed");
    if (count == 1 && byte == '\n')
      return line;
    if (count == 1)
      line.push_back(byte);
  }
}

} // namespace

expected<secret_bytes> ask_on_terminal(const std::string& question) {
  auto opened = open_file(terminal_path, O_RDWR | O_NOCTTY);
  if (!opened)
    return make_error(ec::usage, "there is no terminal to type a password on; give it in a file by "
                                 "--password-file FILE");
  terminal = opened.get();
  silence quiet;
  if (::write(terminal, question.data(), question.size()) < 0)
    return errno_error("write to", terminal_path);
  return read_line();
}

} // namespace flwr
