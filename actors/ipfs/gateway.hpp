/// The trustless gateway: https://specs.ipfs.tech/http-gateways/trustless-gateway/. Pure; any
/// thread.
#pragma once

#include "actors/http/http_message.hpp"
#include "messages/error.hpp"

namespace flwr {

enum class gateway_format : uint8_t { file, raw, car };

struct gateway_request {
  content_id id;
  gateway_format format = gateway_format::file;
  std::string tag;    ///< The answer's ETag.
  bool known = false; ///< The peer has it already.
};

/// What GET /ipfs/ID[?format=raw|car] asks for; `Accept` says the format, too.
/// @errors  usage -- no content id of ours, or a format that isn't; missing -- a path below a file.
expected<gateway_request> parse_gateway_request(const http_request&);

http_response gateway_answer(const gateway_request&, blob_ptr data);
http_response not_modified(const gateway_request&);
http_response gateway_refusal(const caf::error&);

} // namespace flwr
