#include "apps/exit_codes.hpp"

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

int fail(std::string_view program, const caf::error& why) {
  std::cerr << program << ": error: " << render(why) << std::endl;
  return static_cast<int>(exit_code_of(code_of(why)));
}

} // namespace flwr
