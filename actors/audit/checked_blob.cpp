#include "actors/audit/checked_blob.hpp"

#include "actors/ipfs/content_id.hpp"

namespace flwr {

blob_ptr checked_blob(const evidence& from, const inquiry& note, const std::string& what,
                      const content_id& id, uint64_t max_bytes,
                      std::span<const unixfs_profile> profiles) {
  auto named = what + " " + to_text(id);
  auto blob = from.blob(id, max_bytes);
  if (!blob) {
    note.failed(named, blob.error(), id);
    return nullptr;
  }
  if (!*blob || (*blob)->size() > max_bytes) {
    note.wrong(named, "at most " + shown(max_bytes) + " bytes", "more, or nothing");
    return nullptr;
  }
  content_id given;
  for (const auto& profile : profiles) {
    given = content_id_of(**blob, profile);
    if (as_version_1(given) == as_version_1(id))
      return *blob;
  }
  note.wrong(named, "bytes of that content id", "those of " + to_text(given));
  return nullptr;
}

} // namespace flwr
