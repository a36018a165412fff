#include "apps/exit_codes.hpp"
#include "apps/no_core_dump.hpp"
#include "apps/tool.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  constexpr auto program = "flwr-actor";
  try {
    if (auto forbidden = flwr::forbid_core_dumps(); !forbidden)
      return flwr::fail(program, forbidden.error());
    auto say = [](const std::string& line) { std::cout << line << std::endl; };
    auto output = flwr::run_tool(argc, argv, flwr::process_environment(), say);
    if (!output)
      return flwr::fail(program, output.error());
    if (!(std::cout << output->text << std::flush))
      return flwr::fail(program, flwr::make_error(flwr::ec::io, "can't write to stdout"));
    return static_cast<int>(output->code);
  } catch (const std::exception& unforeseen) {
    return flwr::fail(program, flwr::make_error(flwr::ec::bug, unforeseen.what()));
  }
}
