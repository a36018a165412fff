#include "actors/ml/partition.hpp"

#include "actors/hash/philox.hpp"
#include "actors/ml/gamma.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace flwr;

namespace {

dataset labelled(uint64_t train, uint64_t test, uint64_t classes = 10) {
  dataset data{.name = "labels", .shape = {1}, .classes = classes, .train = {}, .test = {}};
  for (uint64_t i = 0; i < train; ++i)
    data.train.labels.push_back(static_cast<uint8_t>(i * 7 % classes));
  for (uint64_t i = 0; i < test; ++i)
    data.test.labels.push_back(static_cast<uint8_t>(i % classes));
  return data;
}

using hands = std::vector<std::vector<uint32_t>>;

hands dealt(const partition& half, uint64_t clients) {
  hands result;
  for (uint64_t client = 0; client < clients; ++client)
    result.push_back(half.samples(client_id{client}));
  return result;
}

data_split_ptr split(const dataset& data, std::string_view rule, uint64_t clients,
                     uint64_t seed = 1) {
  auto result = split_data(data, *parse_partition(rule), clients, seed);
  if (!result)
    FAIL(render(result.error()));
  return *result;
}

std::vector<uint32_t> all(const hands& some) {
  std::vector<uint32_t> together;
  for (const auto& hand : some)
    together.insert(together.end(), hand.begin(), hand.end());
  std::ranges::sort(together);
  return together;
}

std::vector<uint32_t> numbers(uint64_t count) {
  std::vector<uint32_t> result(count);
  std::iota(result.begin(), result.end(), 0u);
  return result;
}

std::vector<double> class_shares(const dataset& data, const std::vector<uint32_t>& hand) {
  std::vector<double> shares(data.classes);
  for (auto i : hand)
    shares[data.train.labels[i]] += 1.0 / static_cast<double>(hand.size());
  return shares;
}

} // namespace

TEST_CASE("partition rules are read, and what can't be one is refused") {
  CHECK(parse_partition("whole")->how == partition_rule::kind::whole);
  CHECK(parse_partition("iid")->how == partition_rule::kind::iid);
  CHECK(parse_partition("dirichlet:0.3")->alpha == 0.3);
  CHECK(parse_partition("shards:2")->per_client == 2);
  auto text =
    GENERATE("", "random", "iid:2", "dirichlet", "dirichlet:0", "dirichlet:-1", "dirichlet:nan",
             "dirichlet:inf", "dirichlet:0.3x", "shards", "shards:0", "shards:-1");
  CAPTURE(text);
  REQUIRE(!parse_partition(text));
  CHECK(parse_partition(text).error() == ec::usage);
}

TEST_CASE("whole gives everybody everything") {
  auto both = split(labelled(20, 5), "whole", 3);
  CHECK(dealt(both->train, 3) == hands(3, numbers(20)));
  CHECK(dealt(both->test, 3) == hands(3, numbers(5)));
}

TEST_CASE("nobody's samples are all of them, and a stranger has none") {
  auto both = split(labelled(20, 10), "iid", 3);
  CHECK(both->test.samples(std::nullopt) == numbers(10));
  CHECK(both->test.samples(client_id{3}).empty());
}

TEST_CASE("every rule deals each sample to exactly one client, and to each client some") {
  rc::prop("for any sizes", [] {
    auto clients = *rc::gen::inRange<uint64_t>(1, 40);
    auto data = labelled(*rc::gen::inRange<uint64_t>(2 * clients, 300), 2 * clients);
    auto rule = *rc::gen::element<std::string>("iid", "dirichlet:0.01", "dirichlet:0.3",
                                               "dirichlet:100", "shards:1", "shards:2");
    auto both = split(data, rule, clients, *rc::gen::arbitrary<uint64_t>());
    for (auto [half, count] :
         {std::pair{&both->train, data.train.size()}, std::pair{&both->test, data.test.size()}}) {
      auto some = dealt(*half, clients);
      RC_ASSERT(all(some) == numbers(count));
      RC_ASSERT(std::ranges::none_of(some, &std::vector<uint32_t>::empty));
      RC_ASSERT(std::ranges::all_of(some, [](auto& hand) { return std::ranges::is_sorted(hand); }));
    }
  });
}

