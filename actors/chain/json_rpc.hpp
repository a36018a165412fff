/// JSON-RPC 2.0 (https://www.jsonrpc.org/specification) over Boost.JSON. All pure; any thread.
#pragma once

#include "messages/error.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace flwr::json_rpc {

/// What can go wrong with a call, by the numbers that libraries know.
struct failure {
  int code = -32000;
  std::string message;
  boost::json::value data; ///< Null: none.
};

inline failure method_unknown(std::string_view method) {
  return {-32601, "the method " + std::string{method} + " does not exist/is not available", {}};
}
inline failure wrong_parameter(std::string message) { return {-32602, std::move(message), {}}; }

/// One call, or why it is none: then the answer has this failure.
struct call {
  boost::json::value id; ///< Null where there is none, or it can't be told.
  std::string method;
  boost::json::array params;
  std::variant<std::monostate, failure> broken;
  bool is_notification = false; ///< It has no id, and gets no answer.
};

/// What a body asks for.
struct request {
  std::vector<call> calls;
  bool is_batch = false;
};

inline constexpr size_t max_batch = 1000;
inline constexpr size_t max_depth = 32;

/// Whether a body is meant as a batch, without reading it.
bool is_batch(std::string_view body);

/// Reads a body. What isn't JSON, or a batch that is empty or too long, comes back as one broken
/// call.
request read(std::string_view body);

/// The answer to a call.
boost::json::object result_of(const call&, boost::json::value result);
boost::json::object failure_of(const call&, const failure&);

/// The body of the answers, in the calls' order; empty if all calls are notifications.
std::string write(const request&, const std::vector<std::string>& answers);

/// A call as a client sends it.
std::string ask(uint64_t id, std::string_view method, boost::json::array params);

/// What a node answered to call `id`.
/// @errors  corrupt -- no such answer; rejected -- the node's failure: its message, and in the
///          error's words its data where there are any.
struct answer {
  boost::json::value result;
  std::variant<std::monostate, failure> failed;
};
expected<answer> read_answer(std::string_view body, uint64_t id);

} // namespace flwr::json_rpc
