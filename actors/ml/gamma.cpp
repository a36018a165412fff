#include "actors/ml/gamma.hpp"

#include <algorithm>
#include <cmath>

namespace flwr {
namespace {

double log_uniform(philox& random) {
  return std::log((0x1p32 - static_cast<double>(random.next())) * 0x1p-32);
}

double log_gamma_from_one(double alpha, philox& random) {
  auto d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    auto x = random.normal();
    auto root = 1 + c * x;
    if (root <= 0)
      continue;
    auto v = root * root * root;
    if (log_uniform(random) < x * x / 2 + d - d * v + d * std::log(v))
      return std::log(d * v);
  }
}

} // namespace

double draw_log_gamma(double alpha, philox& random) {
  if (alpha >= 1)
    return log_gamma_from_one(alpha, random);
  auto boosted = log_gamma_from_one(alpha + 1, random);
  return boosted + log_uniform(random) / alpha;
}

std::vector<double> draw_dirichlet(double alpha, size_t count, philox& random) {
  std::vector<double> shares(count);
  for (auto& share : shares)
    share = draw_log_gamma(alpha, random);
  auto largest = std::ranges::max(shares);
  double sum = 0;
  for (auto& share : shares)
    sum += share = std::exp(share - largest);
  for (auto& share : shares)
    share /= sum;
  return shares;
}

} // namespace flwr
