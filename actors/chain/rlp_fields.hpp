#pragma once

#include "actors/chain/rlp.hpp"
#include "messages/error.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace flwr {

/// Reads a list's items in order, each as what it has to be, and remembers the first that isn't.
/// `name` is for that error's words. Not thread-safe; the list must outlive it.
class rlp_fields {
public:
  /// An item that is no list is the first failure.
  explicit rlp_fields(const rlp_item& list);

  /// A number that fits, without leading zeros.
  rlp_fields& take(std::string_view name, uint64_t& to);
  rlp_fields& take(std::string_view name, u256& to);

  /// A string of any length.
  rlp_fields& take(std::string_view name, bytes& to);

  /// Nothing, or 20 bytes.
  rlp_fields& take(std::string_view name, std::optional<address>& to);

  /// Exactly N bytes: an address, a hash.
  template <size_t N>
  rlp_fields& take(std::string_view name, std::array<uint8_t, N>& to) {
    return take_exactly(name, to);
  }

  /// A list, whose items `read` takes from the rlp_fields that it is called with.
  template <class Reader>
  rlp_fields& take_list(std::string_view name, Reader read) {
    if (auto item = next(name, true)) {
      rlp_fields inner{*item};
      read(inner);
      adopt(inner.finish());
    }
    return *this;
  }

  /// Whether items are left and nothing has failed.
  bool has_more() const { return !failure_ && !rest_.empty(); }

  /// Holds unless a field was not what it had to be, or items are left.
  /// @errors  corrupt -- names the first such field.
  expected<void> finish();

private:
  rlp_fields& take_exactly(std::string_view name, std::span<uint8_t> to);
  const rlp_item* next(std::string_view name, bool is_list);
  std::optional<u256> next_number(std::string_view name, size_t most_bytes);
  void adopt(const expected<void>& inner);
  void fail(std::string_view name, const char* why);

  std::span<const rlp_item> rest_;
  caf::error failure_;
};

} // namespace flwr
