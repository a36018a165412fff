#include "actors/runtime/process_facts.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace flwr {

process_facts facts_of_this_process() {
  std::ifstream file{"/proc/self/stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  return process_facts_in(text, static_cast<uint64_t>(sysconf(_SC_PAGESIZE)),
                          static_cast<uint64_t>(sysconf(_SC_CLK_TCK)))
    .value_or(process_facts{});
}

std::optional<process_facts> process_facts_in(std::string_view stat, uint64_t page_bytes,
                                              uint64_t ticks_per_second) {
  auto name_end = stat.rfind(')');
  if (name_end == stat.npos)
    return std::nullopt;
  std::istringstream rest{std::string{stat.substr(name_end + 1)}};
  std::vector<std::string> fields{std::istream_iterator<std::string>{rest}, {}};
  constexpr size_t first = 3; // proc(5) counts from 1, and the name is the second.
  if (fields.size() <= 24 - first)
    return std::nullopt;
  auto field = [&](size_t number) {
    return std::strtoull(fields[number - first].c_str(), nullptr, 10);
  };
  return process_facts{.resident_bytes = field(24) * page_bytes,
                       .threads = field(20),
                       .cpu_seconds = static_cast<double>(field(14) + field(15))
                                      / static_cast<double>(ticks_per_second)};
}

} // namespace flwr
