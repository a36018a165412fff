#include "actors/chain/run_views.hpp"

#include "actors/chain/abi_words.hpp"

namespace flwr {
namespace {

using words = std::span<const uint8_t>;

template <class... Arguments>
bytes question_with(std::string_view signature, const Arguments&... arguments) {
  auto first = selector_of(signature);
  bytes data{first.begin(), first.end()};
  append_words(data, arguments...);
  return data;
}

/// What `read` finds, if nothing is left behind it.
template <class Read>
auto whole(std::string_view signature, words returned, Read read)
  -> expected<typename std::invoke_result_t<Read, words&>::value_type> {
  auto answer = read(returned);
  if (!answer || !returned.empty())
    return make_error(ec::corrupt, "the answer to " + std::string{signature}
                                     + " has another length or a value out of range: is this the "
                                       "contract of a run?");
  return *answer;
}

std::optional<uint64_t> read_number(words& from) { return read_uint64(from); }

std::optional<chain_seconds> read_seconds(words& from) {
  auto count = read_uint64(from);
  return count ? std::optional{chain_seconds{*count}} : std::nullopt;
}

std::optional<run_codecs> read_codecs(words& from) {
  auto both = read_uint64(from, UINT16_MAX);
  if (!both)
    return std::nullopt;
  auto models = run_codec(*both >> 8);
  auto description = run_codec(*both & 0xff);
  return models && description ? std::optional{run_codecs{*models, *description}} : std::nullopt;
}

/// A dynamic array alone: its offset, its length, its elements, whose number is that of the bytes.
template <class T>
std::optional<std::vector<T>> read_array(words& from, std::optional<T> (*read)(words&)) {
  auto offset = read_uint64(from);
  auto length = read_uint64(from);
  if (offset != 32u || !length || *length != from.size() / 32)
    return std::nullopt;
  std::vector<T> elements;
  elements.reserve(*length);
  for (uint64_t i = 0; i < *length; ++i) {
    auto element = read(from);
    if (!element)
      return std::nullopt;
    elements.push_back(*element);
  }
  return elements;
}

} // namespace

bytes question(std::string_view signature) {
  auto first = selector_of(signature);
  return {first.begin(), first.end()};
}

bytes question(std::string_view signature, uint64_t round) {
  return question_with(signature, round);
}

bytes question(std::string_view signature, const address& who) {
  return question_with(signature, who);
}

bytes question(std::string_view signature, uint64_t round, const address& who) {
  return question_with(signature, round, who);
}

expected<bool> answer_in(const run_view<bool>& view, words returned) {
  return whole(view.signature, returned, read_bool);
}

expected<uint64_t> answer_in(const run_view<uint64_t>& view, words returned) {
  return whole(view.signature, returned, read_number);
}

expected<chain_seconds> answer_in(const run_view<chain_seconds>& view, words returned) {
  return whole(view.signature, returned, read_seconds);
}

expected<address> answer_in(const run_view<address>& view, words returned) {
  return whole(view.signature, returned, read_address);
}

expected<hash256> answer_in(const run_view<hash256>& view, words returned) {
  return whole(view.signature, returned, read_hash256);
}

expected<run_codecs> answer_in(const run_view<run_codecs>& view, words returned) {
  return whole(view.signature, returned, read_codecs);
}

expected<std::vector<hash256>> answer_in(const run_view<std::vector<hash256>>& view,
                                         words returned) {
  return whole(view.signature, returned,
               [](words& from) { return read_array<hash256>(from, read_hash256); });
}

expected<std::vector<address>> answer_in(const run_view<std::vector<address>>& view,
                                         words returned) {
  return whole(view.signature, returned,
               [](words& from) { return read_array<address>(from, read_address); });
}

} // namespace flwr
