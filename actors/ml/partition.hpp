#pragma once

#include "actors/ml/datasets.hpp"
#include "messages/error.hpp"
#include "messages/types.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace flwr {

/// How samples are dealt out to clients.
struct partition_rule {
  enum class kind : uint8_t {
    whole,     ///< Every client has all of them.
    iid,       ///< At random; sizes differ by at most 1.
    dirichlet, ///< Each class goes to the clients in proportions drawn from Dir(alpha, ..., alpha).
    shards,    ///< Sorted by class and cut in pieces; each client has `per_client` of these.
  };
  kind how = kind::iid;
  double alpha = 1;        ///< Of dirichlet; > 0, finite.
  uint64_t per_client = 1; ///< Of shards; >= 1.
};

/// Reads `whole`, `iid`, `dirichlet:ALPHA` or `shards:K`. Pure.
/// @errors  usage -- with what is wrong and what is allowed.
expected<partition_rule> parse_partition(std::string_view);

/// Which samples of a set belong to which client. Immutable; any thread.
class partition {
public:
  /// Everybody has all of `count` samples.
  explicit partition(uint64_t count) : count_(count) {}

  /// Client `owners[i]` has sample i. Every owner is below `clients`.
  partition(std::span<const uint32_t> owners, uint64_t clients);

  /// A client's samples in ascending order; of nobody: all samples. Empty for a client that the
  /// partition wasn't made for.
  std::vector<uint32_t> samples(std::optional<client_id>) const;

private:
  uint64_t count_;
  std::vector<uint32_t> samples_; ///< By client, then ascending; empty if everybody has all.
  std::vector<uint64_t> starts_;  ///< Client k has samples_[starts_[k] ... starts_[k + 1]).
};

/// Both halves of a data set, dealt out.
struct data_split {
  partition train;
  partition test;
};

using data_split_ptr = std::shared_ptr<const data_split>;

/// Deals a data set out to clients 0 ... clients - 1, none of whom goes without samples. A pure
/// function of its arguments; the memory is 4 bytes a sample. With P the Philox stream
/// ("partition", seed, 0, 0), which starts anew for each half, so that a client's test data has the
/// classes of its training data; S the stream ("partition-train" or "partition-test", seed, 0, 0);
/// n samples and N clients:
///
/// - iid: the sample at place j of an S-shuffled list goes to client j mod N.
/// - dirichlet: for each class c with n_c samples, in ascending order: p ~ Dir(alpha) by N gamma
///   variates from P; the class's list, S-shuffled, is cut at round(n_c (p_0 + ... + p_k)). Then
///   each client without samples, in ascending order, takes the last sample of the client that has
///   most (of equals, the lowest).
/// - shards: each class's list is S-shuffled, the lists joined in ascending order of classes and
/// cut
///   at floor(n s / (N K)); the shard numbers, P-shuffled, go to the clients, K to each in turn.
///
/// @errors  usage -- fewer samples than clients (or shards), or `clients` is 0.
/// @source  dirichlet: Hsu et al. 2019, "Measuring the Effects of Non-Identical Data Distribution";
///          gamma: Marsaglia and Tsang 2000, "A Simple Method for Generating Gamma Variables";
///          shards: McMahan et al. 2017.
expected<data_split_ptr> split_data(const dataset&, const partition_rule&, uint64_t clients,
                                    uint64_t seed);

} // namespace flwr
