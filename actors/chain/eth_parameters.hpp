/// The parameters of a call to Ethereum's JSON-RPC. Pure; any thread.
#pragma once

#include "actors/chain/embedded_ledger.hpp"
#include "actors/chain/json_rpc.hpp"

#include <optional>
#include <string>

namespace flwr::eth {

/// Reads parameters by their places. The first one that is missing or wrong is kept; from then on
/// values mean nothing.
class parameters_reader {
public:
  parameters_reader(const embedded_ledger& ledger, const boost::json::array& params)
    : ledger_(ledger), params_(params) {}

  const std::optional<json_rpc::failure>& failure() const { return failure_; }

  bool has(size_t place) const;
  bool flag(size_t place, bool fallback);
  uint64_t number(size_t place);
  address account(size_t place);
  hash256 hash(size_t place);
  const boost::json::value& value(size_t place);

  /// A block's number by quantity, tag or object (EIP-1898); `latest` where there is none. A block
  /// that there isn't has the number after the head.
  uint64_t block(size_t place);

  /// A transaction object, and its block as the next parameter.
  call_request call(size_t place);

  void refuse(const std::string& why);

private:
  std::string_view text(size_t place);
  bytes data_of(const boost::json::object& from);
  u256 value_of(const boost::json::object& from);
  std::optional<address> address_of(const boost::json::object& from, std::string_view key);

  const embedded_ledger& ledger_;
  const boost::json::array& params_;
  std::optional<json_rpc::failure> failure_;
};

/// The number that a block parameter means; nothing if it is none.
std::optional<uint64_t> block_number_in(const embedded_ledger&, const boost::json::value&);

} // namespace flwr::eth
