#include "apps/tool_content.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/safetensors.hpp"
#include "apps/tool_files.hpp"
#include "apps/tool_model.hpp"

#include <boost/json.hpp>

#include <utility>

namespace flwr {

expected<std::string> show_content_id(const std::filesystem::path& path,
                                      const std::string& profile_name,
                                      const unixfs_profile& profile, bool json) {
  unixfs_importer importer{profile, [](const content_id&, std::span<const uint8_t>) {}};
  auto size = read_chunks(path, profile.chunk_bytes, [&](auto chunk) { importer.add(chunk); });
  if (!size)
    return std::move(size.error());
  auto id = to_text(importer.finish());
  if (!json)
    return id + "\n";
  return boost::json::serialize(boost::json::object{{"schema", "flwr-actor/cid/1"},
                                                    {"content_id", id},
                                                    {"profile", profile_name},
                                                    {"bytes", *size}})
         + "\n";
}

expected<std::string> show_model(const std::filesystem::path& path, const unixfs_profile& profile,
                                 bool json) {
  auto file = read_file(path);
  if (!file)
    return std::move(file.error());
  auto layout = read_layout(*file);
  if (!layout)
    return make_error(code_of(layout.error()), path.string() + ": " + render(layout.error()));
  auto id = to_text(content_id_of(*file, profile));
  parameters model{*layout, std::make_shared<const bytes>(*std::move(file))};
  return json ? model_json(model, id) + "\n" : model_text(model, id);
}

} // namespace flwr
