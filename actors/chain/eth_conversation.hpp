#pragma once

#include "actors/chain/json_rpc.hpp"
#include "actors/http/http_server.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flwr {

/// A body of JSON-RPC that is being answered: call by call, so that a long batch takes its turns
/// with others. Answers of more than 25 MiB in all are refused, as geth does. One thread at a time.
class eth_conversation : public std::enable_shared_from_this<eth_conversation> {
public:
  /// Answers the call by `put`, at once or later.
  using answerer = std::function<void(const std::shared_ptr<eth_conversation>&)>;

  /// @param socket  Who asks; null over HTTP.
  /// @param reply   Called once, with the body of the answers; empty if none is owed.
  eth_conversation(std::string_view body, web_socket_ptr socket,
                   std::function<void(std::string)> reply);

  void begin(answerer answer);

  /// The call that is to be answered.
  const json_rpc::call& call() const { return asked_.calls[texts_.size()]; }
  const web_socket_ptr& socket() const { return socket_; }

  void succeed(boost::json::value result) { put(json_rpc::result_of(call(), std::move(result))); }
  void fail(const json_rpc::failure& why) { put(json_rpc::failure_of(call(), why)); }

private:
  void put(const boost::json::object& answer);
  void go_on();
  void answer_next();

  json_rpc::request asked_;
  web_socket_ptr socket_;
  std::function<void(std::string)> reply_;
  answerer answer_;
  std::vector<std::string> texts_; ///< Of the answers so far.
  size_t text_bytes_ = 0;
  size_t begun_ = 0;
  bool is_going_on_ = false;
};

using eth_conversation_ptr = std::shared_ptr<eth_conversation>;

} // namespace flwr
