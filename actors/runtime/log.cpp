#include "actors/runtime/log.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

namespace flwr {
namespace {

constexpr std::array<std::string_view, 4> names{"debug", "info", "warning", "error"};

spdlog::level::level_enum spdlog_level(log_level level) {
  return spdlog::level::from_str(std::string{names[static_cast<size_t>(level)]});
}

} // namespace

std::optional<log_level> log_level_from_text(std::string_view text) {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == text)
      return static_cast<log_level>(i);
  return std::nullopt;
}

void init_log(log_level least) {
  auto* no_color = std::getenv("NO_COLOR");
  auto color = no_color && *no_color ? spdlog::color_mode::never : spdlog::color_mode::automatic;
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(color);
  auto logger = std::make_shared<spdlog::logger>("flwr-actor", std::move(sink));
  logger->set_pattern("%H:%M:%S %^%l%$ %v");
  logger->set_level(spdlog_level(least));
  spdlog::set_default_logger(std::move(logger));
}

void log(log_level level, std::string_view text) { spdlog::log(spdlog_level(level), "{}", text); }

} // namespace flwr
