/// Small tasks for the tests of this room.
#pragma once

#include "actors/hash/philox.hpp"
#include "actors/ml/torch_learner.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace flwr::test {

/// Random images whose classes a network can tell apart: class k has a bright row k.
inline sample_set draw_images(uint64_t count, uint64_t side, uint64_t key) {
  philox random{key};
  sample_set samples;
  for (uint64_t i = 0; i < count; ++i) {
    auto label = static_cast<uint8_t>(random.below(10));
    samples.labels.push_back(label);
    for (uint64_t at = 0; at < side * side; ++at)
      samples.pixels.push_back(
        static_cast<uint8_t>(random.below(128) + (at / side == label) * 127));
  }
  return samples;
}

inline dataset_ptr image_data(uint64_t train, uint64_t test, uint64_t side = 16) {
  return std::make_shared<const dataset>(dataset{.name = "drawn",
                                                 .shape = {1, side, side},
                                                 .classes = 10,
                                                 .train = draw_images(train, side, 1),
                                                 .test = draw_images(test, side, 2)});
}

inline dataset_ptr synthetic_data(const std::string& spec = "synthetic:train=300,test=100") {
  return *load_dataset(*parse_data(spec), 1);
}

/// What `text` asks for, of data dealt out to so many clients.
inline torch_learner_config task(dataset_ptr data, const std::string& model, uint64_t clients = 1,
                                 const std::string& rule = "iid") {
  auto split = split_data(*data, *parse_partition(rule), clients, 1);
  REQUIRE(split);
  return {.data = std::move(data), .split = *split, .model = *parse_model(model)};
}

inline std::unique_ptr<learner> made(const torch_learner_config& config) {
  auto result = make_torch_learner(config)();
  if (!result)
    FAIL(render(result.error()));
  return std::move(*result);
}

inline fit_ins fit_instruction(parameters_ptr base, uint64_t client = 0, uint64_t round = 1) {
  fit_ins ins;
  ins.client = client_id{client};
  ins.round = round;
  ins.base.tensors = std::move(base);
  return ins;
}

inline void unobserved(uint64_t, uint64_t) {}

inline fit_res fitted(learner& who, const fit_ins& ins) {
  auto res = who.fit(ins, {}, unobserved);
  if (!res)
    FAIL(render(res.error()));
  return std::move(*res);
}

/// Tests on the data of one client, or of nobody: on all.
inline evaluate_res evaluated(learner& who, parameters_ptr model,
                              std::optional<client_id> client = {}) {
  evaluate_ins ins;
  ins.client = client;
  ins.model.tensors = std::move(model);
  auto res = who.evaluate(ins, {});
  if (!res)
    FAIL(render(res.error()));
  return std::move(*res);
}

inline double metric(const scalars& metrics, const std::string& name) {
  return std::get<double>(metrics.at(name));
}

} // namespace flwr::test
