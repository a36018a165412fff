#pragma once

#include "messages/error.hpp"
#include "messages/parameters.hpp"

#include <vector>

namespace flwr {

/// The most examples that one update may claim (PROTOCOL section 5).
inline constexpr int64_t max_examples_limit = int64_t{1} << 29;

/// The most examples of all updates of one sum together.
inline constexpr uint64_t max_total_examples = uint64_t{1} << 42;

/// Federated averaging as an exact sum: updates go in one by one, in any order, and partial sums
/// merge; the result's bits are the same.
///
///   model[t][i] = round(sum_k q(n_k * x_k[t][i]) / sum_k n_k)
///
/// q rounds half-even to multiples of 2^-50; `round` is one rounding to the tensor's type, nearest,
/// ties to even, subnormals included. |x| <= 2^20. A sum of exactly 0 gives +0, also from -0s; only
/// a negative average too small for float16 gives -0. Integers and booleans: the greatest value
/// that any update holds (`num_batches_tracked`; for booleans "any"), whatever its weight.
///
/// Memory: 16 bytes an element of a floating-point tensor, the tensor's own size for the others.
/// Threads: one at a time.
/// Source: McMahan et al. 2017, "Communication-Efficient Learning of Deep Networks from
/// Decentralized Data", Algorithm 1; PROTOCOL section 5.
class exact_sum {
public:
  /// @param layout        If `can_average` (layouts.hpp) refuses it, every `add` does so too.
  /// @param max_examples  The most that one update may claim, up to `max_examples_limit`.
  explicit exact_sum(layout_ptr layout, int64_t max_examples = max_examples_limit);

  /// Adds a model with the weight `num_examples`. A refused one changes nothing.
  /// @errors  rejected -- `num_examples` is out of range, or the sum's examples would pass 2^42;
  ///          corrupt -- another layout or length; a value not finite, too large, or no boolean:
  ///          the words name the tensor and the element; and as `can_average`.
  expected<void> add(const parameters& model, int64_t num_examples);

  /// Adds everything that `other` holds. If it is refused, nothing changes.
  /// @errors  rejected -- the examples would pass 2^42; corrupt -- another layout.
  expected<void> merge(const exact_sum& other);

  /// The sum of all weights.
  uint64_t total_examples() const { return total_examples_; }

  /// How many models went in.
  uint64_t updates() const { return updates_; }

  /// The average; the sum stays as it is and can go on.
  /// @errors  rejected -- no update yet.
  expected<parameters_ptr> finish() const;

private:
  expected<void> check(const parameters& model) const;
  void note(uint64_t examples, uint64_t updates, uint64_t additions);
  void carry();

  layout_ptr layout_;
  int64_t max_examples_;
  uint64_t total_examples_ = 0;
  uint64_t updates_ = 0;
  uint64_t additions_ = 0;     // Since the last carry.
  std::vector<size_t> starts_; // Of each tensor: in whole_ and rest_, or in greatest_.
  std::vector<int64_t> whole_; // Integer parts of the products.
  std::vector<int64_t> rest_;  // What the integer parts leave, in units of 2^-50.
  bytes greatest_;             // Of integer and boolean tensors, laid out as in the file.
};

} // namespace flwr
