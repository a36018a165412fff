#include "apps/example_learner.hpp"

#include "actors/hash/philox.hpp"
#include "actors/ipfs/safetensors.hpp"

#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace flwr {
namespace {

using line = std::array<float, 2>; // y = line[0] x + line[1]
using points = std::vector<std::pair<double, double>>;

points points_of(uint64_t seed, client_id client) {
  philox random{stream_key("example", seed, static_cast<uint64_t>(client), 0)};
  points some(100);
  for (auto& [x, y] : some) {
    x = random.uniform();
    y = 3 * x - 2 + 0.1 * random.normal();
  }
  return some;
}

line best_line(const points& some) {
  double x_sum = 0, y_sum = 0, xx = 0, xy = 0;
  auto count = static_cast<double>(some.size());
  for (auto [x, y] : some) {
    x_sum += x;
    y_sum += y;
    xx += x * x;
    xy += x * y;
  }
  auto a = (count * xy - x_sum * y_sum) / (count * xx - x_sum * x_sum);
  return {static_cast<float>(a), static_cast<float>((y_sum - a * x_sum) / count)};
}

line read(const parameters& model) {
  line l{};
  std::memcpy(l.data(), model.tensor(0).data(), sizeof l);
  return l;
}

expected<parameters_ptr> write(const layout_ptr& shape, line l) {
  auto file = new_file(*shape);
  std::memcpy(file.data() + shape->tensors[0].offset_bytes, l.data(), sizeof l);
  return parameters_from(shape, std::make_shared<const bytes>(std::move(file)));
}

class example_learner : public learner {
public:
  example_learner(uint64_t seed, layout_ptr shape) : seed_(seed), layout_(std::move(shape)) {}

  expected<parameters_ptr> genesis() override { return write(layout_, {}); }

  expected<fit_res> fit(const fit_ins& ins, const std::stop_token&, const step_observer&) override {
    auto some = points_of(seed_, ins.client);
    auto base = read(*ins.base.tensors), best = best_line(some);
    auto model = write(layout_, {(base[0] + best[0]) / 2, (base[1] + best[1]) / 2});
    if (!model)
      return model.error();
    fit_res res;
    res.num_examples = static_cast<int64_t>(some.size());
    res.model.tensors = *model;
    return res;
  }

  expected<evaluate_res> evaluate(const evaluate_ins& ins, const std::stop_token&) override {
    auto [a, b] = read(*ins.model.tensors);
    auto some = points_of(seed_, ins.client.value_or(client_id{}));
    double loss = 0;
    for (auto [x, y] : some)
      loss += (a * x + b - y) * (a * x + b - y);
    evaluate_res res;
    res.num_examples = static_cast<int64_t>(some.size());
    res.loss = static_cast<float>(loss);
    return res;
  }

private:
  uint64_t seed_;
  layout_ptr layout_;
};

} // namespace

learner_factory make_example_learner(uint64_t seed) {
  return [seed]() -> expected<std::unique_ptr<learner>> {
    auto shape = make_layout({{"line", dtype::f32, {2}}});
    if (!shape)
      return shape.error();
    return std::make_unique<example_learner>(seed, *shape);
  };
}

} // namespace flwr
