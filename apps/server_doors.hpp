#pragma once

#include "actors/http/http_server.hpp"
#include "actors/net/flower_server.hpp"
#include "actors/page/live_page.hpp"
#include "apps/server_cast.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace flwr {

/// A server's two ports. They are opened before anything is started, so that a port in use leaves
/// nothing behind, and answer "not ready" until there is a run to join.
class server_doors {
public:
  /// The HTTP port if there is to be one, and Join's unless this is a simulation.
  /// @errors  usage -- an address can't be listened on.
  static expected<server_doors> open(const server_options&);

  /// Nothing without such a port.
  std::optional<uint16_t> http_port() const;
  std::optional<uint16_t> join_port() const;

  /// Who has to hear of the run's facts: the live page. Null without an HTTP port. Before `let_in`.
  reporter_actor listener(caf::actor_system&, const server_options&, const prepared_run&);

  /// To be called when a round begins: the quotas at the HTTP port are whole again. Any thread.
  std::function<void(uint64_t round)> round_bell() const;

  /// Lets people in. Spawns what answers them, which ends by the returned members, before this is
  /// closed: the first of them stays as long as clients read the last round.
  std::vector<cast_member> let_in(caf::actor_system&, const server_options&, const prepared_run&,
                                  const server_cast&);

  /// Closes the ports. Before the actor system ends.
  void close();

private:
  struct hall;

  static expected<std::optional<http_server>> open_http(const server_options&,
                                                        const std::shared_ptr<hall>&);
  static expected<std::optional<flower_server>> open_join(const server_options&,
                                                          const std::shared_ptr<hall>&);

  std::shared_ptr<hall> hall_;
  std::optional<http_server> http_;
  std::optional<flower_server> join_;
  live_page_actor page_; ///< Until people are let in.
};

} // namespace flwr
