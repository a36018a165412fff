/// Shares of a number of bytes that come home by themselves.
#pragma once

#include "messages/atoms.hpp"

#include <cstdint>
#include <memory>
#include <utility>

namespace flwr {

/// Whether so many more bytes may be taken of `total` when `used` are. One that is larger than all
/// of it may go when it is alone.
constexpr bool has_room(uint64_t total, uint64_t used, uint64_t more) {
  return used == 0 || (used <= total && more <= total - used);
}

/// Something to be held. Whatever becomes of what it goes with -- counted, refused, dropped with a
/// dead actor's mailbox -- when its last copy goes, `home` is sent `release` and `what`.
/// @threads  Any.
template <class Home>
std::shared_ptr<const void> make_ticket(Home home, uint64_t what) {
  class ticket {
  public:
    ticket(Home home, uint64_t what) : home_(std::move(home)), what_(what) {}
    ticket(const ticket&) = delete;
    ticket& operator=(const ticket&) = delete;
    ~ticket() { caf::anon_send(home_, atom::release_v, what_); }

  private:
    Home home_;
    uint64_t what_;
  };
  return std::make_shared<const ticket>(std::move(home), what);
}

} // namespace flwr
