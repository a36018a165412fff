#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace flwr {

struct write_limits {
  uint64_t client_bytes = 0; ///< Of one client in a round.
  uint64_t shared_bytes = 0; ///< Of everybody on loopback without a token, in a round.
};

/// A client by its token, or nobody in particular.
using writer = std::optional<client_id>;

/// Who may write how much (docs/protocol.md, section 11). One thread at a time.
class write_guard {
public:
  explicit write_guard(const write_limits& limits) : limits_(limits) {}

  void admit(const std::string& token, client_id client) { clients_[token] = client; }

  /// Another round.
  void renew() {
    used_.clear();
    shared_used_ = 0;
  }

  /// Who writes: a client, or somebody on loopback without a token.
  /// @param authorization  The header's: "Bearer TOKEN", or "".
  /// @errors  rejected -- off loopback without a token, or one that nobody has.
  expected<writer> who(std::string_view authorization, bool from_loopback) const;

  /// Who wrote most in this round, in words: "client 3 has written 512 MiB in this round".
  std::string heaviest_writer() const;

  /// Takes so many bytes from the writer's quota. @errors  no_space -- it is used up.
  expected<void> take(const writer&, uint64_t bytes);

private:
  write_limits limits_;
  std::map<std::string, client_id, std::less<>> clients_;
  std::map<client_id, uint64_t> used_;
  uint64_t shared_used_ = 0;
};

} // namespace flwr
