#include "actors/chain/eth_routes.hpp"

#include "actors/chain/eth_conversation.hpp"
#include "actors/chain/eth_json.hpp"
#include "actors/chain/eth_methods.hpp"
#include "actors/chain/eth_values.hpp"
#include "actors/chain/eth_watches.hpp"
#include "actors/http/turns.hpp"
#include "actors/runtime/ask_of.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using impl = eth_routes_actor::extend<on<void, atom::tick>>;
using json_rpc::failure;
using talk_ptr = eth_conversation_ptr;

constexpr auto patience = 1min;
constexpr auto filter_life = 5min;
constexpr uint64_t max_body_bytes = 5 << 20; // As geth's.

// What is under way has memory for its calls and its answers. Few batches, which take most of it;
// and single calls of their own, so that no batch keeps a transaction waiting.
constexpr size_t max_batches = 4;
constexpr size_t max_calls = 16;

std::string_view text_of(const http_request& request) {
  auto& body = request.body;
  return body ? std::string_view{reinterpret_cast<const char*>(body->data()), body->size()}
              : std::string_view{};
}

// A transaction has at most 128 KiB; JSON in memory, up to twelve times its length.
bool is_heavy(std::string_view text) { return json_rpc::is_batch(text) || text.size() > 256 << 10; }

http_response json_answer(const std::string& text) {
  return text_response(200, text, "application/json");
}

struct eth_routes_state {
  static inline const char* name = "flwr.eth-routes";

  explicit eth_routes_state(impl::stateful_pointer<eth_routes_state> self) : self(self) {}

  // -- conversations -----------------------------------------------------------------------------

  void serve(const http_exchange_ptr& with) {
    converse(text_of(with->request()), nullptr,
             [with](const std::string& answer) { with->respond(json_answer(answer)); });
  }

  void hear(const web_socket_event& what) {
    if (!what.text)
      return forget(what.socket);
    sockets.insert(what.socket);
    // The text is held until it is answered: a peer that is quicker than we are isn't read on.
    converse(*what.text, what.socket, [socket = what.socket, text = what.text](std::string answer) {
      if (!answer.empty())
        socket->send(std::make_shared<const std::string>(std::move(answer)));
    });
  }

  /// `reply` keeps the text, which isn't parsed before its turn.
  void converse(std::string_view text, const web_socket_ptr& socket,
                std::function<void(std::string)> reply) {
    auto& row = is_heavy(text) ? batches : calls;
    row.enter([=, this, &row] {
      if (has_gone(socket))
        return row.leave();
      auto done = [=, &row](std::string answer) {
        reply(std::move(answer));
        row.leave();
      };
      std::make_shared<eth_conversation>(text, socket, done)->begin([this](const talk_ptr& talk) {
        answer(talk);
      });
    });
  }

  bool has_gone(const web_socket_ptr& socket) const { return socket && !sockets.contains(socket); }

  void answer(const talk_ptr& talk) {
    if (has_gone(talk->socket()))
      return talk->fail({-32000, "the connection has gone", {}});
    auto& method_name = talk->call().method;
    if (method_name == "eth_sendRawTransaction")
      return send(talk);
    using method = void (eth_routes_state::*)(const talk_ptr&);
    static const std::map<std::string_view, method> own{
      {"eth_newFilter", &eth_routes_state::new_filter},
      {"eth_newBlockFilter", &eth_routes_state::new_block_filter},
      {"eth_getFilterChanges", &eth_routes_state::filter_changes},
      {"eth_getFilterLogs", &eth_routes_state::filter_logs},
      {"eth_uninstallFilter", &eth_routes_state::uninstall_filter},
      {"eth_subscribe", &eth_routes_state::subscribe},
      {"eth_unsubscribe", &eth_routes_state::unsubscribe},
    };
    auto found = own.find(method_name);
    found == own.end() ? ask(talk) : (this->*found->second)(talk);
  }

  static void settle(const talk_ptr& talk, eth::outcome what) {
    if (auto* wrong = std::get_if<failure>(&what))
      talk->fail(*wrong);
    else
      talk->succeed(std::move(std::get<json::value>(what)));
  }

  // -- the ledger --------------------------------------------------------------------------------

