#include "apps/server_doors.hpp"

#include "actors/audit/signed_updates.hpp"
#include "actors/chain/address.hpp"
#include "actors/chain/eth_routes.hpp"
#include "actors/chain/typed_messages.hpp"
#include "actors/hash/hex.hpp"
#include "actors/http/last_guests.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/kubo_routes.hpp"

#include <sys/random.h>

#include <atomic>
#include <filesystem>
#include <utility>

namespace flwr {
namespace {

constexpr uint64_t max_blob_bytes = uint64_t{2} << 30;

std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names;
  for (size_t at = 0; at < list.size();) {
    auto end = std::min(list.find(',', at), list.size());
    if (end > at)
      names.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

hash256 random_digest() {
  hash256 random{};
  // Up to 256 bytes come whole once the system has any.
  while (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
  }
  return random;
}

/// Whether the proof is by the key that it names.
expected<void> check_proof(const run_identity& run, const join_proof& proof, const hash256& nonce) {
  join_statement statement{run.run, proof.client, {nonce.begin(), nonce.end()}};
  auto signature = signature_from_bytes(proof.signature);
  auto signer = signature ? recover(digest_of(statement, run.domain), *signature) : std::nullopt;
  if (signer && *signer == proof.key)
    return caf::unit;
  return make_error(ec::rejected, "the proof isn't by the key " + to_text(proof.key));
}

} // namespace

/// Who answers at the doors, once somebody does.
struct server_doors::hall {
  struct hosts {
    caf::actor_system* sys = nullptr;
    join_terms_ptr terms;
    kubo_routes_actor kubo;
    eth_routes_actor eth; ///< Null without a ledger.
    live_page_actor page; ///< Null without an HTTP port.
  };

