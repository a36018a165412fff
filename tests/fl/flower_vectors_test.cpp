#include "actors/fl/exact_sum.hpp"
#include "actors/fl/metrics.hpp"
#include "actors/fl/round.hpp"
#include "tests/fl/models.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>

using namespace flwr;
namespace json = boost::json;

namespace {

json::array cases() {
  std::ifstream file{FLWR_VECTORS "/flower-strategies.json"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  return json::parse(text).at("cases").as_array();
}

bool is_fedavg(const json::value& item, std::string_view kind) {
  auto name = item.at("strategy").as_string();
  return (name == "FedAvg" || name == "FedProx") && item.at("kind").as_string() == kind;
}

bool accepts_failures(const json::value& item) {
  auto option = item.at("options").as_object().if_contains("accept_failures");
  return !option || option->as_bool();
}

bytes unhex(std::string_view text) {
  bytes data(text.size() / 2);
  for (size_t i = 0; i < data.size(); ++i)
    std::from_chars(text.data() + 2 * i, text.data() + 2 * i + 2, data[i], 16);
  return data;
}

struct named_tensor {
  std::string type;
  bytes data;
};

/// The tensors that we average in floating point; float64 we refuse, and integers have a rule of
/// our own (the greatest value, where Flower averages).
std::vector<named_tensor> tensors_of(const json::value& list) {
  std::vector<named_tensor> tensors;
  for (const auto& tensor : list.as_array()) {
    std::string type{tensor.at("dtype").as_string()};
    if (type == "<f4" || type == "<f2")
      tensors.push_back({type, unhex(tensor.at("hex").as_string())});
  }
  return tensors;
}

parameters model_of(const std::vector<named_tensor>& tensors) {
  std::vector<std::pair<dtype, uint64_t>> types;
  std::vector<bytes> data;
  for (const auto& tensor : tensors) {
    bool half = tensor.type == "<f2";
    types.emplace_back(half ? dtype::f16 : dtype::f32, tensor.data.size() / (half ? 2 : 4));
    data.push_back(tensor.data);
  }
  return flwr::model_of(layout_of(types), data);
}

double half_value(uint16_t pattern) {
  double fraction = pattern & 0x3ff;
  int exponent = pattern >> 10 & 0x1f;
  auto value = exponent ? std::ldexp(fraction + 1024, exponent - 25) : std::ldexp(fraction, -24);
  return pattern & 0x8000 ? -value : value;
}

/// Largest |ours - Flower's| of tensor `t` over the largest |x * n / sum n| that Flower rounds,
/// in units of the type's last place: Flower rounds after each product and sum, we once.
void check_close(const parameters& ours, const parameters& flowers, size_t t, size_t updates) {
  auto units = static_cast<double>(updates) + 1;
  if (ours.layout->tensors[t].type == dtype::f16) {
    auto a = values_of<uint16_t>(ours, t), b = values_of<uint16_t>(flowers, t);
    for (size_t i = 0; i < a.size(); ++i)
      CHECK(std::abs(half_value(a[i]) - half_value(b[i])) <= units * 0x1p-11);
  } else {
    auto a = values_of<float>(ours, t), b = values_of<float>(flowers, t);
    for (size_t i = 0; i < a.size(); ++i)
      CHECK(std::abs(double{a[i]} - double{b[i]})
            <= units * 0x1p-24 * std::max(1.0f, std::abs(b[i])));
  }
}

std::vector<client_id> invited(size_t count) {
  std::vector<client_id> clients;
  for (size_t i = 0; i < count; ++i)
    clients.push_back(client_id{i});
  return clients;
}

/// A phase in which the case's results count and the failures are silent, in the case's order.
phase play(phase_kind kind, const json::value& round) {
  const auto& results = round.at("results").as_array();
  auto failures = static_cast<size_t>(round.at("failures").to_number<int64_t>());
  phase phase{kind, 1, invited(results.size() + failures)};
  for (size_t i = 0; i < results.size(); ++i) {
    counted answer{.num_examples = results[i].at("num_examples").to_number<int64_t>()};
    if (kind == phase_kind::evaluate)
      answer.loss = results[i].at("loss").to_number<float>();
    REQUIRE(phase.count(client_id{i}, answer));
  }
  phase.close("no answer");
  return phase;
}

void check_round(const json::value& round, bool accept_failures) {
  auto fit = play(phase_kind::fit, round);
  REQUIRE(fit.accepted(accept_failures) == !round.at("expected").is_null());
  if (round.at("expected").is_null())
    return;
  auto flowers = model_of(tensors_of(round.at("expected")));
  exact_sum sum{flowers.layout};
  for (const auto& result : round.at("results").as_array())
    REQUIRE(sum.add(model_of(tensors_of(result.at("tensors"))),
                    result.at("num_examples").to_number<int64_t>()));
  auto ours = sum.finish();
  REQUIRE(ours);
  for (size_t t = 0; t < flowers.layout->tensors.size(); ++t)
    check_close(**ours, flowers, t, sum.updates());
}

} // namespace

TEST_CASE("our average is Flower's, up to the roundings that Flower makes on the way") {
  size_t found = 0;
  for (const auto& item : cases())
    if (is_fedavg(item, "fit")) {
      ++found;
      INFO(item.at("name").as_string());
      for (const auto& round : item.at("rounds").as_array())
        check_round(round, accepts_failures(item));
    }
  CHECK(found == 12);
}

TEST_CASE("our weighted loss is Flower's, bit for bit") {
  size_t found = 0;
  for (const auto& item : cases())
    if (is_fedavg(item, "evaluate")) {
      ++found;
      INFO(item.at("name").as_string());
      auto phase = play(phase_kind::evaluate, item);
      const auto& flowers = item.at("expected_loss");
      REQUIRE(phase.accepted(accepts_failures(item)) == !flowers.is_null());
      if (!flowers.is_null())
        CHECK(weighted_loss_avg(phase.results()) == flowers.to_number<double>());
    }
  CHECK(found == 5);
}
