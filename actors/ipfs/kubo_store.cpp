#include "actors/ipfs/kubo_store.hpp"

#include "actors/hash/hex.hpp"
#include "actors/ipfs/car.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/kubo_answers.hpp"
#include "actors/ipfs/kubo_arguments.hpp"
#include "actors/ipfs/multipart.hpp"
#include "actors/runtime/patience.hpp"
#include "actors/runtime/pending.hpp"

#include <boost/json.hpp>

#include <map>
#include <utility>

namespace flwr {
namespace {

/// What came back to a request, on its way from the client's thread to the actor's.
using outcome_ptr = std::shared_ptr<const expected<http_response>>;

constexpr uint64_t max_answer_bytes = 1 << 20;
constexpr uint64_t dag_overhead_bytes = 16 << 20; // As export_file allows it.

/// A failed request's error, from the words that Kubo has for it.
caf::error error_in(const http_response& answer, const std::string& doing) {
  auto words = kubo::message_in(answer);
  auto says = [&](std::string_view what) { return words.find(what) != words.npos; };
  auto code = ec::rejected;
  if (says("not found") || says("could not find"))
    code = ec::missing;
  else if (answer.status == 507 || says("no space left") || says("quota"))
    code = ec::no_space;
  else if (answer.status == 502 || answer.status == 503 || answer.status == 504)
    code = ec::unreachable;
  return make_error(code, "IPFS node, " + doing + ": " + words + " (status "
                            + std::to_string(answer.status) + ")");
}

expected<content_id> stored_id(const http_response& answer) {
  boost::system::error_code failed;
  std::string_view text{reinterpret_cast<const char*>(answer.body->data()), answer.body->size()};
  auto document = boost::json::parse(text.substr(0, text.find('\n')), failed);
  auto* members = failed ? nullptr : document.if_object();
  auto* hash = members ? members->if_contains("Hash") : nullptr;
  if (!hash || !hash->is_string())
    return make_error(ec::corrupt, "IPFS node, add: its answer has no Hash");
  return content_id_from_text(std::string_view{hash->as_string()});
}

/// The file that a CAR holds, every block of it checked.
expected<blob_ptr> file_in(const http_response& answer, const content_id& id, uint64_t max_bytes) {
  auto broken = value_of(answer.fields, "X-Stream-Error");
  if (!broken.empty())
    return make_error(ec::missing, "IPFS node, dag export: " + std::string{broken});
  auto car = read_car(*answer.body);
  if (!car)
    return car.error();
  std::map<content_id, std::span<const uint8_t>> blocks;
  for (auto& section : car->sections)
    blocks.emplace(as_version_1(section.id), section.block);
  auto source = [&](const content_id& wanted) -> expected<bytes> {
    auto found = blocks.find(as_version_1(wanted));
    if (found == blocks.end())
      return make_error(ec::missing, "the IPFS node left out the block " + to_text(wanted));
    return bytes{found->second.begin(), found->second.end()};
  };
  auto file = export_file(id, source, max_bytes);
  if (!file)
    return file.error();
  return std::make_shared<const bytes>(std::move(*file));
}

} // namespace
} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::outcome_ptr)

namespace flwr {
namespace {

using impl = kubo_store_actor::extend<on<void, uint64_t, outcome_ptr>>;

struct kubo_store_state {
  static inline const char* name = "flwr.kubo-store";

  using next_step = std::function<void(const expected<http_response>&)>;

  explicit kubo_store_state(impl::stateful_pointer<kubo_store_state> self) : self(self) {}

  /// Asks the node; `then` runs on this actor.
  void ask(const std::string& command, http_fields query, part_body body, uint64_t max_bytes,
           next_step then) {
    http_request request{.method = "POST",
                         .path = "/api/v0/" + command,
                         .query = std::move(query),
                         .fields = {},
                         .body = std::move(body.body)};
    if (!body.content_type.empty())
      request.fields.push_back({"Content-Type", body.content_type});
    if (!cfg.token.empty())
      request.fields.push_back({"Authorization", "Bearer " + cfg.token});
    auto key = ++last;
    steps.emplace(key, std::move(then));
    client->send(cfg.place, std::move(request), {cfg.timeout, max_bytes},
                 [key, home = impl{self}](expected<http_response> what) {
                   caf::anon_send(home, key,
                                  std::make_shared<const expected<http_response>>(std::move(what)));
                 });
  }

