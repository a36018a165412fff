#include "actors/ipfs/block_body.hpp"

#include "actors/ipfs/block_folder.hpp"
#include "actors/ipfs/content_id.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace flwr {
namespace fs = std::filesystem;
namespace {

using block_view = std::span<const uint8_t>;

constexpr auto loose_name = "loose";

bool lies_within(block_view block, const blob_ptr& owner) {
  std::less_equal<const uint8_t*> before;
  return owner && before(owner->data(), block.data())
         && before(block.data() + block.size(), owner->data() + owner->size());
}

class disk_body final : public block_body {
public:
  disk_body(block_folder kept, std::optional<block_folder> loose)
    : kept_(std::move(kept)), loose_(std::move(loose)) {}

  bool has(const content_id& id) const override { return place_of(id).has(id); }
  bool is_kept(const content_id& id) const override { return kept_.has(id); }

  expected<bool> write(const content_id& id, block_view block, const blob_ptr&) override {
    auto is_loose = !is_kept(id);
    auto written = is_loose ? loose_->write(id, block) : kept_.write(id, block);
    return written ? expected<bool>{is_loose} : written.error();
  }

  expected<bytes> read(const content_id& id) const override { return place_of(id).read(id); }

  expected<bytes> verify(const content_id& id) override {
    return loose_ && loose_->has(id) ? loose_->verify(id) : kept_.verify(id);
  }

  expected<void> keep(const content_id& id) override {
    return is_kept(id) ? caf::unit : kept_.adopt(id, *loose_);
  }

  expected<void> remove(const content_id& id) override { return loose_->remove(id); }

  expected<void> sync() override {
    auto kept = kept_.sync();
    auto loose = loose_->sync();
    return kept ? loose : kept;
  }

  expected<void> sync_kept() override { return kept_.sync(); }

private:
  const block_folder& place_of(const content_id& id) const {
    return loose_ && loose_->has(id) ? *loose_ : kept_;
  }

  block_folder kept_;
  std::optional<block_folder> loose_; ///< Nothing for readers of a store that has none.
};

class memory_body final : public block_body {
public:
  bool has(const content_id& id) const override { return blocks_.contains(as_version_1(id)); }
  bool is_kept(const content_id& id) const override { return kept_.contains(as_version_1(id)); }

  expected<bool> write(const content_id& id, block_view block, const blob_ptr& owner) override {
    if (has(id))
      return !is_kept(id);
    auto keeper =
      lies_within(block, owner) ? owner : std::make_shared<const bytes>(block.begin(), block.end());
    auto kept = keeper == owner ? block : block_view{*keeper};
    blocks_.emplace(as_version_1(id), part{std::move(keeper), kept});
    return !is_kept(id);
  }

  expected<bytes> read(const content_id& id) const override {
    auto found = blocks_.find(as_version_1(id));
    if (found == blocks_.end())
      return make_error(ec::missing, "the block " + to_text(id) + " isn't stored in memory");
    return bytes{found->second.block.begin(), found->second.block.end()};
  }

  expected<bytes> verify(const content_id& id) override { return read(id); }

  expected<void> keep(const content_id& id) override {
    kept_.insert(as_version_1(id));
    return caf::unit;
  }

  expected<void> remove(const content_id& id) override {
    blocks_.erase(as_version_1(id));
    return caf::unit;
  }

  expected<void> sync() override { return caf::unit; }
  expected<void> sync_kept() override { return caf::unit; }

private:
  struct part {
    blob_ptr keeper;
    block_view block;
  };

  std::map<content_id, part> blocks_;
  std::set<content_id> kept_;
};

} // namespace

expected<opened_blocks> open_blocks(fs::path directory) {
  auto kept = block_folder::open(directory);
  if (!kept)
    return kept.error();
  auto loose = block_folder::open(directory / loose_name);
  if (!loose)
    return loose.error();
  auto found = loose->list();
  if (!found)
    return found.error();
  return opened_blocks{std::make_unique<disk_body>(std::move(*kept), std::move(*loose)),
                       std::move(*found)};
}

expected<std::unique_ptr<block_body>> open_blocks_read_only(fs::path directory) {
  auto kept = block_folder::open_read_only(directory);
  if (!kept)
    return kept.error();
  std::optional<block_folder> some_loose;
  if (auto loose = block_folder::open_read_only(directory / loose_name))
    some_loose.emplace(std::move(*loose));
  return std::make_unique<disk_body>(std::move(*kept), std::move(some_loose));
}

std::unique_ptr<block_body> blocks_in_memory() { return std::make_unique<memory_body>(); }

} // namespace flwr
