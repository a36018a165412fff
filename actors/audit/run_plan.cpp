#include "actors/audit/run_plan.hpp"

#include "actors/audit/canonical_json.hpp"
#include "actors/audit/checked_blob.hpp"
#include "actors/fl/layouts.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/safetensors.hpp"

namespace flwr {
namespace {

std::optional<run_plan> read_description(const evidence& from, const run_on_chain& run,
                                         const inquiry& note) {
  // Which profile it was stored by, it says itself.
  constexpr unixfs_profile any[]{unixfs_v1_2025, unixfs_v0_2015};
  auto blob = checked_blob(from, note, "description", run.terms.description, max_json_bytes, any);
  if (!blob)
    return std::nullopt;
  auto what = note.take(
    "description", decode_description({reinterpret_cast<const char*>(blob->data()), blob->size()}));
  auto profile = what ? unixfs_profile_from(what->ipfs_profile) : std::nullopt;
  return profile ? std::optional{run_plan{std::move(*what), *profile}} : std::nullopt;
}

void check_ledger_mode(const run_plan& plan, const inquiry& note) {
  if (plan.what.ledger != "commit")
    note.failed("ledger", make_error(ec::missing, "the description says " + plan.what.ledger
                                                    + ": this version doesn't check what trainers "
                                                      "submit by themselves, only commits"));
}

bool check_genesis(const evidence& from, const run_on_chain& run, const run_plan& plan,
                   const inquiry& note) {
  const auto& layout = plan.what.model.layout;
  if (auto usable = can_average(*layout); !usable) {
    note.failed("description's layout", usable.error());
    return false;
  }
  auto blob = checked_blob(from, note, "genesis model", run.terms.genesis, layout->file_bytes,
                           {&plan.profile, 1});
  return blob && note.take("genesis model", parameters_from(layout, blob));
}

} // namespace

std::optional<run_plan> read_plan(const evidence& from, const run_on_chain& run,
                                  uint64_t max_model_bytes, const inquiry& note) {
  auto plan = read_description(from, run, note);
  if (!plan
      || !note.same("description's genesis", as_version_1(run.terms.genesis),
                    as_version_1(plan->what.model.genesis)))
    return std::nullopt;
  check_ledger_mode(*plan, note);
  auto size = plan->what.model.layout->file_bytes;
  if (size > max_model_bytes) {
    note.failed("models", make_error(ec::missing, "they have " + shown(size)
                                                    + " bytes; checked are those of up to "
                                                    + shown(max_model_bytes)));
    return std::nullopt;
  }
  return check_genesis(from, run, *plan, note) ? plan : std::nullopt;
}

} // namespace flwr
