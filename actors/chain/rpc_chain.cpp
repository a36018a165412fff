#include "actors/chain/rpc_chain.hpp"

#include "actors/chain/eth_answers.hpp"
#include "actors/chain/eth_values.hpp"
#include "actors/chain/json_rpc.hpp"
#include "actors/chain/run_events.hpp"
#include "actors/runtime/pending.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace flwr {
namespace {

namespace json = boost::json;

/// What came back to a call, on its way from the client's thread to the actor's.
using outcome_ptr = std::shared_ptr<const expected<json_rpc::answer>>;

constexpr uint64_t max_answer_bytes = 64 << 20;
constexpr int revert_code = 3;

expected<json_rpc::answer> read(const expected<http_response>& from, uint64_t id) {
  if (!from)
    return from.error();
  std::string_view text;
  if (from->body)
    text = {reinterpret_cast<const char*>(from->body->data()), from->body->size()};
  auto answer = json_rpc::read_answer(text, id);
  if (answer || from->status == 200)
    return answer;
  auto code = from->status >= 500 || from->status == 429 ? ec::unreachable : ec::corrupt;
  return make_error(code, "the node answers with HTTP status " + std::to_string(from->status));
}

/// The node's words; of a revert, what the contract says.
caf::error error_of(const json_rpc::failure& why) {
  if (why.code == revert_code && why.data.is_string()) {
    auto raw = eth::data_in(why.data.get_string());
    auto words = raw ? refusal_in(*raw) : expected<std::string>{ec::corrupt};
    if (words)
      return make_error(ec::rejected, "execution reverted: " + *words);
  }
  auto is_missing = why.message.find("header not found") != why.message.npos
                    || why.message.find("unknown block") != why.message.npos;
  return make_error(is_missing ? ec::missing : ec::rejected, why.message);
}

json::object call_json(const call_request& what) {
  json::object object{{"from", to_0x(what.from)}, {"data", to_0x(what.data)}};
  if (what.to)
    object.emplace("to", to_0x(*what.to));
  if (what.value != 0)
    object.emplace("value", eth::quantity(what.value));
  return object;
}

json::object filter_json(const log_query& what) {
  json::object object{{"address", to_0x(what.emitter)},
                      {"fromBlock", eth::quantity(what.first_block)},
                      {"toBlock", eth::quantity(what.last_block)}};
  if (what.topic)
    object.emplace("topics", json::array{to_0x(*what.topic)});
  return object;
}

} // namespace
} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::outcome_ptr)

namespace flwr {
namespace {

using impl = chain_actor::extend<on<void, uint64_t, outcome_ptr>, on<void, atom::tick>>;

struct rpc_chain_state {
  static inline const char* name = "flwr.rpc-chain";

  using next_step = std::function<void(const expected<json_rpc::answer>&)>;

  explicit rpc_chain_state(impl::stateful_pointer<rpc_chain_state> self) : self(self) {}

  // -- calls -------------------------------------------------------------------------------------

  void ask(std::string_view method, json::array params, next_step then) {
    auto id = ++last;
    auto text = json_rpc::ask(id, method, std::move(params));
    http_request request{.method = "POST",
                         .path = "",
                         .query = {},
                         .fields = {{"Content-Type", "application/json"}},
                         .body = std::make_shared<const bytes>(text.begin(), text.end())};
    steps.emplace(id, std::move(then));
    client->send(cfg.place, std::move(request), {cfg.timeout, max_answer_bytes},
                 [id, home = impl{self}](const expected<http_response>& what) {
                   caf::anon_send(
                     home, id, std::make_shared<const expected<json_rpc::answer>>(read(what, id)));
                 });
  }

  void arrived(uint64_t id, const outcome_ptr& outcome) {
    if (auto step = steps.extract(id))
      step.mapped()(*outcome);
  }

  /// Answers a request with what `read` makes of the node's result.
  template <class T, class Read>
  caf::result<T> relay(std::string_view method, json::array params, Read read) {
    auto reply = self->make_response_promise<T>();
    auto key = ++last;
    owed.emplace(key, [reply](const caf::error& why) mutable { reply.deliver(why); });
    ask(method, std::move(params), [=, this](const expected<json_rpc::answer>& what) mutable {
      if (owed.erase(key) == 0)
        return;
      auto result = what_it_says<T>(what, read);
      result ? reply.deliver(std::move(*result)) : reply.deliver(std::move(result.error()));
    });
    return reply;
  }

  template <class T, class Read>
  static expected<T> what_it_says(const expected<json_rpc::answer>& what, Read read) {
    if (!what)
      return what.error();
    if (auto* failed = std::get_if<json_rpc::failure>(&what->failed))
      return error_of(*failed);
    return read(what->result);
  }

  // -- the chain's questions ---------------------------------------------------------------------

  caf::result<uint64_t> chain_id() {
    return relay<uint64_t>("eth_chainId", {}, eth::number_answer);
  }

  caf::result<block_facts> head() {
    return relay<block_facts>("eth_getBlockByNumber", {"latest", false}, eth::block_answer);
  }

  caf::result<block_facts> block(uint64_t number) {
    return relay<block_facts>("eth_getBlockByNumber", {eth::quantity(number), false},
                              [number](const json::value& from) -> expected<block_facts> {
                                auto facts = eth::block_answer(from);
                                if (facts && facts->block.number != number)
                                  return make_error(ec::corrupt, "the node gave another block");
                                return facts;
                              });
  }

