#include "actors/chain/eth_conversation.hpp"

#include <utility>

namespace flwr {
namespace {

constexpr size_t max_answer_bytes = 25 << 20;

} // namespace

eth_conversation::eth_conversation(std::string_view body, web_socket_ptr socket,
                                   std::function<void(std::string)> reply)
  : asked_(json_rpc::read(body)), socket_(std::move(socket)), reply_(std::move(reply)) {}

void eth_conversation::begin(answerer answer) {
  answer_ = std::move(answer);
  go_on();
}

void eth_conversation::put(const boost::json::object& answer) {
  texts_.push_back(boost::json::serialize(answer));
  text_bytes_ += texts_.back().size();
  go_on();
}

// A loop and no recursion, where calls are answered at once.
void eth_conversation::go_on() {
  if (std::exchange(is_going_on_, true))
    return;
  while (begun_ == texts_.size() && begun_ < asked_.calls.size()) {
    ++begun_;
    answer_next();
  }
  is_going_on_ = false;
  if (texts_.size() == asked_.calls.size())
    std::exchange(reply_, [](std::string) {})(json_rpc::write(asked_, texts_));
}

void eth_conversation::answer_next() {
  if (text_bytes_ > max_answer_bytes)
    return fail({-32003, "response too large", {}});
  if (auto* broken = std::get_if<json_rpc::failure>(&call().broken))
    return fail(*broken);
  answer_(shared_from_this());
}

} // namespace flwr
