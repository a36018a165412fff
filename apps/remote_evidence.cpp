#include "apps/remote_evidence.hpp"

#include "actors/chain/rpc_chain.hpp"
#include "actors/ipfs/kubo_store.hpp"

#include <chrono>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 90s; // Longer than the adapters' own.

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
    caf::scoped_actor self{sys};
    expected<T> answer{ec::timeout};
    self->request(whom, patience, args...)
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
  : cast_(std::make_unique<cast>(chain, ipfs)) {}
remote_evidence::~remote_evidence() = default;

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
        return all->ask<blob_ptr>(all->store, atom::fetch_v, id, max_bytes);
      }};
}

} // namespace flwr
