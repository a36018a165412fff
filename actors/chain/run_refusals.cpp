#include "actors/chain/abi_words.hpp"
#include "actors/chain/run_contract_code.hpp"
#include "actors/chain/run_events.hpp"
#include "actors/hash/hex.hpp"

#include <algorithm>

namespace flwr {
namespace {

std::string signature_of(const error_shape& shape) {
  std::string text{shape.name};
  auto separator = '(';
  for (const auto& each : shape.parameters) {
    text += separator;
    text += each.type;
    separator = ',';
  }
  return text + (shape.parameters.empty() ? "()" : ")");
}

template <class T>
std::optional<std::string> as_digits(const std::optional<T>& raw) {
  return raw ? std::optional{to_0x(*raw)} : std::nullopt;
}

std::optional<std::string> as_number(const std::optional<u256>& value, unsigned bits) {
  return value && (bits == 256 || (*value >> bits) == 0) ? std::optional{value->str()}
                                                         : std::nullopt;
}

/// The value of a parameter at the front of `words`, in words of people.
std::optional<std::string> read_text(std::string_view type, std::span<const uint8_t>& words) {
  if (type == "address")
    return as_digits(read_address(words));
  if (type == "bytes32")
    return as_digits(read_hash256(words));
  return as_number(read_u256(words),
                   static_cast<unsigned>(std::stoul(std::string{type.substr(4)}))); // uint<bits>
}

std::optional<std::string> arguments_text(const error_shape& shape,
                                          std::span<const uint8_t> words) {
  if (words.size() != 32 * shape.parameters.size())
    return std::nullopt;
  std::string text;
  for (const auto& each : shape.parameters) {
    auto value = read_text(each.type, words);
    if (!value)
      return std::nullopt;
    text += (text.empty() ? "" : ", ") + std::string{each.name} + " " + *value;
  }
  return text;
}

} // namespace

expected<std::string> refusal_in(std::span<const uint8_t> returned) {
  if (returned.empty())
    return std::string{"refused without a word: no such function, malformed arguments, or ether "
                       "sent along"};
  auto errors = run_errors();
  auto shape = std::ranges::find_if(errors, [&](const auto& each) {
    auto code = selector_of(signature_of(each));
    return returned.size() >= code.size() && std::ranges::equal(code, returned.first(code.size()));
  });
  if (shape == errors.end())
    return make_error(ec::corrupt,
                      "a refusal that isn't FederatedRun's: "
                        + to_0x(returned.first(std::min<size_t>(returned.size(), 36))));
  auto text = arguments_text(*shape, returned.subspan(std::tuple_size_v<selector>));
  if (!text)
    return make_error(ec::corrupt, "a refusal " + std::string{shape->name}
                                     + " whose arguments are short, long or out of range");
  return std::string{shape->name} + (text->empty() ? "" : "(" + *text + ")");
}

} // namespace flwr