  /// Has `look` run on the CHAIN, and `then` with what it found here.
  template <class Result, class Look, class Then>
  void look_at_ledger(const talk_ptr& talk, Look look, Then then) {
    auto found = std::make_shared<Result>();
    auto question = std::make_shared<const std::function<void(const embedded_ledger&)>>(
      [found, look](const embedded_ledger& ledger) { *found = look(ledger); });
    ask_of(self, chain, patience, atom::ask_v, ledger_question{question})
      .then([=] { then(std::move(*found)); },
            [=](const caf::error& why) {
              talk->fail({-32000, render(why), {}});
            });
  }

  void ask(const talk_ptr& talk) {
    auto what = std::make_shared<const json_rpc::call>(talk->call()); // Parameters may be long.
    look_at_ledger<std::optional<eth::outcome>>(
      talk,
      [what](const embedded_ledger& ledger) {
        return eth::answer(ledger, what->method, what->params);
      },
      [=](std::optional<eth::outcome> found) {
        found ? settle(talk, std::move(*found))
              : talk->fail(json_rpc::method_unknown(what->method));
      });
  }

  void send(const talk_ptr& talk) {
    auto& params = talk->call().params;
    auto raw = params.size() == 1 && params[0].is_string() ? eth::data_in(params[0].get_string())
                                                           : std::nullopt;
    if (!raw)
      return talk->fail(json_rpc::wrong_parameter("invalid argument 0: not data"));
    ask_of(self, chain, patience, atom::send_v, *raw)
      .then([=](const tx_hash& hash) { talk->succeed(json::value(to_0x(hash))); },
            [=](const caf::error& why) {
              talk->fail({-32000, render(why), {}});
            });
  }

  // -- filters -----------------------------------------------------------------------------------

  void add(const talk_ptr& talk, eth_watch what) {
    if (has_gone(what.socket))
      return talk->fail({-32000, "the connection has gone", {}});
    what.touched = self->clock().now();
    auto id = watches.add(std::move(what));
    id ? talk->succeed(json::value(*id))
       : talk->fail({-32005, "too many filters and subscriptions", {}});
  }

  void new_block_filter(const talk_ptr& talk) {
    add(talk, {.logs = {}, .next_block = head.number + 1, .socket = {}, .touched = {}});
  }

  void new_filter(const talk_ptr& talk) { watch_logs(talk, 0, {}); }

  /// @param at  Where in the parameters the filter stands.
  void watch_logs(const talk_ptr& talk, size_t at, const web_socket_ptr& socket) {
    auto& params = talk->call().params;
    auto object = at < params.size() ? params[at] : json::value(json::object{});
    using reading = std::variant<eth::log_filter, failure>;
    look_at_ledger<reading>(
      talk, [object](const embedded_ledger& ledger) { return eth::log_filter_in(ledger, object); },
      [=, this](const reading& read) {
        if (auto* wrong = std::get_if<failure>(&read))
          return talk->fail(*wrong);
        add(talk, {std::get<eth::log_filter>(read), head.number + 1, socket, {}});
      });
  }

  /// The id that a call names; "" if it names none.
  static std::string id_in(const talk_ptr& talk) {
    auto& params = talk->call().params;
    return !params.empty() && params[0].is_string() ? std::string{params[0].get_string()} : "";
  }

  /// The filter that a call names; null if there is none, and then the call is answered.
  eth_watch* named(const talk_ptr& talk) {
    auto* found = watches.find_filter(id_in(talk));
    if (found)
      found->touched = self->clock().now();
    else
      talk->fail({-32000, "filter not found", {}});
    return found;
  }

  void filter_changes(const talk_ptr& talk) {
    auto* mine = named(talk);
    if (!mine)
      return;
    auto first = std::exchange(mine->next_block, head.number + 1);
    tell_since(talk, *mine, first);
  }

  void filter_logs(const talk_ptr& talk) {
    auto* mine = named(talk);
    if (mine && mine->logs)
      tell_since(talk, *mine, mine->logs->first_block);
    else if (mine)
      talk->fail({-32000, "filter not found", {}});
  }

  void tell_since(const talk_ptr& talk, const eth_watch& what, uint64_t first) {
    look_at_ledger<json::array>(
      talk,
      [filter = what.logs, first, last = head.number](const embedded_ledger& ledger) {
        return found_between(ledger, filter, first, last);
      },
      [=](json::array found) { talk->succeed(std::move(found)); });
  }

  void uninstall_filter(const talk_ptr& talk) {
    talk->succeed(watches.remove(id_in(talk), nullptr));
  }

