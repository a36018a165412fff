/// Doubles of the storage actors, for those who use them.
#pragma once

#include "messages/actors.hpp"
#include "tests/support/actor_fixture.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace flwr::test {

/// What storage was asked for, in order, and what it says to it.
struct storage_desk {
  std::vector<std::string> calls; ///< "upload", "pin 3", "fetch", "append KIND".
  std::vector<journal_entry> entries;
  std::map<content_id, blob_ptr> blobs;
  caf::error refuse_upload, refuse_pin, refuse_append;
  bool hold_pins = false;    ///< Pins are owed for ever.
  bool hold_appends = false; ///< Appends are.
};

using desk_ptr = std::shared_ptr<storage_desk>;

/// Names a blob by its length: enough where nobody looks into it.
inline content_id name_by_length(const blob_ptr& blob) {
  return {.digest = {static_cast<uint8_t>(blob->size())}};
}

inline ipfs_uploader_actor::behavior_type desk_uploader(ipfs_uploader_actor::pointer self,
                                                        desk_ptr desk) {
  return {
    [=](atom::upload, const blob_ptr& blob) -> caf::result<content_id> {
      desk->calls.emplace_back("upload");
      if (desk->refuse_upload)
        return desk->refuse_upload;
      desk->blobs[name_by_length(blob)] = blob;
      return name_by_length(blob);
    },
    [=](atom::pin, const std::vector<content_id>& ids) -> caf::result<void> {
      desk->calls.push_back("pin " + std::to_string(ids.size()));
      if (desk->hold_pins)
        return self->make_response_promise<void>();
      return desk->refuse_pin ? caf::result<void>{desk->refuse_pin} : caf::result<void>{caf::unit};
    },
  };
}

inline ipfs_fetcher_actor::behavior_type desk_fetcher(ipfs_fetcher_actor::pointer, desk_ptr desk) {
  return {
    [=](atom::fetch, const content_id& id, uint64_t) -> caf::result<blob_ptr> {
      desk->calls.emplace_back("fetch");
      auto found = desk->blobs.find(id);
      return found == desk->blobs.end() ? caf::result<blob_ptr>{caf::error{ec::missing}}
                                        : caf::result<blob_ptr>{found->second};
    },
    [](atom::keep, const content_id&, const blob_ptr&) {},
  };
}

inline journal_actor::behavior_type desk_journal(journal_actor::pointer self, desk_ptr desk) {
  return {[=](atom::append, const journal_entry& entry) -> caf::result<void> {
    desk->calls.push_back("append " + entry.kind);
    if (desk->hold_appends)
      return self->make_response_promise<void>();
    if (desk->refuse_append)
      return desk->refuse_append;
    desk->entries.push_back(entry);
    return caf::unit;
  }};
}

} // namespace flwr::test
