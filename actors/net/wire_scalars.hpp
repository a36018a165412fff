/// Flower's config and metrics maps, and our own words among them. Pure; any thread.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"
#include "proto/transport.pb.h"

#include <google/protobuf/map.h>

#include <string_view>

namespace flwr::wire {

using scalar_map = google::protobuf::Map<std::string, proto::Scalar>;

/// What starts our own keys: "flwr_actor.".
inline constexpr std::string_view own_prefix = "flwr_actor.";

/// Adds the values; not those with a key of our own, which nobody else may set.
void append_scalars(const scalars&, scalar_map& to);

/// Sets one of our own words: "round" is the key flwr_actor.round.
void set_own(scalar_map& to, std::string_view word, const scalar& value);

/// The values without our own words.
/// @errors  corrupt -- a scalar without a value, or a number over 2^63 - 1: names it.
expected<scalars> scalars_in(const scalar_map&);

/// Reads our own words. The first one that is missing or wrong goes to the shared error.
class own_words {
public:
  own_words(const scalar_map& from, caf::error& failure) : from_(from), failure_(failure) {}

  bool has(std::string_view word) const;
  uint64_t number(std::string_view word);
  std::string text(std::string_view word);
  content_id content(std::string_view word);

  /// Bytes of a fixed length: a digest, an address, a signature.
  template <class Array>
  Array fixed(std::string_view word) {
    Array value{};
    auto found = raw(word);
    if (found.size() == value.size())
      std::copy(found.begin(), found.end(), value.begin());
    else
      refuse(word, "has another length than it must have");
    return value;
  }

private:
  const proto::Scalar* find(std::string_view word, int kind);
  std::string raw(std::string_view word);
  void refuse(std::string_view word, const std::string& why);

  const scalar_map& from_;
  caf::error& failure_;
};

} // namespace flwr::wire
