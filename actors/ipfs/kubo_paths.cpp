#include "actors/ipfs/kubo_routes.hpp"

#include <string_view>
#include <utility>

namespace flwr {
namespace {

constexpr uint64_t overhead_bytes = 64 << 10; // A multipart body is longer than its file.
constexpr size_t max_reads = 32; // At a time; a quarter of that where each may load a model.
constexpr std::string_view writes[]{"add", "block/put", "dag/import", "pin/add", "pin/rm"};

http_route rpc_route(std::string_view command, uint64_t max_body_bytes,
                     std::function<void(http_exchange_ptr)> serve) {
  return {.path = "/api/v0/" + std::string{command},
          .methods = {"POST"},
          .content_type = {},
          .max_body_bytes = max_body_bytes,
          .serve = std::move(serve),
          .upgrade = {}};
}

bool is_for_models(const http_request& request) {
  auto& path = request.path;
  return path.starts_with("/ipfs/") || path == "/api/v0/cat" || path == "/api/v0/dag/export";
}

} // namespace

std::vector<http_route> routes_to(std::function<void(http_exchange_ptr)> serve,
                                  std::function<void(http_admission_ptr)> admit,
                                  uint64_t max_blob_bytes) {
  std::vector<http_route> routes{rpc_route("", overhead_bytes, serve), get_route("/ipfs/", serve)};
  for (auto& read : routes) {
    read.max_at_once = max_reads;
    read.is_heavy = is_for_models;
  }
  for (auto command : writes) {
    routes.push_back(rpc_route(command, max_blob_bytes + overhead_bytes, serve));
    routes.back().admit = admit;
  }
  return routes;
}

} // namespace flwr
