#include "apps/exit_codes.hpp"

#include "messages/printable.hpp"

#include <iostream>

namespace flwr {

exit_code exit_code_of(ec code) {
  switch (code) {
  case ec::unreachable:
    return exit_code::connection;
  case ec::timeout:
  case ec::missing:
    return exit_code::incomplete;
  case ec::rejected:
  case ec::corrupt:
  case ec::exhausted:
  case ec::no_space:
  case ec::io:
    return exit_code::failed;
  case ec::usage:
    return exit_code::usage;
  case ec::stopped:
    return exit_code::interrupted;
  case ec::bug:
    return exit_code::bug;
  }
  return exit_code::bug;
}

caf::error as_usage(const caf::error& why) {
  auto code = code_of(why);
  return code == ec::rejected || code == ec::corrupt ? make_error(ec::usage, render(why)) : why;
}

int fail(std::string_view program, const caf::error& why) {
  std::cerr << program << ": error: " << printable(render(why)) << std::endl;
  return static_cast<int>(exit_code_of(code_of(why)));
}

void warn(std::string_view program, std::string_view line) {
  std::cerr << program << ": warning: " << printable(std::string{line}) << std::endl;
}

int exit_status(std::string_view program, const expected<void>& how) {
  return how ? static_cast<int>(exit_code::done) : fail(program, how.error());
}

} // namespace flwr
