#include "actors/chain/run_events.hpp"

#include "actors/chain/abi_words.hpp"

#include <algorithm>

namespace flwr {
namespace {

constexpr std::string_view round_committed_signature =
  "RoundCommitted(uint64,address,bytes32,bytes32,uint32,bytes32,uint8,bytes32,uint256)";
constexpr std::string_view update_submitted_signature =
  "UpdateSubmitted(uint64,address,bytes32,bytes32,uint64)";
constexpr std::string_view trainer_added_signature = "TrainerAdded(address)";
constexpr std::string_view aggregator_changed_signature = "AggregatorChanged(address,address)";
constexpr std::string_view ownership_transferred_signature =
  "OwnershipTransferred(address,address)";

/// The topics behind the first, then the data: every event is a row of words.
bytes words_of(const log& from) {
  bytes words;
  for (size_t i = 1; i < from.topics.size(); ++i)
    append_words(words, from.topics[i]);
  words.insert(words.end(), from.data.begin(), from.data.end());
  return words;
}

std::optional<run_event> round_committed_in(std::span<const uint8_t> words) {
  auto round = read_uint64(words);
  auto aggregator = read_address(words);
  auto base = read_hash256(words);
  auto root = read_hash256(words);
  auto updates = read_uint64(words, UINT32_MAX);
  auto manifest = read_hash256(words);
  auto codec_number = read_uint64(words, UINT8_MAX);
  auto encoding = codec_number ? run_codec(*codec_number) : std::nullopt;
  auto model = read_hash256(words);
  auto previous = read_uint64(words);
  if (!(round && aggregator && base && root && updates && manifest && encoding && model
        && previous))
    return std::nullopt;
  return round_committed{{*round, *base, *root, static_cast<uint32_t>(*updates),
                          content_id{*manifest, *encoding, 1}, *model},
                         *aggregator,
                         *previous};
}

std::optional<run_event> update_submitted_in(std::span<const uint8_t> words) {
  auto round = read_uint64(words);
  auto trainer = read_address(words);
  auto base = read_hash256(words);
  auto model = read_hash256(words);
  auto num_examples = read_uint64(words);
  if (!(round && trainer && base && model && num_examples))
    return std::nullopt;
  return update_submitted{{*round, *base, *model, *num_examples}, *trainer};
}

std::optional<run_event> trainer_added_in(std::span<const uint8_t> words) {
  auto trainer = read_address(words);
  return trainer ? std::optional<run_event>{trainer_added{*trainer}} : std::nullopt;
}

template <class Change>
std::optional<run_event> change_in(std::span<const uint8_t> words) {
  auto previous = read_address(words);
  auto current = read_address(words);
  if (!previous || !current)
    return std::nullopt;
  return Change{*previous, *current};
}

struct event_form {
  std::string_view signature;
  size_t topics;
  size_t data_words;
  std::optional<run_event> (*read)(std::span<const uint8_t> words);
};

constexpr event_form forms[] = {
  {round_committed_signature, 3, 7, round_committed_in},
  {update_submitted_signature, 3, 3, update_submitted_in},
  {trainer_added_signature, 2, 0, trainer_added_in},
  {aggregator_changed_signature, 3, 0, change_in<aggregator_changed>},
  {ownership_transferred_signature, 3, 0, change_in<ownership_transferred>},
};

template <class... Topics>
log new_log(const address& emitter, std::string_view signature, const Topics&... topics) {
  return {emitter, {event_topic(signature), abi_word(topics)...}, {}};
}

struct log_writer {
  const address& emitter;

  log operator()(const round_committed& event) const {
    const auto& what = event.what;
    auto to = new_log(emitter, round_committed_signature, what.round, event.aggregator);
    append_words(to.data, what.base, what.updates_root, uint64_t{what.updates},
                 what.manifest.digest, uint64_t(what.manifest.encoding), what.model,
                 event.previous_block);
    return to;
  }

  log operator()(const update_submitted& event) const {
    const auto& what = event.what;
    auto to = new_log(emitter, update_submitted_signature, what.round, event.trainer);
    append_words(to.data, what.base, what.model, what.num_examples);
    return to;
  }

  log operator()(const trainer_added& event) const {
    return new_log(emitter, trainer_added_signature, event.trainer);
  }

  log operator()(const aggregator_changed& event) const {
    return new_log(emitter, aggregator_changed_signature, event.previous, event.current);
  }

  log operator()(const ownership_transferred& event) const {
    return new_log(emitter, ownership_transferred_signature, event.previous, event.current);
  }
};

} // namespace

hash256 round_committed_topic() { return event_topic(round_committed_signature); }

hash256 update_submitted_topic() { return event_topic(update_submitted_signature); }

expected<run_event> run_event_in(const log& from) {
  auto form = std::ranges::find_if(forms, [&](const auto& each) {
    return !from.topics.empty() && from.topics[0] == event_topic(each.signature);
  });
  if (form == std::end(forms))
    return make_error(ec::rejected, "a log that is no event of FederatedRun");
  auto named = "a log of " + std::string{form->signature};
  if (from.topics.size() != form->topics || from.data.size() != 32 * form->data_words)
    return make_error(ec::corrupt, named + " with too few or too many topics or bytes");
  auto event = form->read(words_of(from));
  if (!event)
    return make_error(ec::corrupt, named + " with a value that is out of its type's range");
  return *event;
}

log log_of(const run_event& event, const address& emitter) {
  return std::visit(log_writer{emitter}, event);
}

} // namespace flwr
