#include "actors/chain/rlp_fields.hpp"

#include "actors/chain/words.hpp"

#include <algorithm>
#include <string>

namespace flwr {

rlp_fields::rlp_fields(const rlp_item& list) : rest_(list.items) {
  if (!list.is_list)
    failure_ = make_error(ec::corrupt, "a string stands where a list has to be");
}

rlp_fields& rlp_fields::take(std::string_view name, uint64_t& to) {
  if (auto number = next_number(name, sizeof(to)))
    to = static_cast<uint64_t>(*number);
  return *this;
}

rlp_fields& rlp_fields::take(std::string_view name, u256& to) {
  if (auto number = next_number(name, sizeof(hash256)))
    to = *number;
  return *this;
}

rlp_fields& rlp_fields::take(std::string_view name, bytes& to) {
  if (auto item = next(name, false))
    to.assign(item->string.begin(), item->string.end());
  return *this;
}

rlp_fields& rlp_fields::take(std::string_view name, std::optional<address>& to) {
  if (rest_.empty() || rest_.front().is_list || !rest_.front().string.empty())
    return take(name, to.emplace());
  to.reset();
  rest_ = rest_.subspan(1);
  return *this;
}

expected<void> rlp_fields::finish() {
  if (!rest_.empty())
    fail("the list", "has too many items");
  return failure_ ? expected<void>{failure_} : expected<void>{};
}

rlp_fields& rlp_fields::take_exactly(std::string_view name, std::span<uint8_t> to) {
  auto item = next(name, false);
  if (item && item->string.size() == to.size())
    std::ranges::copy(item->string, to.begin());
  else if (item)
    fail(name, "has not the right number of bytes");
  return *this;
}

const rlp_item* rlp_fields::next(std::string_view name, bool is_list) {
  if (failure_)
    return nullptr;
  if (rest_.empty()) {
    fail(name, "is missing");
    return nullptr;
  }
  auto& item = rest_.front();
  rest_ = rest_.subspan(1);
  if (item.is_list == is_list)
    return &item;
  fail(name, is_list ? "is a string, not a list" : "is a list, not a string");
  return nullptr;
}

std::optional<u256> rlp_fields::next_number(std::string_view name, size_t most_bytes) {
  auto item = next(name, false);
  if (!item)
    return std::nullopt;
  if (!item->string.empty() && item->string.front() == 0)
    fail(name, "has leading zeros");
  else if (item->string.size() > most_bytes)
    fail(name, "is too large");
  else
    return to_u256(item->string);
  return std::nullopt;
}

void rlp_fields::adopt(const expected<void>& inner) {
  if (!inner && !failure_)
    failure_ = inner.error();
}

void rlp_fields::fail(std::string_view name, const char* why) {
  if (!failure_)
    failure_ = make_error(ec::corrupt, std::string{name} + " " + why);
}

} // namespace flwr
