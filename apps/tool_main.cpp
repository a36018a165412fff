#include "apps/exit_codes.hpp"
#include "apps/no_core_dump.hpp"
#include "apps/standard_streams.hpp"
#include "apps/tool.hpp"

#include <exception>

int main(int argc, char** argv) {
  constexpr auto program = "flwr-actor";
  flwr::secure_standard_streams();
  try {
    if (auto forbidden = flwr::forbid_core_dumps(); !forbidden)
      return flwr::fail(program, forbidden.error());
    flwr::expected<void> printed{caf::unit};
    auto say = [&](const std::string& line) {
      if (printed)
        printed = flwr::print(line + "\n");
    };
    auto output = flwr::run_tool(argc, argv, flwr::process_environment(), say);
    if (!output)
      return flwr::fail(program, output.error());
    if (printed)
      printed = flwr::print(output->text);
    if (!printed)
      return flwr::fail(program, printed.error());
    if (output->trouble)
      return flwr::fail(program, output->trouble);
    return static_cast<int>(output->code);
  } catch (const std::exception& unforeseen) {
    return flwr::fail(program, flwr::make_error(flwr::ec::bug, unforeseen.what()));
  }
}
