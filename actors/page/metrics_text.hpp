#pragma once

#include "actors/page/run_board.hpp"
#include "actors/runtime/process_facts.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flwr {

/// What else there is to measure when somebody asks.
struct vital_signs {
  process_facts process;
  uint64_t listeners = 0;                         ///< Pages that are open.
  std::optional<double> longest_callback_seconds; ///< Nothing without a gRPC port.
};

/// The content type of such a text.
inline constexpr std::string_view metrics_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// A run in Prometheus' text format; docs/formats.md has the names. Pure.
/// @source  https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4.
std::string metrics_text(const run_board&, const vital_signs&);

/// A label's value with \, " and line breaks escaped.
std::string label_value(std::string_view);

} // namespace flwr
