#include "actors/client.hpp"

#include "tests/support/identities.hpp"
#include "tests/support/learners.hpp"
#include "tests/support/storage_doubles.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace flwr;

namespace {

/// A TRAINER POOL that adds 1 to every value, or refuses, or never answers.
struct pool_desk {
  int fits = 0;
  std::vector<std::pair<phase_kind, uint64_t>> cancelled;
  caf::error refuse;
  bool hold = false;
  std::vector<caf::typed_response_promise<fit_res>> owed;
};

using pool_double = test::late_double<trainer_pool_actor>;

pool_double::behavior_type pool(pool_double::pointer self, std::shared_ptr<pool_desk> desk) {
  return {
    [=](atom::fit, const fit_ins& ins) -> caf::result<fit_res> {
      ++desk->fits;
      if (desk->hold)
        return desk->owed.emplace_back(self->make_response_promise<fit_res>());
      if (desk->refuse)
        return desk->refuse;
      auto values = test::values_of(*ins.base.tensors);
      for (auto& value : values)
        ++value;
      auto res = test::trained(values, 5);
      res.client = ins.client;
      res.round = ins.round;
      res.base = ins.base.id;
      res.ticket = std::make_shared<int>();
      return res;
    },
    [=](atom::evaluate, const evaluate_ins& ins) -> caf::result<evaluate_res> {
      if (desk->refuse)
        return desk->refuse;
      evaluate_res res{};
      res.loss = test::values_of(*ins.model.tensors)[0];
      return res;
    },
    [=](atom::cancel, client_id, phase_kind what, uint64_t round) {
      desk->cancelled.emplace_back(what, round);
    },
    test::act_on_stage(),
  };
}

/// An ANSWER KEEPER that notes what it keeps, or can't.
struct keeper_desk {
  std::vector<fit_res> kept;
  caf::error refuse;
};

answer_keeper_actor::behavior_type keeper(answer_keeper_actor::pointer,
                                          std::shared_ptr<keeper_desk> desk) {
  return {
    [=](atom::keep, client_id, const fit_res& answer) -> caf::result<void> {
      if (desk->refuse)
        return desk->refuse;
      desk->kept.push_back(answer);
      return caf::unit;
    },
    [](atom::finish, client_id) {},
  };
}

struct client_fixture : test::actor_fixture {
  client_fixture() { storage->blobs[base_id()] = test::vector_model({1, 2})->file; }

  static content_id base_id() { return {.digest = {200}}; }

  auto fit(uint64_t round, const content_id& base = base_id()) {
    fit_ins ins{};
    ins.client = client_id{3};
    ins.round = round;
    ins.base.id = base;
    return ask<fit_res>(client, atom::fit_v, ins);
  }

  auto evaluate() {
    evaluate_ins ins{};
    ins.client = client_id{3};
    ins.round = 1;
    ins.model.id = base_id();
    return ask<evaluate_res>(client, atom::evaluate_v, ins);
  }

  long count(const std::string& call) const { return std::ranges::count(storage->calls, call); }

  test::desk_ptr storage = std::make_shared<test::storage_desk>();
  std::shared_ptr<pool_desk> trainers = std::make_shared<pool_desk>();
  pool_double trainer_pool = spawn(pool, trainers);
  client_config config() {
    return {.id = client_id{3},
            .run = test::some_run(),
            .key = test::key_of(client_id{3}),
            .layout = test::vector_layout(2),
            .fetcher = spawn(test::desk_fetcher, storage),
            .uploader = spawn(test::desk_uploader, storage),
            .trainers = trainer_pool,
            .keeper = {},
            .watchtower = {},
            .kept = {},
            .profile = {}};
  }

  /// In the place of the one that there is.
  void become(client_config cfg) { client = own(spawn_client(sys, std::move(cfg))); }

  client_actor client = own(spawn_client(sys, config()));
};

} // namespace

TEST_CASE_METHOD(client_fixture, "client fetches the base, has it trained, stores the update") {
  auto reply = fit(1);
  REQUIRE(reply->value);
  CHECK(test::values_of(*reply->value->model.tensors) == std::vector<float>{2, 3});
  CHECK(reply->value->model.id == test::name_by_length(reply->value->model.tensors->file));
  CHECK(reply->value->base == base_id());
  CHECK(reply->value->ticket);
  CHECK(storage->calls == std::vector<std::string>{"fetch", "upload"});
}

TEST_CASE_METHOD(client_fixture, "client signs what it has trained") {
  auto reply = fit(1);
  REQUIRE(reply->value);
  CHECK(signer_of(*reply->value, client_id{3}, test::some_run())
        == test::address_of_client(client_id{3}));
}

TEST_CASE_METHOD(client_fixture, "client says the same thing twice, without training again") {
  auto first = fit(1);
  auto second = fit(1);
  REQUIRE(second->value);
  CHECK(second->value->signature == first->value->signature);
  CHECK(trainers->fits == 1);
  CHECK(second->value->model.id == first->value->model.id);
  CHECK_FALSE(second->value->model.tensors);
  CHECK_FALSE(second->value->ticket); // It holds nobody else's training up.
  CHECK(fit(2)->value);
  CHECK(trainers->fits == 2);
}