  caf::result<uint64_t> nonce(const address& who) {
    return relay<uint64_t>("eth_getTransactionCount", {to_0x(who), "pending"}, eth::number_answer);
  }

  caf::result<fee_terms> fees() {
    return relay<fee_terms>("eth_getBlockByNumber", {"latest", false},
                            [](const json::value& from) -> expected<fee_terms> {
                              caf::error failure;
                              eth::answer_fields fields{from, "block", failure};
                              auto base = fields.is_null("baseFeePerGas")
                                            ? u256{}
                                            : fields.quantity("baseFeePerGas");
                              if (failure)
                                return failure;
                              return fee_terms{base, u256{}};
                            });
  }

  caf::result<tx_hash> send(const bytes& raw) {
    return relay<tx_hash>(
      "eth_sendRawTransaction", {to_0x(raw)}, [](const json::value& from) -> expected<tx_hash> {
        auto hash = from.is_string() ? eth::fixed_in<tx_hash>(from.get_string()) : std::nullopt;
        if (!hash)
          return make_error(ec::corrupt, "the node answered no hash");
        return *hash;
      });
  }

  caf::result<std::optional<receipt>> find_receipt(const tx_hash& hash) {
    return relay<std::optional<receipt>>(
      "eth_getTransactionReceipt", {to_0x(hash)},
      [hash](const json::value& from) { return eth::receipt_answer(from, hash); });
  }

  caf::result<std::optional<placed_transaction>> find_transaction(const tx_hash& hash) {
    return relay<std::optional<placed_transaction>>(
      "eth_getTransactionByHash", {to_0x(hash)},
      [hash](const json::value& from) { return eth::transaction_answer(from, hash); });
  }

  caf::result<bytes> call(const call_request& what) {
    return relay<bytes>("eth_call", {call_json(what), eth::quantity(what.block_number)},
                        eth::data_answer);
  }

  caf::result<std::vector<placed_log>> logs(const log_query& what) {
    return relay<std::vector<placed_log>>(
      "eth_getLogs", {filter_json(what)},
      [what](const json::value& from) { return eth::logs_answer(from, what); });
  }

  // -- heads -------------------------------------------------------------------------------------

  void follow(const head_listener_actor& listener) {
    followers.push_back(listener.address());
    self->monitor(listener);
    told.erase(listener.address());
    if (!std::exchange(polling, true))
      poll();
  }

  void poll() {
    ask("eth_getBlockByNumber", {"latest", false}, [this](const expected<json_rpc::answer>& what) {
      auto facts = what_it_says<block_facts>(what, eth::block_answer);
      if (facts)
        tell(facts->block);
      self->delayed_send(self, cfg.poll_interval, atom::tick_v);
    });
  }

  void tell(const block_ref& head) {
    for (auto& follower : followers) {
      auto listener = caf::actor_cast<caf::strong_actor_ptr>(follower);
      if (!listener || std::exchange(told[follower], head) == head)
        continue;
      self->send(caf::actor_cast<head_listener_actor>(listener), atom::head_v, head);
    }
  }

  void forget(const caf::actor_addr& follower) {
    std::erase(followers, follower);
    told.erase(follower);
  }

  void leave(const caf::error& why) {
    steps.clear();
    for (auto& [key, refuse] : std::exchange(owed, {}))
      refuse(why);
    self->quit(why);
  }

  impl::stateful_pointer<rpc_chain_state> self;
  rpc_chain_config cfg;
  http_client_ptr client;
  std::map<uint64_t, next_step> steps;
  std::map<uint64_t, std::function<void(const caf::error&)>> owed;
  uint64_t last = 0;
  std::vector<caf::actor_addr> followers;
  std::map<caf::actor_addr, block_ref> told; // The newest head that each has heard of.
  bool polling = false;
};

impl::behavior_type rpc_chain(impl::stateful_pointer<rpc_chain_state> self, rpc_chain_config cfg,
                              http_client_ptr client) {
  self->state.cfg = std::move(cfg);
  self->state.client = std::move(client);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  self->set_down_handler([self](const caf::down_msg& msg) {
    self->state.forget(caf::actor_cast<caf::actor_addr>(msg.source));
  });
  return {
    [self](atom::chain_id) { return self->state.chain_id(); },
    [self](atom::head) { return self->state.head(); },
    [self](atom::block, uint64_t number) { return self->state.block(number); },
    [self](atom::follow, const head_listener_actor& who) { self->state.follow(who); },
    [self](atom::nonce, const address& who) { return self->state.nonce(who); },
    [self](atom::fees) { return self->state.fees(); },
    [self](atom::send, const bytes& raw) { return self->state.send(raw); },
    [self](atom::receipt, const tx_hash& hash) { return self->state.find_receipt(hash); },
    [self](atom::transaction, const tx_hash& hash) { return self->state.find_transaction(hash); },
    [self](atom::call, const call_request& what) { return self->state.call(what); },
    [self](atom::logs, const log_query& what) { return self->state.logs(what); },
    [self](uint64_t id, const outcome_ptr& outcome) { self->state.arrived(id, outcome); },
    [self](atom::tick) { self->state.poll(); },
  };
}

} // namespace

chain_actor spawn_rpc_chain(caf::actor_system& sys, rpc_chain_config cfg, http_client_ptr client) {
  return sys.spawn(rpc_chain, std::move(cfg), std::move(client));
}

} // namespace flwr
