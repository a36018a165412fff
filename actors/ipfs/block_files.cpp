#include "actors/ipfs/block_files.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/ipfs/block_folder.hpp"
#include "actors/ipfs/content_id.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace flwr {
namespace {

using block_view = std::span<const uint8_t>;

bool lies_within(block_view block, const blob_ptr& owner) {
  std::less_equal<const uint8_t*> before;
  return owner && before(owner->data(), block.data())
         && before(block.data() + block.size(), owner->data() + owner->size());
}

expected<blob_ptr> limited(blob_ptr blob, const content_id& id, uint64_t max_bytes) {
  if (blob->size() > max_bytes)
    return make_error(ec::rejected, "the blob " + to_text(id) + " has "
                                      + std::to_string(blob->size()) + " bytes, more than the "
                                      + std::to_string(max_bytes) + " that were asked for");
  return blob;
}

} // namespace

/// Blocks, without knowing what they are part of. `owner` is what the block may be a part of in
/// memory, or null; `read` doesn't check what `verify` does.
class block_files::body {
public:
  virtual ~body() = default;
  virtual bool has(const content_id&) const = 0;
  virtual expected<void> write(const content_id&, block_view, const blob_ptr& owner) = 0;
  virtual expected<bytes> read(const content_id&) const = 0;
  virtual expected<bytes> verify(const content_id&) = 0;
  virtual expected<void> sync() = 0;
};

class block_files::disk_body final : public body {
public:
  explicit disk_body(block_folder folder) : folder_(std::move(folder)) {}

  bool has(const content_id& id) const override { return folder_.has(id); }
  expected<void> write(const content_id& id, block_view block, const blob_ptr&) override {
    return folder_.write(id, block);
  }
  expected<bytes> read(const content_id& id) const override { return folder_.read(id); }
  expected<bytes> verify(const content_id& id) override { return folder_.verify(id); }
  expected<void> sync() override { return folder_.sync(); }

private:
  block_folder folder_;
};

class block_files::memory_body final : public body {
public:
  bool has(const content_id& id) const override { return blocks_.contains(as_version_1(id)); }

  expected<void> write(const content_id& id, block_view block, const blob_ptr& owner) override {
    if (has(id))
      return caf::unit;
    auto keeper =
      lies_within(block, owner) ? owner : std::make_shared<const bytes>(block.begin(), block.end());
    auto kept = keeper == owner ? block : block_view{*keeper};
    blocks_.emplace(as_version_1(id), part{std::move(keeper), kept});
    return caf::unit;
  }

  expected<bytes> read(const content_id& id) const override {
    auto found = blocks_.find(as_version_1(id));
    if (found == blocks_.end())
      return make_error(ec::missing, "the block " + to_text(id) + " isn't stored in memory");
    return bytes{found->second.block.begin(), found->second.block.end()};
  }

  expected<bytes> verify(const content_id& id) override { return read(id); }
  expected<void> sync() override { return caf::unit; }

private:
  struct part {
    blob_ptr keeper;
    block_view block;
  };

  std::map<content_id, part> blocks_;
};

block_files::block_files(std::unique_ptr<body> body, const unixfs_profile& profile)
  : body_(std::move(body)), profile_(profile) {}
block_files::block_files(block_files&&) noexcept = default;
block_files& block_files::operator=(block_files&&) noexcept = default;
block_files::~block_files() = default;

expected<block_files> block_files::open(std::filesystem::path directory,
                                        const unixfs_profile& profile) {
  auto folder = block_folder::open(std::move(directory));
  if (!folder)
    return folder.error();
  return block_files{std::make_unique<disk_body>(std::move(*folder)), profile};
}

expected<block_files> block_files::open_read_only(std::filesystem::path directory) {
  auto folder = block_folder::open_read_only(std::move(directory));
  if (!folder)
    return folder.error();
  return block_files{std::make_unique<disk_body>(std::move(*folder)), unixfs_v1_2025};
}

block_files block_files::in_memory(const unixfs_profile& profile) {
  return {std::make_unique<memory_body>(), profile};
}

expected<content_id> block_files::put(const blob_ptr& blob) {
  auto stored = put(blob, profile_);
  return stored ? expected<content_id>{stored->id} : stored.error();
}

expected<stored_file> block_files::put(const blob_ptr& blob, const unixfs_profile& profile) {
  if (!blob)
    return make_error(ec::rejected, "there is no blob to store");
  caf::error failed;
  stored_file stored;
  stored.id = import_file(*blob, profile, [&](const content_id& block_id, block_view block) {
    stored.dag_bytes += block.size();
    if (failed)
      return;
    if (auto written = body_->write(block_id, block, blob); !written)
      failed = written.error();
  });
  if (failed)
    return failed;
  hold(stored.id, blob);
  return stored;
}

expected<void> block_files::sync() { return body_->sync(); }

expected<blob_ptr> block_files::fetch(const content_id& id, uint64_t max_bytes) {
  auto held = held_.find(as_version_1(id));
  if (auto blob = held == held_.end() ? nullptr : held->second.lock())
    return limited(std::move(blob), id, max_bytes);
  auto blob = load(id, max_bytes);
  if (blob)
    hold(id, *blob);
  return blob;
}

expected<blob_ptr> block_files::load(const content_id& id, uint64_t max_bytes) {
  std::optional<content_id> last;
  auto source = [&](const content_id& block_id) {
    last = block_id;
    return body_->read(block_id);
  };
  auto file = export_file(id, source, max_bytes);
  if (file)
    return std::make_shared<const bytes>(std::move(*file));
  // The body knows where a wrong block lies, and has to know that it is wrong.
  if (last)
    if (auto block = body_->verify(*last); !block)
      return block.error();
  return file.error();
}

void block_files::hold(const content_id& id, const blob_ptr& blob) {
  if (held_.size() >= sweep_at_) {
    std::erase_if(held_, [](const auto& entry) { return entry.second.expired(); });
    sweep_at_ = 2 * held_.size() + 16;
  }
  held_[as_version_1(id)] = blob;
}

bool block_files::has(const content_id& id) const { return body_->has(id); }

expected<void> block_files::put_block(const content_id& id, std::span<const uint8_t> block) {
  if (block.size() > max_block_bytes || sha256(block) != id.digest)
    return make_error(ec::rejected, "these " + std::to_string(block.size()) + " bytes aren't "
                                      + to_text(id) + ", or too many for a block");
  return body_->write(id, block, nullptr);
}

expected<bytes> block_files::get_block(const content_id& id) { return body_->verify(id); }

} // namespace flwr
