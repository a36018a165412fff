#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <boost/json/fwd.hpp>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace flwr {

/// Reads a JSON object's members by their names. The first thing that is wrong goes to the error
/// that all readers of a document share; from then on values mean nothing.
///
/// @errors  corrupt -- a member that is missing, unknown, of the wrong kind or out of range; the
///          words name it: "run description: learner.batch_size is '0'; use 1 or more".
class json_fields {
public:
  /// @param subject  "run description: ", for the words of errors.
  /// @param failure  Must outlive this, as `object` must.
  json_fields(const boost::json::value& object, std::string subject, caf::error& failure);

  bool has(std::string_view key) const;

  std::string text(std::string_view key);
  uint64_t integer(std::string_view key, uint64_t min = 0,
                   uint64_t max = std::numeric_limits<uint64_t>::max());
  content_id content(std::string_view key);
  bytes raw(std::string_view key); ///< As "0x" and lower-case digits.
  scalars typed_map(std::string_view key);
  const boost::json::array& list(std::string_view key);
  json_fields object(std::string_view key);

  /// The same of a fixed length: an address, a digest, a signature.
  template <class Array>
  Array fixed(std::string_view key) {
    Array value{};
    auto found = raw(key);
    if (found.size() == value.size())
      std::ranges::copy(found, value.begin());
    else
      refuse(key, "isn't 0x and " + std::to_string(2 * value.size()) + " hex digits");
    return value;
  }

  /// The typed scalar of type T (`double`, `bool`, ...) under `key`.
  template <class T>
  T typed(std::string_view key) {
    auto value = typed_value(key);
    if (auto found = std::get_if<T>(&value))
      return *found;
    refuse(key, "has another type than it must have");
    return {};
  }

  /// Notes that the member breaks a rule of the caller's.
  void refuse(std::string_view key, const std::string& why);

  /// Refuses whatever wasn't asked for. Call it last.
  void end();

  /// Subject and path of a member: "run description: model.layout".
  std::string where(std::string_view key) const { return subject_ + std::string{key}; }

private:
  const boost::json::value* take(std::string_view key);
  scalar typed_value(std::string_view key);

  const boost::json::object& members_;
  std::string subject_;
  caf::error& failure_;
  std::set<std::string, std::less<>> taken_;
};

/// A whole number in decimal digits, without sign and leading zeros.
std::optional<uint64_t> parse_decimal(std::string_view text);

} // namespace flwr
