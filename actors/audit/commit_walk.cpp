#include "actors/audit/commit_walk.hpp"

#include "actors/audit/chain_reader.hpp"

#include <algorithm>

namespace flwr {
namespace {

std::optional<placed_commit> commit_in(const placed_log& log, const inquiry& note) {
  auto event = note.take("log", run_event_in(log.what));
  auto commit = event ? std::get_if<round_committed>(&*event) : nullptr;
  if (event && !commit)
    note.wrong("log", "one of a commit", "another event's");
  return commit ? std::optional{placed_commit{*commit, log}} : std::nullopt;
}

class commit_walk {
public:
  commit_walk(const evidence& from, const inquiry& note, run_on_chain& run, uint64_t last_round,
              uint64_t last_block)
    : from_(from), note_(note), run_(run), round_(last_round), block_(last_block) {}

  bool run_down() {
    while (round_ > 0)
      if (!read_block())
        return false;
    std::ranges::reverse(run_.commits);
    return note_.same("block before the first commit", run_.start_block, block_);
  }

private:
  /// A block may hold several commits.
  bool read_block() {
    auto here = block_;
    auto note = note_.of(round_);
    auto logs = note.take("commits in block " + shown(here),
                          from_.logs({run_.contract, round_committed_topic(), here, here}));
    if (!logs)
      return false;
    if (logs->empty()) {
      note.wrong("commit", "a log in block " + shown(here), "none");
      return false;
    }
    for (auto i = logs->size(); i-- > 0;)
      if (!take((*logs)[i], here) || !check_before(here, i == 0))
        return false;
    return true;
  }

  bool take(const placed_log& log, uint64_t here) {
    auto note = note_.of(round_);
    auto commit = commit_in(log, note);
    if (!commit || !note.same("committed round", round_, commit->event.what.round)
        || !note.same("log's emitter", run_.contract, log.what.emitter)
        || !note.same("log's block", here, log.block.number))
      return false;
    block_ = commit->event.previous_block;
    run_.commits.push_back(*commit);
    return true;
  }

  /// Whether the block that the last one taken names can be that of the commit before.
  bool check_before(uint64_t here, bool first_in_block) {
    auto note = note_.of(round_--);
    if (!first_in_block)
      return note.same("block of the commit before", here, block_);
    if (round_ == 0 || block_ < here)
      return true;
    note.wrong("block of the commit before", "one below " + shown(here), shown(block_));
    return false;
  }

  const evidence& from_;
  inquiry note_;
  run_on_chain& run_;
  uint64_t round_; // Of the next commit to be taken.
  uint64_t block_; // Where it has to be.
};

} // namespace

bool walk_commits(const evidence& from, const inquiry& note, run_on_chain& run) {
  auto committed = ask(from, run, note, run_view_committed);
  auto last_block = ask(from, run, note, run_view_last_commit_block);
  return committed && last_block
         && commit_walk{from, note, run, *committed, *last_block}.run_down();
}

} // namespace flwr
