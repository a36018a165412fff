#include "actors/net/wire_scalars.hpp"

#include "actors/ipfs/content_id.hpp"

#include <limits>

namespace flwr::wire {
namespace {

std::string own_key(std::string_view word) { return std::string{own_prefix}.append(word); }

struct scalar_writer {
  proto::Scalar& to;

  void operator()(bool value) const { to.set_bool_(value); }
  void operator()(int64_t value) const { to.set_sint64(value); }
  void operator()(double value) const { to.set_double_(value); }
  void operator()(const std::string& value) const { to.set_string(value); }
  void operator()(const bytes& value) const { to.set_bytes(value.data(), value.size()); }
};

caf::error broken(const std::string& key, const std::string& why) {
  return make_error(ec::corrupt, "value '" + key.substr(0, 60) + "' " + why);
}

expected<scalar> scalar_in(const std::string& key, const proto::Scalar& from) {
  switch (from.scalar_case()) {
  case proto::Scalar::kDouble:
    return scalar{from.double_()};
  case proto::Scalar::kUint64:
    if (from.uint64() > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      return broken(key, "is over 2^63 - 1");
    return scalar{static_cast<int64_t>(from.uint64())};
  case proto::Scalar::kSint64:
    return scalar{int64_t{from.sint64()}};
  case proto::Scalar::kBool:
    return scalar{from.bool_()};
  case proto::Scalar::kString:
    return scalar{from.string()};
  case proto::Scalar::kBytes:
    return scalar{bytes{from.bytes().begin(), from.bytes().end()}};
  case proto::Scalar::SCALAR_NOT_SET:
    break;
  }
  return broken(key, "is empty");
}

} // namespace

void append_scalars(const scalars& from, scalar_map& to) {
  for (auto& [key, value] : from)
    if (!key.starts_with(own_prefix))
      std::visit(scalar_writer{to[key]}, value);
}

void set_own(scalar_map& to, std::string_view word, const scalar& value) {
  std::visit(scalar_writer{to[own_key(word)]}, value);
}

expected<scalars> scalars_in(const scalar_map& from) {
  scalars values;
  for (auto& [key, value] : from) {
    auto read = scalar_in(key, value);
    if (!read)
      return read.error();
    if (!key.starts_with(own_prefix))
      values.emplace(key, std::move(*read));
  }
  return values;
}

bool own_words::has(std::string_view word) const { return from_.contains(own_key(word)); }

const proto::Scalar* own_words::find(std::string_view word, int kind) {
  auto found = from_.find(own_key(word));
  if (found != from_.end() && found->second.scalar_case() == kind)
    return &found->second;
  refuse(word, found == from_.end() ? "is missing" : "has another type than it must have");
  return nullptr;
}

uint64_t own_words::number(std::string_view word) {
  auto found = find(word, proto::Scalar::kSint64);
  if (found && found->sint64() < 0)
    refuse(word, "is negative");
  return found ? static_cast<uint64_t>(found->sint64()) : 0;
}

std::string own_words::text(std::string_view word) {
  auto found = find(word, proto::Scalar::kString);
  return found ? found->string() : std::string{};
}

content_id own_words::content(std::string_view word) {
  auto id = content_id_from_text(text(word));
  if (!id)
    refuse(word, render(id.error()));
  return id ? *id : content_id{};
}

std::string own_words::raw(std::string_view word) {
  auto found = find(word, proto::Scalar::kBytes);
  return found ? found->bytes() : std::string{};
}

void own_words::refuse(std::string_view word, const std::string& why) {
  if (!failure_)
    failure_ = broken(own_key(word), why);
}

} // namespace flwr::wire
