#include "apps/tool_status.hpp"

#include "actors/audit/journal_bodies.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/runtime/journal_file.hpp"
#include "actors/runtime/run_directory.hpp"
#include "apps/option_values.hpp"
#include "apps/run_files.hpp"
#include "apps/tool_files.hpp"

#include <boost/json.hpp>

#include <limits>
#include <utility>

namespace flwr {
namespace {

namespace json = boost::json;

caf::error broken(const std::filesystem::path& file, const std::string& what) {
  return make_error(ec::corrupt, file.string() + ": " + what);
}

expected<void> add_journal(const std::filesystem::path& path, run_status& status) {
  auto journal = journal_file::open(path, journal_access::read_only);
  if (!journal)
    return std::move(journal.error());
  auto meta = journal->meta();
  auto rounds = parse_count(meta["rounds"], 1, std::numeric_limits<uint64_t>::max());
  if (!rounds)
    return broken(path, "no number of rounds in it");
  status.rounds = *rounds;
  status.model_cid = meta["genesis"];
  if (meta["chain_id"] != "0")
    status.contract = meta["contract"];
  std::optional<journal_entry> last;
  auto read = journal->for_each([&](const journal_entry& entry) {
    if (entry.kind == "finished")
      status.state = "finished";
    if (entry.kind != "closed")
      return;
    ++status.rounds_done;
    last = entry;
  });
  if (!read || !last)
    return read;
  auto closed = decode_closed(*last);
  if (!closed)
    return broken(path, render(closed.error()));
  status.model_cid = to_text(closed->model);
  return read;
}

/// Of the last round that says so; no history yet is no error.
expected<void> add_history(const std::filesystem::path& path, run_status& status) {
  if (!std::filesystem::exists(path))
    return caf::unit;
  auto text = read_file(path);
  if (!text)
    return std::move(text.error());
  json::error_code failure;
  auto document = json::parse({reinterpret_cast<const char*>(text->data()), text->size()}, failure);
  auto fields = failure ? nullptr : document.if_object();
  auto rounds = fields ? fields->if_contains("rounds") : nullptr;
  if (!rounds || !rounds->is_array())
    return broken(path, "isn't a history (flwr-actor/run/1)");
  auto number = [](const json::value& round, const char* key) -> std::optional<double> {
    auto line = round.if_object();
    auto value = line ? line->if_contains(key) : nullptr;
    return value && value->is_number() ? std::optional{value->to_number<double>()} : std::nullopt;
  };
  for (const auto& round : rounds->get_array()) {
    auto which = number(round, "round"), loss = number(round, "loss");
    if (!which || !loss)
      continue;
    status.tested_round = static_cast<uint64_t>(*which);
    status.loss = loss;
    status.accuracy = number(round, "accuracy");
  }
  return caf::unit;
}

json::value number_or_null(const std::optional<double>& value) {
  return value ? json::value(*value) : json::value(nullptr);
}

} // namespace

expected<run_status> read_status(const std::filesystem::path& state_dir,
                                 std::optional<uint64_t> run) {
  auto directory = run_directory::open_read_only(state_dir);
  if (!directory)
    return std::move(directory.error());
  auto newest = directory->newest_run();
  if (!newest)
    return std::move(newest.error());
  auto folder = directory->run(run.value_or(*newest));
  if (!folder)
    return std::move(folder.error());
  run_status status;
  status.run = folder->number;
  auto working = folder->number == *newest && directory->in_use();
  status.state = working ? "running" : "unfinished";
  if (auto read = add_journal(folder->path / journal_name, status); !read)
    return read.error();
  if (auto read = add_history(folder->path / history_json_name, status); !read)
    return read.error();
  return status;
}

std::string to_text(const run_status& status) {
  auto text = "run " + std::to_string(status.run) + ": " + status.state + ", "
              + std::to_string(status.rounds_done) + " of " + std::to_string(status.rounds)
              + " rounds done\n";
  if (status.loss)
    text += "loss:     " + shortest(*status.loss) + " (round "
            + std::to_string(*status.tested_round) + ")\n";
  if (status.accuracy)
    text += "accuracy: " + shortest(*status.accuracy) + "\n";
  if (!status.contract.empty())
    text += "contract: " + status.contract + "\n";
  return text + "model:    " + status.model_cid + "\n";
}

std::string to_json(const run_status& status) {
  return json::serialize(json::object{
    {"schema", "flwr-actor/status/1"},
    {"run", status.run},
    {"state", status.state},
    {"rounds", status.rounds},
    {"rounds_done", status.rounds_done},
    {"contract", status.contract.empty() ? json::value(nullptr) : json::value(status.contract)},
    {"model_cid", status.model_cid},
    {"tested_round",
     status.tested_round ? json::value(*status.tested_round) : json::value(nullptr)},
    {"loss", number_or_null(status.loss)},
    {"accuracy", number_or_null(status.accuracy)},
  });
}

} // namespace flwr