TEST_CASE("iid hands differ by at most one sample") {
  auto some = dealt(split(labelled(1003, 10), "iid", 10)->train, 10);
  auto [least, most] = std::ranges::minmax(some, {}, &std::vector<uint32_t>::size);
  CHECK(most.size() - least.size() == 1);
}

TEST_CASE("a partition is a function of the seed") {
  auto data = labelled(200, 50);
  auto rule = GENERATE("iid", "dirichlet:0.5", "shards:2");
  CHECK(dealt(split(data, rule, 5, 1)->train, 5) == dealt(split(data, rule, 5, 1)->train, 5));
  CHECK(dealt(split(data, rule, 5, 1)->train, 5) != dealt(split(data, rule, 5, 2)->train, 5));
}

TEST_CASE("shards:K gives a client samples of few classes") {
  auto data = labelled(1000, 100);
  for (const auto& hand : dealt(split(data, "shards:2", 10)->train, 10)) {
    std::set<uint8_t> classes;
    for (auto i : hand)
      classes.insert(data.train.labels[i]);
    CHECK(hand.size() == 100);
    CHECK(classes.size() <= 2);
  }
}

TEST_CASE("a small alpha makes clients differ, a large one makes them alike") {
  auto data = labelled(10'000, 100);
  auto largest_share = [&](std::string_view rule) {
    double sum = 0;
    for (const auto& hand : dealt(split(data, rule, 10)->train, 10))
      sum += std::ranges::max(class_shares(data, hand)) / 10;
    return sum;
  };
  CHECK(largest_share("dirichlet:0.1") > 0.4);
  CHECK(largest_share("dirichlet:1000") < 0.13);
}

TEST_CASE("a client's test data has the classes of its training data") {
  auto data = labelled(1000, 1000);
  auto rule = GENERATE("dirichlet:0.2", "shards:2");
  auto both = split(data, rule, 5);
  for (uint64_t client = 0; client < 5; ++client) {
    auto train = both->train.samples(client_id{client}),
         test = both->test.samples(client_id{client});
    CHECK(std::abs(static_cast<double>(train.size()) - static_cast<double>(test.size())) <= 10);
  }
}

TEST_CASE("too few samples for the clients are refused with both numbers") {
  auto words = [](const dataset& data, std::string_view rule, uint64_t clients) {
    auto result = split_data(data, *parse_partition(rule), clients, 1);
    REQUIRE(!result);
    CHECK(result.error() == ec::usage);
    return render(result.error());
  };
  CHECK_THAT(words(labelled(5, 10), "iid", 6),
             Catch::Contains("the train set has 5 samples, too few for 6 clients"));
  CHECK_THAT(words(labelled(10, 5), "dirichlet:1", 6), Catch::Contains("the test set"));
  CHECK_THAT(words(labelled(11, 100), "shards:2", 6),
             Catch::Contains("too few for 2 shards for each of 6 clients"));
  CHECK_THAT(words(labelled(11, 100), "shards:18446744073709551615", 6), Catch::Contains("shards"));
  CHECK_THAT(words(labelled(5, 5), "whole", 0), Catch::Contains("no clients"));
}

TEST_CASE("gamma variates have the mean and the variance of their shape") {
  auto alpha = GENERATE(0.3, 1.0, 2.5, 20.0);
  philox random{1};
  double sum = 0, squares = 0;
  constexpr int count = 20'000;
  for (int i = 0; i < count; ++i) {
    auto x = std::exp(draw_log_gamma(alpha, random));
    sum += x;
    squares += x * x;
  }
  auto mean = sum / count;
  CHECK(mean == Approx(alpha).epsilon(0.05));
  CHECK(squares / count - mean * mean == Approx(alpha).epsilon(0.1));
}

TEST_CASE("Dirichlet shares sum to one even where the variates are too small for double") {
  philox random{1};
  auto shares = draw_dirichlet(1e-4, 10, random);
  CHECK(std::accumulate(shares.begin(), shares.end(), 0.0) == Approx(1));
  CHECK(std::ranges::none_of(shares, [](double x) { return std::isnan(x); }));
}
