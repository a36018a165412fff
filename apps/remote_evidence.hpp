#pragma once

#include "actors/audit/evidence.hpp"
#include "actors/http/http_client.hpp"

#include <memory>

namespace flwr {

/// A chain behind Ethereum's JSON-RPC and blobs behind Kubo's RPC, for `verify`: evidence whose
/// functions wait for their answers. It lives on actors of its own, which end with it.
class remote_evidence {
public:
  remote_evidence(const http_place& chain, const http_place& ipfs);
  ~remote_evidence();
  remote_evidence(const remote_evidence&) = delete;
  remote_evidence& operator=(const remote_evidence&) = delete;

  /// Good for as long as this lives.
  evidence functions() const;

  /// Asks both nodes something small.
  /// @errors  unreachable, timeout -- nobody answers: says who; usage -- what answers is something
  ///          else.
  expected<void> check() const;

private:
  struct cast;
  http_place chain_, ipfs_;
  std::unique_ptr<cast> cast_;
};

} // namespace flwr
