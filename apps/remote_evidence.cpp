#include "apps/remote_evidence.hpp"

#include "actors/chain/rpc_chain.hpp"
#include "actors/ipfs/kubo_store.hpp"
#include "actors/runtime/patience.hpp"

#include <chrono>
#include <future>
#include <string>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 90s; // Longer than the adapters' own.

/// Nobody who answers is another matter than somebody else who does.
caf::error unusable(const std::string& place, const caf::error& why, const std::string& wanted) {
  if (is_transient(why))
    return make_error(code_of(why), place + ": " + render(why));
  return make_error(ec::usage,
                    place + ": what answers there (" + render(why) + ") isn't " + wanted);
}

expected<void> answer_of(http_client& client, const http_place& place, const std::string& path) {
  http_request request{.method = "POST", .path = path, .query = {}, .fields = {}, .body = {}};
  std::promise<expected<http_response>> answer;
  client.send(place, std::move(request), {},
              [&](expected<http_response> what) { answer.set_value(std::move(what)); });
  auto response = answer.get_future().get();
  if (!response)
    return response.error();
  auto status = response->status;
  if (status == 200)
    return caf::unit;
  return make_error(status >= 500 || status == 429 ? ec::unreachable : ec::rejected,
                    "HTTP status " + std::to_string(status));
}

/// What a node gives instead of a blob proves nothing but that the node doesn't have it.
expected<blob_ptr> not_given(expected<blob_ptr> blob) {
  if (blob || code_of(blob.error()) != ec::corrupt)
    return blob;
  return make_error(ec::missing, "what the IPFS node gave isn't it: " + render(blob.error()));
}

} // namespace

struct remote_evidence::cast {
  cast(const http_place& chain_place, const http_place& ipfs_place)
    : chain(spawn_rpc_chain(sys, {.place = chain_place}, client)),
      store(spawn_kubo_store(sys, {.place = ipfs_place, .profile = unixfs_v1_2025, .token = {}},
                             client)) {}

  ~cast() {
    caf::scoped_actor self{sys};
    self->send_exit(chain, caf::exit_reason::user_shutdown);
    self->send_exit(store, caf::exit_reason::user_shutdown);
    self->wait_for(chain, store);
  }

  /// Asks an actor, and waits.
  template <class T, class Handle, class... Args>
  expected<T> ask(const Handle& whom, const Args&... args) {
    return ask_for<T>(patience, whom, args...);
  }

  template <class T, class Handle, class... Args>
  expected<T> ask_for(std::chrono::milliseconds most, const Handle& whom, const Args&... args) {
    caf::scoped_actor self{sys};
    expected<T> answer{ec::timeout};
    self->request(whom, most, args...)
      .receive([&](const T& value) { answer = value; },
               [&](const caf::error& why) { answer = why; });
    return answer;
  }

  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  http_client_ptr client = make_http_loop();
  chain_actor chain;
  blob_store_actor store;
};

remote_evidence::remote_evidence(const http_place& chain, const http_place& ipfs)
  : chain_(chain), ipfs_(ipfs), cast_(std::make_unique<cast>(chain, ipfs)) {}
remote_evidence::~remote_evidence() = default;

expected<void> remote_evidence::check() const {
  auto chain_id = functions().chain_id();
  if (!chain_id)
    return unusable("--chain " + to_text(chain_), chain_id.error(),
                    "an Ethereum node's JSON-RPC; a flwr-actor-server has it at "
                    "http://HOST:8082/eth");
  auto version = answer_of(*cast_->client, ipfs_, "/api/v0/version");
  if (!version)
    return unusable("--ipfs " + to_text(ipfs_), version.error(),
                    "an IPFS node's RPC; a flwr-actor-server has it at http://HOST:8082");
  return caf::unit;
}

evidence remote_evidence::functions() const {
  auto* all = cast_.get();
  return {
    .chain_id = [=] { return all->ask<uint64_t>(all->chain, atom::chain_id_v); },
    .head = [=] { return all->ask<block_facts>(all->chain, atom::head_v); },
    .block =
      [=](uint64_t number) { return all->ask<block_facts>(all->chain, atom::block_v, number); },
    .call =
      [=](const call_request& what) { return all->ask<bytes>(all->chain, atom::call_v, what); },
    .logs =
      [=](const log_query& what) {
        return all->ask<std::vector<placed_log>>(all->chain, atom::logs_v, what);
      },
    .receipt_of =
      [=](const tx_hash& hash) {
        return all->ask<std::optional<receipt>>(all->chain, atom::receipt_v, hash);
      },
    .transaction_of =
      [=](const tx_hash& hash) {
        return all->ask<std::optional<placed_transaction>>(all->chain, atom::transaction_v, hash);
      },
    .blob =
      [=](const content_id& id, uint64_t max_bytes) {
        auto most = patience_for(max_bytes, patience);
        return not_given(all->ask_for<blob_ptr>(most, all->store, atom::fetch_v, id, max_bytes));
      }};
}

} // namespace flwr
