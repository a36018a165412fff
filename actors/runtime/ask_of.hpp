#pragma once

#include <caf/detail/type_list.hpp>
#include <caf/detail/type_traits.hpp>

#include <utility>

namespace flwr {

/// A request whose timer goes with its answer. CAF 0.17 lets it run until it expires, which is some
/// hundred bytes for each: too much where peers decide how many requests there are.
template <class Self, class Handle>
class asked {
public:
  asked(Self* self, Handle handle) : self_(self), handle_(std::move(handle)) {}

  /// As CAF's.
  template <class Answer, class Failure>
  void then(Answer answer, Failure failure) {
    handle_.then(last(std::move(answer)), last(std::move(failure)));
  }

private:
  template <class F>
  auto last(F what) {
    return last(std::move(what), typename caf::detail::get_callable_trait<F>::arg_types{});
  }

  template <class F, class... Args>
  auto last(F what, caf::detail::type_list<Args...>) {
    return [self = self_, id = handle_.id(), what = std::move(what)](Args... args) {
      self->clock().cancel_request_timeout(self, id);
      what(std::forward<Args>(args)...);
    };
  }

  Self* self_;
  Handle handle_;
};

/// `self->request(to, patience, what...)`, of which nothing is left when it is answered.
template <class Self, class To, class Patience, class... What>
auto ask_of(Self* self, const To& to, Patience patience, What&&... what) {
  return asked{self, self->request(to, patience, std::forward<What>(what)...)};
}

} // namespace flwr
