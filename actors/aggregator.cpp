#include "actors/aggregator.hpp"

#include "actors/fl/exact_sum.hpp"

#include <optional>
#include <utility>

namespace flwr {
namespace {

struct aggregator_state {
  static inline const char* name = "flwr.aggregator";

  explicit aggregator_state(aggregator_actor::stateful_pointer<aggregator_state>) {}

  void begin(uint64_t next) {
    round = next;
    sum.emplace(layout, max_examples);
  }

  caf::result<void> fold(const fit_res& res) {
    if (res.round != round || !sum)
      return make_error(ec::rejected, "round " + std::to_string(res.round) + " is closed");
    if (auto added = sum->add(*res.model.tensors, res.num_examples); !added)
      return added.error();
    return caf::unit;
  }

  // The sums are four models large: they go as soon as they have served.
  caf::result<parameters_ptr> finish(uint64_t which) {
    if (which != round || !sum)
      return make_error(ec::rejected, "round " + std::to_string(which) + " is closed");
    return std::exchange(sum, std::nullopt)->finish();
  }

  layout_ptr layout;
  int64_t max_examples = 0;
  uint64_t round = 0;
  std::optional<exact_sum> sum;
};

aggregator_actor::behavior_type
aggregator(aggregator_actor::stateful_pointer<aggregator_state> self, layout_ptr layout,
           int64_t max_examples) {
  self->state.layout = std::move(layout);
  self->state.max_examples = max_examples;
  return {
    [self](atom::begin, uint64_t round) { self->state.begin(round); },
    [self](atom::fold, const fit_res& res) { return self->state.fold(res); },
    [self](atom::finish, uint64_t round) { return self->state.finish(round); },
  };
}

} // namespace

aggregator_actor spawn_aggregator(caf::actor_system& sys, layout_ptr layout, int64_t max_examples) {
  return sys.spawn(aggregator, std::move(layout), max_examples);
}

} // namespace flwr
