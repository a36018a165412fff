#include "actors/ml/pool_loops.hpp"
#include "actors/ml/relu_pool.hpp"
#include "actors/ml/sgd.hpp"
#include "tests/ml/torch_and_catch.hpp"

#include <limits>

using namespace flwr;

namespace {

torch::Tensor drawn(std::vector<int64_t> sizes) {
  auto generator = at::make_generator<at::CPUGeneratorImpl>(1);
  return torch::randn(sizes, generator);
}

bool same_bits(const torch::Tensor& a, const torch::Tensor& b) {
  return a.sizes() == b.sizes() && torch::equal(a.view(torch::kInt32), b.view(torch::kInt32));
}

} // namespace

TEST_CASE("sgd_step has the bits of torch::optim::SGD") {
  auto momentum = GENERATE(0.0, 0.9);
  auto count = GENERATE(1, 7, 8, 1003);
  auto theirs = drawn({count}).requires_grad_(), ours = theirs.detach().clone();
  auto velocities = torch::zeros({count});
  torch::optim::SGD optimizer{{theirs}, torch::optim::SGDOptions{0.0123}.momentum(momentum)};
  for (int step = 0; step < 5; ++step) {
    auto gradients = drawn({count + step + 1}).slice(0, step + 1).contiguous();
    theirs.mutable_grad() = gradients.clone();
    optimizer.step();
    sgd_step({.learning_rate = 0.0123f, .momentum = static_cast<float>(momentum)},
             ours.data_ptr<float>(), gradients.data_ptr<float>(), velocities.data_ptr<float>(),
             static_cast<size_t>(count));
    CHECK(same_bits(ours, theirs.detach()));
    CHECK(gradients.count_nonzero().item<int64_t>() == 0);
  }
}

TEST_CASE("relu_pool has the bits of relu and max_pool2d, forwards and backwards") {
  auto height = GENERATE(2, 5, 28);
  auto width = GENERATE(2, 3, 28);
  auto theirs = drawn({3, 2, height, width}).requires_grad_();
  auto ours = theirs.detach().clone().requires_grad_();
  auto their_output = torch::max_pool2d(torch::relu(theirs), 2), our_output = relu_pool(ours);
  CHECK(same_bits(our_output.detach(), their_output.detach()));
  auto gradient = drawn(their_output.sizes().vec());
  their_output.backward(gradient);
  our_output.backward(gradient);
  CHECK(torch::equal(ours.grad(), theirs.grad()));
}

TEST_CASE("of equal inputs the first gets relu_pool's gradient, of none above zero nobody") {
  auto x = torch::tensor({2.f, 2.f, -1.f, 0.f, 2.f, 2.f, -3.f, -1.f}).view({1, 1, 2, 4});
  x.requires_grad_();
  relu_pool(x).backward(torch::ones({1, 1, 1, 2}));
  CHECK(torch::equal(x.grad().flatten(), torch::tensor({1.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f, 0.f})));
}

TEST_CASE("relu_pool passes NaN on, as LibTorch does") {
  auto nan = std::numeric_limits<float>::quiet_NaN();
  auto place = GENERATE(0, 1, 2, 3);
  auto x = torch::tensor({5.f, 5.f, 5.f, 5.f});
  x[place] = nan;
  CHECK(relu_pool(x.view({1, 1, 2, 2})).isnan().item<bool>());
}
