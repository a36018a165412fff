#pragma once

#include "actors/fl/strategy.hpp"
#include "messages/parameters.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flwr {

/// What a run is, for its clients and for whoever checks it later: with the contract's address all
/// that they need. Places (directories, endpoints, accounts) and the number of rounds, which may
/// grow, aren't in it. All texts are ASCII.
struct description {
  uint64_t clients = 0;  ///< The population N, 1 ... 2^32; client ids are 0 ... N-1.
  std::string data;      ///< The data set's name.
  std::string partition; ///< `whole`, `iid`, `dirichlet:ALPHA`, `shards:K`.
  uint64_t seed = 0;

  struct {
    std::string name;                      ///< "torchscript" if there is a file, and only then.
    std::optional<content_id> torchscript; ///< The file, which every client brings along.
    layout_ptr layout;                     ///< Never null after `decode_description`.
    content_id genesis;                    ///< The model of round 0.
  } model;

  struct {
    uint64_t local_epochs = 1; ///< >= 1.
    uint64_t batch_size = 32;  ///< >= 1.
    double lr = 0;             ///< >= 0, finite.
    double momentum = 0;       ///< 0 ... 1.
  } learner;

  strategy_config strategy;
  std::string exchange = "ipfs";               ///< Or `inline`.
  std::string ledger = "commit";               ///< Or `per-update`.
  std::string ipfs_profile = "unixfs-v1-2025"; ///< Or `unixfs-v0-2015`.
};

/// The canonical JSON of schema `flwr-actor/description/1`: the blob whose content id is on chain.
/// @errors  usage -- a member is out of range or not ASCII; the words name its key.
expected<std::string> encode_description(const description& what);

/// @errors  corrupt -- not what `encode_description` writes: not canonical, a key missing or
///          unknown, a value out of range. The words name the key.
expected<description> decode_description(std::string_view text);

/// The first key, in the order above, whose values differ, with both of them:
/// "learner.lr is 0.001 in the run's description, but 0.01 here". Nothing if they are equal.
/// A client says it and ends with exit code 4; so does a server that resumes.
std::optional<std::string> first_difference(const description& theirs, const description& ours);

} // namespace flwr
