#pragma once

#include "actors/chain/embedded_ledger.hpp"
#include "actors/chain/eth_methods.hpp"
#include "actors/http/http_server.hpp"

#include <boost/json.hpp>
#include <caf/actor_clock.hpp>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace flwr {

/// Something that is followed from block to block: a filter that is asked, or a subscription.
struct eth_watch {
  std::optional<eth::log_filter> logs; ///< Nothing: of blocks.
  uint64_t next_block = 0;             ///< The first that wasn't told of yet.
  web_socket_ptr socket;               ///< Of a subscription.
  caf::actor_clock::time_point touched;
};

/// What there is to tell a subscription.
struct eth_news {
  std::string id;
  web_socket_ptr socket;
  std::optional<eth::log_filter> logs; ///< Nothing: of blocks.
  uint64_t first_block = 0;
  /// Each as JSON; the same for all who follow blocks.
  std::shared_ptr<const std::vector<std::string>> found;
};

/// All filters and subscriptions of a port, by the ids that callers have: nobody guesses another's.
/// One thread at a time.
class eth_watches {
public:
  /// The id of it; nothing if there are too many: of filters, of subscriptions, or of its socket.
  std::optional<std::string> add(eth_watch);

  /// A filter, which has no socket. Null if there is none. Valid until the next change.
  eth_watch* find_filter(const std::string& id);

  /// Removes a subscription of this socket; of nobody's, a filter. Whether there was one.
  bool remove(const std::string& id, const web_socket_ptr& socket);

  void remove_of(const web_socket_ptr&);

  /// Removes the filters that nobody has asked since then.
  void remove_untouched_since(caf::actor_clock::time_point);

  /// Whether there are subscriptions that haven't heard of all blocks up to this one.
  bool has_news(uint64_t head) const;

  /// What subscriptions have to hear, nothing found yet; they are up to date from now on.
  std::vector<eth_news> take_news(uint64_t head);

private:
  std::map<std::string, eth_watch> all_;
  std::random_device source_;
};

/// Finds the news of many subscriptions, up to this block.
void find_news(const embedded_ledger&, uint64_t last_block, std::vector<eth_news>&);

/// What a filter finds between two blocks: logs, or the hashes of blocks.
boost::json::array found_between(const embedded_ledger&, std::optional<eth::log_filter>,
                                 uint64_t first, uint64_t last);

} // namespace flwr