  /// The same, where only a good answer leads on.
  template <class T, class Read>
  void ask_for(pending<T>& owed, uint64_t key, const std::string& command, http_fields query,
               part_body body, uint64_t max_bytes, Read read) {
    ask(command, std::move(query), std::move(body), max_bytes,
        [&owed, key, command, read](const expected<http_response>& what) {
          if (!what)
            owed.settle(key, what.error());
          else if (what->status != 200)
            owed.settle(key, error_in(*what, command));
          else
            owed.settle(key, read(*what));
        });
  }

  void arrived(uint64_t key, const outcome_ptr& outcome) {
    auto step = steps.extract(key);
    if (step)
      step.mapped()(*outcome);
  }

  // -- the store ---------------------------------------------------------------------------------

  caf::result<content_id> put(const blob_ptr& blob) {
    if (!blob)
      return make_error(ec::rejected, "there is no blob to store");
    auto reply = self->make_response_promise<content_id>();
    auto ours = content_id_of(*blob, cfg.profile);
    auto read = [ours](const http_response& answer) { return same(ours, stored_id(answer)); };
    ask_for(puts, puts.add(reply), "add", kubo::query_of(cfg.profile),
            write_part(to_hex(ours.digest).substr(0, 32), *blob), max_answer_bytes, read);
    return reply;
  }

  static expected<content_id> same(const content_id& ours, const expected<content_id>& theirs) {
    if (!theirs || as_version_1(*theirs) == as_version_1(ours))
      return theirs ? expected<content_id>{ours} : theirs;
    return make_error(ec::corrupt,
                      "the IPFS node stored " + to_text(ours) + " as " + to_text(*theirs));
  }

  caf::result<blob_ptr> fetch(const content_id& id, uint64_t max_bytes) {
    auto reply = self->make_response_promise<blob_ptr>();
    auto most = max_bytes > UINT64_MAX / 4 ? UINT64_MAX : 2 * max_bytes + dag_overhead_bytes;
    auto read = [=](const http_response& answer) { return file_in(answer, id, max_bytes); };
    ask_for(fetches, fetches.add(reply), "dag/export",
            {{"arg", to_text(id)}, {"progress", "false"}, {"timeout", seconds_for(max_bytes)}}, {},
            most, read);
    return reply;
  }

  caf::result<void> pin(const std::vector<content_id>& ids) {
    if (ids.empty())
      return caf::unit;
    auto reply = self->make_response_promise<void>();
    http_fields query{{"recursive", "true"}, {"timeout", seconds_for(0)}};
    for (auto& id : ids)
      query.push_back({"arg", to_text(id)});
    ask_for(pins, pins.add(reply), "pin/add", std::move(query), {}, max_answer_bytes,
            [](const http_response&) { return expected<void>{caf::unit}; });
    return reply;
  }

  /// What the node may take for an answer of so many bytes.
  std::string seconds_for(uint64_t bytes) const {
    auto span = std::chrono::ceil<std::chrono::seconds>(patience_for(bytes, cfg.timeout));
    return std::to_string(span.count()) + "s";
  }

  void leave(const caf::error& why) {
    puts.fail_all(why);
    fetches.fail_all(why);
    pins.fail_all(why);
    self->quit(why);
  }

  impl::stateful_pointer<kubo_store_state> self;
  kubo_store_config cfg;
  http_client_ptr client;
  std::map<uint64_t, next_step> steps;
  uint64_t last = 0;
  pending<content_id> puts;
  pending<blob_ptr> fetches;
  pending<void> pins;
};

impl::behavior_type kubo_store(impl::stateful_pointer<kubo_store_state> self, kubo_store_config cfg,
                               http_client_ptr client) {
  self->state.cfg = std::move(cfg);
  self->state.client = std::move(client);
  self->set_exit_handler([self](const caf::exit_msg& msg) { self->state.leave(msg.reason); });
  return {
    [self](atom::put, const blob_ptr& blob) { return self->state.put(blob); },
    [self](atom::fetch, const content_id& id, uint64_t max_bytes) {
      return self->state.fetch(id, max_bytes);
    },
    [self](atom::pin, const std::vector<content_id>& ids) { return self->state.pin(ids); },
    [self](atom::admit, const std::string& token) { self->state.cfg.token = token; },
    [self](uint64_t key, const outcome_ptr& outcome) { self->state.arrived(key, outcome); },
  };
}

} // namespace

kubo_store_actor spawn_kubo_store(caf::actor_system& sys, kubo_store_config cfg,
                                  http_client_ptr client) {
  return sys.spawn(kubo_store, std::move(cfg), std::move(client));
}

} // namespace flwr
