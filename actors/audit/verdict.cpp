#include "actors/audit/verdict.hpp"

#include <algorithm>

namespace flwr {
namespace {

const finding* first_of(verdict kind, std::span<const finding> findings) {
  auto found = std::ranges::find(findings, kind, &finding::kind);
  return found == findings.end() ? nullptr : &*found;
}

const finding* first_of(verdict kind, const run_report& report) {
  if (auto found = first_of(kind, report.findings))
    return found;
  for (const auto& round : report.rounds)
    if (auto found = first_of(kind, round.findings))
      return found;
  return nullptr;
}

} // namespace

verdict verdict_of(std::span<const finding> findings) {
  auto worst = verdict::proven;
  for (const auto& each : findings)
    worst = std::max(worst, each.kind);
  return worst;
}

verdict verdict_of(const run_report& report) {
  auto cause = cause_of(report);
  return cause ? cause->kind : verdict::proven;
}

const finding* cause_of(const run_report& report) {
  auto wrong = first_of(verdict::wrong, report);
  return wrong ? wrong : first_of(verdict::missing, report);
}

} // namespace flwr
