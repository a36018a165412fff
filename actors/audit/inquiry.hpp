#pragma once

#include "actors/audit/verdict.hpp"
#include "messages/error.hpp"

namespace flwr {

/// Values as findings show them.
std::string shown(uint64_t);
std::string shown(const hash256&);
std::string shown(const address&);
std::string shown(const content_id&);
std::string shown(std::span<const client_id>); ///< "1, 2, 5"

/// What is being looked at, a run, a round or a client's part in it, and where its findings go.
/// Whoever gets nothing back stops: the reason is noted. Threads: one at a time a list.
class inquiry {
public:
  /// @param found  Must outlive this and its copies.
  explicit inquiry(std::vector<finding>& found) : found_(&found) {}

  inquiry of(uint64_t round) const;
  inquiry of(client_id client) const;

  void wrong(std::string what, std::string expected, std::string given) const;

  /// Notes why something can't be had, or that what came breaks its rules: as the error says.
  void failed(std::string what, const caf::error& why,
              const std::optional<content_id>& blob = {}) const;

  /// Notes that they differ, unless they don't.
  template <class T>
  bool same(std::string what, const T& expected, const T& given) const {
    if (expected == given)
      return true;
    wrong(std::move(what), shown(expected), shown(given));
    return false;
  }

  /// The value, or its error noted.
  template <class T>
  std::optional<T> take(std::string what, flwr::expected<T> got) const {
    if (got)
      return std::move(*got);
    failed(std::move(what), got.error());
    return std::nullopt;
  }

  /// The same of something that may not be there.
  template <class T>
  std::optional<T> found(std::string what, flwr::expected<std::optional<T>> got) const {
    if (got && *got)
      return std::move(*got);
    failed(std::move(what),
           got ? make_error(ec::missing, "the chain doesn't have it") : got.error());
    return std::nullopt;
  }

  bool nothing_wrong() const { return verdict_of(*found_) != verdict::wrong; }

private:
  std::vector<finding>* found_;
  std::optional<uint64_t> round_;
  std::optional<client_id> client_;
};

} // namespace flwr
