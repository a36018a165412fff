/// Doubles of those whom a JOIN SESSION talks to, and its terms.
#pragma once

#include "actors/net/join_session.hpp"
#include "tests/support/models.hpp"
#include "tests/support/storage_doubles.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flwr::test {

/// Whom a manager was told of, and what it says to that.
struct manager_desk {
  struct newcomer {
    client_id id{};
    address key{};
    client_actor client;
  };

  std::vector<newcomer> joined;
  caf::error refuse;
};

using manager_desk_ptr = std::shared_ptr<manager_desk>;

inline constexpr client_id some_plain_id{uint64_t{1} << 32};

inline client_manager_actor::behavior_type desk_manager(client_manager_actor::pointer,
                                                        manager_desk_ptr desk) {
  return {
    [=](atom::joined, client_id id, const address& key,
        const client_actor& client) -> caf::result<void> {
      desk->joined.push_back({id, key, client});
      return desk->refuse ? caf::result<void>{desk->refuse} : caf::result<void>{caf::unit};
    },
    [=](atom::joined, const client_actor& client) -> caf::result<client_id> {
      desk->joined.push_back({some_plain_id, {}, client});
      return desk->refuse ? caf::result<client_id>{desk->refuse}
                          : caf::result<client_id>{some_plain_id};
    },
    [](atom::joined, client_id) {},
    [](atom::left, client_id) {},
    [](atom::await, const round_coordinator_actor&) {},
    [](atom::sample, const sample_request&) { return cohort{}; },
  };
}

/// What a server of a run of no consequence says.
inline greeting some_words() {
  return {.run = {1},
          .description = {{2}, codec::raw, 1},
          .genesis = {{3}, codec::raw, 1},
          .contract = {4},
          .chain_id = 31337,
          .chain = "embedded",
          .ipfs = "embedded",
          .http = "http:8082",
          .token = {},
          .nonce = {}};
}

/// A model of three numbers, and its id as the desk gives it.
inline model_ref some_model(float first) {
  auto tensors = vector_model({first, 2, 3});
  return {name_by_length(tensors->file), tensors};
}

} // namespace flwr::test