  // -- subscriptions -----------------------------------------------------------------------------

  void subscribe(const talk_ptr& talk) {
    auto& params = talk->call().params;
    auto kind = !params.empty() && params[0].is_string() ? std::string{params[0].get_string()} : "";
    if (!talk->socket())
      return talk->fail({-32601, "notifications not supported", {}});
    if (kind == "newHeads")
      return add(talk, {{}, head.number + 1, talk->socket(), {}});
    if (kind == "logs")
      return watch_logs(talk, 1, talk->socket());
    talk->fail(json_rpc::wrong_parameter("no \"" + kind + "\" subscription in eth namespace"));
  }

  void unsubscribe(const talk_ptr& talk) {
    if (!talk->socket())
      return talk->fail({-32601, "notifications not supported", {}});
    talk->succeed(watches.remove(id_in(talk), talk->socket()));
  }

  void forget(const web_socket_ptr& socket) {
    sockets.erase(socket);
    watches.remove_of(socket);
  }

  void on_head(const block_ref& block) {
    head = block;
    gather_news();
  }

  // Thousands of subscriptions are one question, and blocks that come meanwhile are the next one:
  // news that nobody has heard yet don't pile up.
  void gather_news() {
    if (is_gathering)
      return;
    auto news = std::make_shared<std::vector<eth_news>>(watches.take_news(head.number));
    if (news->empty())
      return;
    is_gathering = true;
    auto question = std::make_shared<const std::function<void(const embedded_ledger&)>>(
      [news, last = head.number](const embedded_ledger& ledger) {
        find_news(ledger, last, *news);
      });
    ask_of(self, chain, patience, atom::ask_v, ledger_question{question})
      .then([=, this] { tell_news(*news); }, [this](const caf::error&) { is_gathering = false; });
  }

  void tell_news(const std::vector<eth_news>& news) {
    is_gathering = false;
    std::ranges::for_each(news, push);
    if (watches.has_news(head.number))
      gather_news();
  }

  static void push(const eth_news& what) {
    auto start = R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")"
                 + what.id + R"(","result":)";
    for (auto& each : *what.found)
      what.socket->send(std::make_shared<const std::string>(start + each + "}}"));
  }

  void tick() {
    watches.remove_untouched_since(self->clock().now() - filter_life);
    self->delayed_send(self, 30s, atom::tick_v);
  }

  impl::stateful_pointer<eth_routes_state> self;
  embedded_chain_actor chain;
  block_ref head;
  turns batches{max_batches};
  turns calls{max_calls};
  std::set<web_socket_ptr> sockets; // That are open, as far as they have spoken.
  eth_watches watches;
  bool is_gathering = false; // The CHAIN is asked for news.
};

impl::behavior_type eth_routes(impl::stateful_pointer<eth_routes_state> self,
                               embedded_chain_actor chain) {
  self->state.chain = std::move(chain);
  self->send(self->state.chain, atom::follow_v,
             caf::actor_cast<head_listener_actor>(eth_routes_actor{self}));
  self->delayed_send(self, 30s, atom::tick_v);
  return {
    [self](const http_exchange_ptr& with) { self->state.serve(with); },
    [self](const web_socket_event& what) { self->state.hear(what); },
    [self](atom::head, const block_ref& block) { self->state.on_head(block); },
    [self](atom::tick) { self->state.tick(); },
  };
}

} // namespace

eth_routes_actor spawn_eth_routes(caf::actor_system& sys, embedded_chain_actor chain) {
  return sys.spawn(eth_routes, std::move(chain));
}

std::vector<http_route> eth_routes_to(std::function<void(http_exchange_ptr)> serve,
                                      std::function<void(web_socket_event)> hear) {
  auto upgrade = [hear](web_socket_ptr socket) {
    return web_socket_listener{.on_text =
                                 [=](std::shared_ptr<const std::string> text) {
                                   hear({socket, std::move(text)});
                                 },
                               .on_close =
                                 [=] {
                                   hear({socket, nullptr});
                                 }};
  };
  return {{.path = "/eth",
           .methods = {"POST"},
           .content_type = "application/json",
           .max_body_bytes = max_body_bytes,
           .serve = std::move(serve),
           .upgrade = upgrade,
           .max_at_once = max_calls,
           .is_heavy = [](const http_request& asked) { return is_heavy(text_of(asked)); }}};
}

} // namespace flwr