TEST_CASE_METHOD(client_fixture, "client signs one update a round, and none of an older round") {
  content_id other{.digest = {201}};
  storage->blobs[other] = test::vector_model({5, 5})->file;
  auto first = fit(4);
  CHECK(fit(4, other)->error == ec::rejected);
  CHECK(fit(3)->error == ec::rejected);
  CHECK(fit(4)->value->signature == first->value->signature);
  CHECK(trainers->fits == 1);
  CHECK(test::values_of(*fit(5, other)->value->model.tensors) == std::vector<float>{6, 6});
}

TEST_CASE_METHOD(client_fixture, "client trains once for who asks twice, and answers both") {
  trainers->hold = true;
  auto first = fit(1);
  auto second = fit(1);
  content_id other{.digest = {201}};
  CHECK(fit(1, other)->error == ec::rejected);
  CHECK(first->pending());
  CHECK(second->pending());
  CHECK(trainers->fits == 1);
  auto refused = make_error(ec::stopped, "enough");
  within(trainer_pool, [&] { trainers->owed.front().deliver(refused); });
  CHECK(first->error == ec::stopped);
  CHECK(second->error == ec::stopped);
}

TEST_CASE_METHOD(client_fixture, "client gives no answer that its keeper doesn't have") {
  auto desk = std::make_shared<keeper_desk>();
  auto cfg = config();
  cfg.keeper = spawn(keeper, desk);
  become(cfg);
  desk->refuse = make_error(ec::no_space, "disk full");
  CHECK(fit(1)->error == ec::no_space);
  desk->refuse = {};
  auto reply = fit(2);
  REQUIRE(reply->value);
  REQUIRE(desk->kept.size() == 1);
  CHECK(desk->kept[0].signature == reply->value->signature);
  CHECK_FALSE(desk->kept[0].model.tensors);
}

TEST_CASE_METHOD(client_fixture, "client gives the answer again that it gave before a restart") {
  auto before = fit(4);
  auto cfg = config();
  cfg.kept = *before->value;
  cfg.kept->model.tensors.reset();
  become(cfg);
  CHECK(fit(4)->value->signature == before->value->signature);
  CHECK(fit(3)->error == ec::rejected);
  CHECK(fit(4, {.digest = {201}})->error == ec::rejected);
  CHECK(trainers->fits == 1);

  storage->blobs[before->value->model.id] = before->value->model.tensors->file;
  cfg.with_tensors = true;
  become(cfg);
  auto again = fit(4);
  REQUIRE(again->value);
  CHECK(*again->value->model.tensors->file == *before->value->model.tensors->file);
}

TEST_CASE_METHOD(client_fixture, "client checks a base that comes with its tensors") {
  auto cfg = config();
  cfg.profile = unixfs_v1_2025;
  become(cfg);
  auto model = test::vector_model({1, 2});
  fit_ins ins{};
  ins.client = client_id{3};
  ins.round = 1;
  ins.base = {base_id(), model};
  CHECK(ask<fit_res>(client, atom::fit_v, ins)->error == ec::corrupt);
  ins.base.id = content_id_of(*model->file, unixfs_v1_2025);
  CHECK(ask<fit_res>(client, atom::fit_v, ins)->value);
}

TEST_CASE_METHOD(client_fixture, "client passes on what fails, and can try again") {
  SECTION("no base") { CHECK(fit(1, {.digest = {9}})->error == ec::missing); }
  SECTION("a base of another layout") {
    storage->blobs[base_id()] = test::vector_model({1, 2, 3})->file;
    CHECK(fit(1)->error == ec::corrupt);
    CHECK(evaluate()->error == ec::corrupt);
    storage->blobs[base_id()] = test::vector_model({1, 2})->file;
  }
  SECTION("no training") {
    trainers->refuse = make_error(ec::rejected, "no samples");
    CHECK(render(fit(1)->error) == "no samples");
    CHECK(evaluate()->error == ec::rejected);
    trainers->refuse = {};
  }
  SECTION("no store") {
    storage->refuse_upload = make_error(ec::no_space, "no space left");
    CHECK(fit(1)->error == ec::no_space);
    storage->refuse_upload = {};
  }
  CHECK(fit(1)->value);
}

TEST_CASE_METHOD(client_fixture, "client tests the model that it is given") {
  auto reply = evaluate();
  REQUIRE(reply->value);
  CHECK(reply->value->loss == 1);
}

TEST_CASE_METHOD(client_fixture, "client hands a cancellation on, and answers on exit") {
  trainers->hold = true;
  auto reply = fit(1);
  self->send(client, atom::cancel_v, phase_kind::fit, uint64_t{1});
  settle();
  CHECK(trainers->cancelled == std::vector<std::pair<phase_kind, uint64_t>>{{phase_kind::fit, 1}});
  CHECK(reply->pending());
  end(client);
  CHECK_FALSE(reply->pending());
}
