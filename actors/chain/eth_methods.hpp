/// What the embedded ledger answers to Ethereum's JSON-RPC, as functions over the ledger: all of
/// docs/protocol.md, section 7, that only asks. One thread at a time.
#pragma once

#include "actors/chain/embedded_ledger.hpp"
#include "actors/chain/json_rpc.hpp"

#include <optional>
#include <string_view>
#include <variant>

namespace flwr::eth {

using outcome = std::variant<boost::json::value, json_rpc::failure>;

/// The answer to a method that only asks; nothing if there is no such one.
std::optional<outcome> answer(const embedded_ledger&, std::string_view method,
                              const boost::json::array& params);

/// A filter of logs: addresses and, by position, topics, any of which will do; none: all will.
struct log_filter {
  std::vector<address> emitters;
  std::vector<std::vector<hash256>> topics;
  uint64_t first_block = 0, last_block = UINT64_MAX;

  bool takes(const log&) const;
};

/// Reads a filter object; blocks by number, tag or hash.
std::variant<log_filter, json_rpc::failure> log_filter_in(const embedded_ledger&,
                                                          const boost::json::value&);

/// The logs that a filter takes, as JSON.
boost::json::array logs_json(const embedded_ledger&, const log_filter&);

} // namespace flwr::eth
