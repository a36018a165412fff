#include "apps/error_json.hpp"

#include "apps/exit_codes.hpp"
#include "messages/printable.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <string_view>

namespace flwr {

std::string json_of(const caf::error& why) {
  return boost::json::serialize(
    boost::json::object{{"schema", "flwr-actor/error/1"},
                        {"error", printable_ascii(render(why))},
                        {"exit_code", static_cast<int>(exit_code_of(code_of(why)))}});
}

bool wants_json(int argc, const char* const* argv) {
  return std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--json"; });
}

} // namespace flwr
