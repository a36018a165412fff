#include "actors/ipfs/car_import.hpp"

namespace flwr {
namespace {

// A block is a file, and making one takes 0.1 ms or more, a MiB of bytes 0.5 ms or so. A round asks
// the store some ten times, and may wait for a slice each time.
constexpr size_t slice_blocks = 16;
constexpr uint64_t slice_bytes = 1 << 20;

// Making much durable at once takes long, but each time has a price of its own.
constexpr size_t commit_blocks = 1024;
constexpr uint64_t commit_bytes = 32 << 20;

} // namespace

expected<bool> car_import::advance(block_files& files) {
  auto is_last = next_ == car_->car.sections.size();
  auto is_much = pending_blocks_ >= commit_blocks || pending_bytes_ >= commit_bytes;
  auto done = is_last ? finish(files) : is_much ? files.sync() : store_some(files);
  if (!done)
    return done.error();
  if (is_much)
    pending_blocks_ = pending_bytes_ = 0;
  return is_last;
}

expected<void> car_import::store_some(block_files& files) {
  auto& sections = car_->car.sections;
  uint64_t taken = 0;
  for (size_t i = 0; i < slice_blocks && taken < slice_bytes && next_ < sections.size(); ++i) {
    auto& [id, block] = sections[next_++];
    if (auto stored = files.put_hashed(id, block); !stored)
      return stored;
    ++pending_blocks_;
    pending_bytes_ += block.size();
    taken += block.size();
  }
  return caf::unit;
}

expected<void> car_import::finish(block_files& files) const {
  if (wish_ == dag_wish::hold && car_->whole)
    return files.hold(car_->car.root, *car_->whole);
  if (auto durable = files.sync(); !durable)
    return durable;
  std::vector root{car_->car.root};
  if (wish_ == dag_wish::hold)
    return files.hold(root);
  return wish_ == dag_wish::check && !car_->whole ? files.check(root) : caf::unit;
}

} // namespace flwr
