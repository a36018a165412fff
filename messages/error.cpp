#include "messages/error.hpp"

#include <utility>

namespace flwr {
namespace {

const char* words(ec code) {
  switch (code) {
  case ec::unreachable:
    return "the other side is gone";
  case ec::timeout:
    return "no answer in time";
  case ec::rejected:
    return "refused";
  case ec::corrupt:
    return "the data breaks its own rules";
  case ec::exhausted:
    return "gave up after several attempts";
  case ec::missing:
    return "not found";
  case ec::no_space:
    return "no space left";
  case ec::io:
    return "input or output failed";
  case ec::usage:
    return "this can't be done as asked";
  case ec::stopped:
    return "stopped";
  case ec::bug:
    return "internal error";
  }
  return "unknown error";
}

bool ours(const caf::error& err) { return err.category() == caf::error{ec::bug}.category(); }

} // namespace

caf::error make_error(ec code, std::string what) { return caf::error{code, std::move(what)}; }

bool is_transient(const caf::error& err) {
  return err == ec::unreachable || err == ec::timeout || err == caf::sec::request_timeout
         || err == caf::sec::request_receiver_down;
}

ec code_of(const caf::error& err) {
  if (ours(err))
    return static_cast<ec>(err.code());
  if (err == caf::sec::request_timeout)
    return ec::timeout;
  if (err == caf::sec::request_receiver_down)
    return ec::unreachable;
  if (err == caf::exit_reason::user_shutdown || err == caf::exit_reason::kill)
    return ec::stopped;
  return ec::bug;
}

std::string render(const caf::error& err) {
  std::string text;
  for (size_t i = 0; i < err.context().size(); ++i)
    if (err.context().match_element<std::string>(i))
      text += (text.empty() ? "" : ": ") + err.context().get_as<std::string>(i);
  return text.empty() ? words(code_of(err)) : text;
}

} // namespace flwr
