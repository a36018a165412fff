/// Recursive Length Prefix, how Ethereum's consensus layer spells data: yellow paper, appendix B.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <span>
#include <vector>

namespace flwr {

/// The encoding of a string of bytes. Pure, as everything here; any thread.
bytes rlp_encode(std::span<const uint8_t> string);

/// The encoding of a number: its bytes, the high one first, without leading zeros.
bytes rlp_encode(const u256& number);

/// A list under construction: items in order.
class rlp_list {
public:
  /// Adds a string of bytes: an address and a hash are such, too.
  rlp_list& add(std::span<const uint8_t> string);

  /// Adds a number, as rlp_encode spells it.
  rlp_list& add(const u256& number);

  /// Adds a list as one item.
  rlp_list& add(const rlp_list& list);

  /// Adds what is encoded already.
  rlp_list& add_encoded(std::span<const uint8_t> item);

  /// The encoding of the list as it is now.
  bytes encode() const;

private:
  bytes payload_;
};

/// A decoded item. The view is into what it was decoded from.
struct rlp_item {
  bool is_list = false;
  std::span<const uint8_t> string; ///< Of a string.
  std::vector<rlp_item> items;     ///< Of a list.
};

constexpr size_t max_rlp_bytes = size_t{1} << 17; ///< Nodes' limit of a transaction.
constexpr size_t max_rlp_depth = 16;              ///< Lists in lists; a transaction has 4.
/// An item takes 50 bytes of memory, if but one of data. A transaction that is nothing but an
/// access list has 17,100; a block, 800 transactions.
constexpr size_t max_rlp_items = size_t{1} << 15;

/// Decodes exactly one item, strictly: what is accepted is the only encoding of its value.
/// @errors  corrupt -- a length is cut short, longer than need be or wrong, a byte below 0x80 has a
///          prefix, bytes follow, or a limit is passed; says where.
expected<rlp_item> rlp_decode(std::span<const uint8_t> data, size_t max_bytes = max_rlp_bytes);

} // namespace flwr
