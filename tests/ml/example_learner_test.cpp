#include "apps/example_learner.hpp"

#include "tests/ml/tasks.hpp"

#include <cstring>

using namespace flwr;
using namespace flwr::test;

namespace {

std::array<float, 2> line_of(const parameters& model) {
  std::array<float, 2> line{};
  std::memcpy(line.data(), model.tensor(0).data(), sizeof line);
  return line;
}

} // namespace

TEST_CASE("the example learner finds its line over some rounds") {
  auto made = make_example_learner(1)();
  auto& who = *made;
  auto model = *who->genesis();
  auto loss = evaluated(*who, model).loss;
  for (uint64_t round = 1; round <= 8; ++round) {
    auto res = fitted(*who, fit_instruction(model, 0, round));
    CHECK(res.num_examples == 100);
    model = res.model.tensors;
    CHECK(evaluated(*who, model).loss < loss);
    loss = evaluated(*who, model).loss;
  }
  CHECK(line_of(*model)[0] == Approx(3).margin(0.2));
  CHECK(line_of(*model)[1] == Approx(-2).margin(0.1));
}

TEST_CASE("the example learner's clients have points of their own") {
  auto made = make_example_learner(1)();
  auto& who = *made;
  auto genesis = *who->genesis();
  CHECK(line_of(*fitted(*who, fit_instruction(genesis, 0)).model.tensors)
        != line_of(*fitted(*who, fit_instruction(genesis, 1)).model.tensors));
}
