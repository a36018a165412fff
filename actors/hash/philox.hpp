#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace flwr {

/// One block of Philox4x32-10: four words from a 128-bit counter and a 64-bit key, the low word
/// first in both. Pure; any thread.
/// @source  Salmon et al. 2011, "Parallel Random Numbers: As Easy as 1, 2, 3".
std::array<uint32_t, 4> philox_block(const std::array<uint32_t, 4>& counter, uint64_t key);

/// The key of a stream that nobody else uses: the first 8 bytes, low byte first, of
///
///   SHA-256("flwr-actor/random/1" 0x00 purpose 0x00 be64(seed) be64(client) be64(round))
///
/// `purpose` names the use ("batches", "genesis", ...) and holds no zero byte.
uint64_t stream_key(std::string_view purpose, uint64_t seed, uint64_t client, uint64_t round);

/// A stream of random words: Philox4x32-10 over the counters 0, 1, 2, ..., each block's words in
/// order. Equal on every machine. Not thread-safe; cheap to make.
class philox {
public:
  explicit philox(uint64_t key) : key_(key) {}

  uint32_t next();

  /// Uniform in 0 ... n - 1, n >= 1. Takes words until one is below the largest multiple of n, so
  /// that no number is favoured; the result is that word modulo n.
  uint32_t below(uint32_t n);

  /// Uniform in [0, 1): the word's upper 24 bits, times 2^-24.
  float uniform();

  /// Standard normal, by Box and Muller: sqrt(-2 ln u) * cos(2 pi v), where u in (0, 1] and v in
  /// [0, 1) have 53 bits each (u = (a + 1) * 2^-53, v = b * 2^-53; a and b are the upper 53 bits of
  /// two words each, the first the high one). Four words a call; libm decides the last bit.
  double normal();

private:
  uint64_t bits53();

  uint64_t key_;
  uint64_t block_ = 0;
  std::array<uint32_t, 4> words_{};
  unsigned used_ = 4;
};

/// Fisher-Yates from the top: for i = n - 1 ... 1, swaps element i with element below(i + 1).
/// At most 2^32 - 1 elements.
template <class T>
void shuffle(std::span<T> items, philox& random) {
  for (auto i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[random.below(static_cast<uint32_t>(i))]);
}

} // namespace flwr
