/// Numbers and bytes as Ethereum's JSON-RPC spells them:
/// https://ethereum.github.io/execution-apis/. All pure; any thread.
#pragma once

#include "actors/hash/hex.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"
#include "messages/u256.hpp"

#include <boost/json/fwd.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace flwr::eth {

/// "0x0", "0x41": no leading zeros.
std::string quantity(const u256&);

/// Reads a quantity of at most 256 bits; digits of either case. Nothing if it isn't one.
std::optional<u256> quantity_in(std::string_view);

/// The same where 64 bits must do.
std::optional<uint64_t> number_in(std::string_view);

/// "0x" and two digits a byte; digits of either case. Nothing if it isn't that.
std::optional<bytes> data_in(std::string_view);

/// The same of a fixed length: an address, a hash.
template <class Array>
std::optional<Array> fixed_in(std::string_view text) {
  auto raw = data_in(text);
  if (!raw || raw->size() != Array{}.size())
    return std::nullopt;
  Array value{};
  std::copy(raw->begin(), raw->end(), value.begin());
  return value;
}

/// Reads members of an answer, whose first fault goes to the shared error.
class answer_fields {
public:
  /// @param subject  For the words of errors: "eth_getBlockByNumber".
  answer_fields(const boost::json::value& object, std::string subject, caf::error& failure);

  bool is_null(std::string_view key) const;
  uint64_t number(std::string_view key);
  u256 quantity(std::string_view key);
  bytes data(std::string_view key);
  const boost::json::array& list(std::string_view key);

  template <class Array>
  Array fixed(std::string_view key) {
    auto value = fixed_in<Array>(text(key));
    if (!value)
      refuse(key, "isn't 0x and " + std::to_string(2 * Array{}.size()) + " digits");
    return value.value_or(Array{});
  }

  void refuse(std::string_view key, const std::string& why);

private:
  std::string_view text(std::string_view key);

  const boost::json::object* members_;
  std::string subject_;
  caf::error& failure_;
};

} // namespace flwr::eth