  std::shared_ptr<const hosts> now() const { return std::atomic_load(&hosts_); }
  void open(std::shared_ptr<const hosts> who) { std::atomic_store(&hosts_, std::move(who)); }

private:
  std::shared_ptr<const hosts> hosts_;
};

namespace {

run_facts facts_of(const server_options& options, const prepared_run& run) {
  auto& text = run.what.text;
  run_facts facts{.id = to_0x(run.identity.run),
                  .data = text.data,
                  .partition = text.partition,
                  .model = text.model.name,
                  .strategy = text.strategy.name,
                  .ledger = {},
                  .rounds = options.rounds,
                  .clients = options.clients};
  if (run.ledger)
    facts.ledger = ledger_place{to_text(run.ledger->contract), run.ledger->chain_id};
  return facts;
}

kubo_routes_config store_of(const server_options& options, const prepared_run& run,
                            const round_coordinator_actor& coordinator) {
  auto folder = options.state_dir;
  auto update_bytes = run.what.genesis->layout->file_bytes;
  kubo_routes_config cfg{.profile = *unixfs_profile_from(options.ipfs_profile),
                         .max_blob_bytes = max_blob_bytes,
                         .quota_bytes = std::max<uint64_t>(64 << 20, 8 * update_bytes),
                         .free_bytes = {},
                         .update_bytes = update_bytes,
                         .full = {}};
  cfg.free_bytes = [folder] {
    std::error_code unknown;
    return std::filesystem::space(folder, unknown).available;
  };
  if (options.simulate != 0 || options.exchange == "inline")
    return cfg; // Updates don't come this way.
  cfg.full = [=](uint64_t free, const std::string& heaviest) {
    caf::anon_send(coordinator, atom::failed_v,
                   make_error(ec::no_space, "only " + std::to_string(free >> 20)
                                              + " MiB are free on the disk of " + folder.string()
                                              + ", too few for the clients' updates (" + heaviest
                                              + "); free some and start again"));
  };
  return cfg;
}

// Any client may send a model: plain Flower clients do in either exchange.
uint64_t join_memory(const server_options& options, const layout& model) {
  return least_memory_bytes + options.clients * (model.file_bytes + model.file_bytes / 4);
}

http_route probe(std::string path, std::function<http_response()> answer) {
  return get_route(std::move(path),
                   [=](const http_exchange_ptr& with) { with->respond(answer()); });
}

} // namespace

// The HTTP port; nothing where there is to be none.
expected<std::optional<http_server>> server_doors::open_http(const server_options& options,
                                                             const std::shared_ptr<hall>& hall) {
  if (!options.http)
    return std::optional<http_server>{};
  http_server_config cfg;
  cfg.host = options.http->host;
  cfg.port = options.http->port;
  cfg.allow_hosts = names_in(options.allow_host);
  cfg.routes = routes_to(
    [hall](http_exchange_ptr with) {
      if (auto who = hall->now())
        caf::anon_send(who->kubo, std::move(with));
    },
    [hall](http_admission_ptr with) {
      if (auto who = hall->now())
        caf::anon_send(who->kubo, std::move(with));
    },
    max_blob_bytes);
  auto eth = eth_routes_to(
    [hall](http_exchange_ptr with) {
      if (auto who = hall->now(); who && who->eth)
        caf::anon_send(who->eth, std::move(with));
    },
    [hall](web_socket_event what) {
      if (auto who = hall->now(); who && who->eth)
        caf::anon_send(who->eth, std::move(what));
    });
  cfg.routes.insert(cfg.routes.end(), eth.begin(), eth.end());
  auto page = live_page_routes(
    [hall](http_exchange_ptr with) {
      if (auto who = hall->now())
        caf::anon_send(who->page, std::move(with));
    },
    [hall](web_socket_event what) {
      if (auto who = hall->now())
        caf::anon_send(who->page, std::move(what));
      else
        what.socket->close(); // Whoever comes too early comes again.
    });
  cfg.routes.insert(cfg.routes.end(), page.begin(), page.end());
  cfg.routes.push_back(probe("/healthz", [] { return text_response(200, "ok\n"); }));
  cfg.routes.push_back(probe("/readyz", [hall] {
    return hall->now() ? text_response(200, "ok\n") : text_response(503, "starting\n");
  }));
  auto server = http_server::listen(std::move(cfg));
  if (!server)
    return server.error();
  return std::optional{std::move(*server)};
}

expected<std::optional<flower_server>> server_doors::open_join(const server_options& options,
                                                               const std::shared_ptr<hall>& hall) {
  if (options.simulate != 0)
    return std::optional<flower_server>{};
  flower_server_config cfg;
  cfg.host = options.listen.host;
  cfg.port = options.listen.port;
  cfg.open = [hall](join_stream_ptr stream, bool is_ours) {
    auto who = hall->now();
    return who ? spawn_join_session(*who->sys, who->terms, std::move(stream), is_ours)
               : join_session_actor{};
  };
  auto server = flower_server::listen(std::move(cfg));
  if (!server)
    return server.error();
  return std::optional{std::move(*server)};
}

expected<server_doors> server_doors::open(const server_options& options) {
  server_doors doors;
  doors.hall_ = std::make_shared<hall>();
  auto http = open_http(options, doors.hall_);
  if (!http)
    return http.error();
  auto join = open_join(options, doors.hall_);
  if (!join)
    return join.error();
  doors.http_ = std::move(*http);
  doors.join_ = std::move(*join);
  return doors;
}

std::optional<uint16_t> server_doors::http_port() const {
  return http_ ? std::optional{http_->port()} : std::nullopt;
}

std::optional<uint16_t> server_doors::join_port() const {
  return join_ ? std::optional{join_->port()} : std::nullopt;
}

reporter_actor server_doors::listener(caf::actor_system& sys, const server_options& options,
                                      const prepared_run& run) {
  if (!http_)
    return {};
  live_page_config cfg{.run = facts_of(options, run), .longest_callback = {}};
  if (join_)
    cfg.longest_callback = join_->longest_callback();
  page_ = spawn_live_page(sys, std::move(cfg));
  return page_;
}

std::function<void(uint64_t)> server_doors::round_bell() const {
  return [hall = hall_](uint64_t round) {
    if (auto who = hall->now())
      caf::anon_send(who->kubo, atom::begin_v, round);
  };
}

std::vector<cast_member> server_doors::let_in(caf::actor_system& sys, const server_options& options,
                                              const prepared_run& run, const server_cast& all) {
  if (!http_ && !join_)
    return {};
  auto who = std::make_shared<hall::hosts>();
  who->sys = &sys;
  who->page = std::exchange(page_, {});
  who->kubo = spawn_kubo_routes(sys, store_of(options, run, all.coordinator), all.store);
  join_terms terms;
  terms.words = {.run = run.identity.run,
                 .description = run.terms.description,
                 .genesis = run.genesis,
                 .contract = run.ledger ? run.ledger->contract : address{},
                 .chain_id = run.ledger ? run.ledger->chain_id : 0,
                 .chain = run.ledger ? "embedded" : "none",
                 .ipfs = "embedded",
                 .http = http_ ? "http:" + std::to_string(http_->port()) : "",
                 .token = {},
                 .nonce = {}};
  terms.exchange =
    options.exchange == "inline" ? wire::exchange::with_tensors : wire::exchange::ipfs;
  terms.layout = run.what.genesis->layout;
  terms.manager = all.rounds.clients;
  terms.fetcher = all.rounds.fetcher;
  terms.uploader = all.rounds.uploader;
  terms.room = spawn_inbound_room(
    sys, {.bytes = inbound_bytes(options.inbound_bytes, *run.what.genesis->layout)});
  terms.random = random_digest;
  terms.verify = [identity = run.identity](const join_proof& proof, const hash256& nonce) {
    return check_proof(identity, proof, nonce);
  };
  terms.reporter = all.rounds.reporter;
  terms.admitted = [kubo = who->kubo](const std::string& token, client_id id) {
    caf::anon_send(kubo, atom::admit_v, token, id);
  };
  who->terms = std::make_shared<const join_terms>(std::move(terms));
  std::vector<cast_member> helpers;
  if (join_)
    join_->set_memory(join_memory(options, *run.what.genesis->layout));
  if (http_)
    http_->set_body_bytes(inbound_bytes(options.inbound_bytes, *run.what.genesis->layout));
  if (http_)
    helpers.push_back({"last guests", spawn_last_guests(sys, {.count = [this](auto then) {
                                                          http_->count_connections(std::move(then));
                                                        }})});
  helpers.push_back({"inbound room", caf::actor_cast<caf::actor>(who->terms->room)});
  helpers.push_back({"kubo routes", caf::actor_cast<caf::actor>(who->kubo)});
  if (all.ledger) {
    who->eth = spawn_eth_routes(sys, all.ledger->chain);
    helpers.push_back({"eth routes", caf::actor_cast<caf::actor>(who->eth)});
  }
  hall_->open(who);
  return helpers;
}

void server_doors::close() {
  hall_->open(nullptr);
  join_.reset();
  http_.reset();
}

} // namespace flwr
