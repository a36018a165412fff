#include "actors/ipfs/kubo_routes.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/gateway.hpp"
#include "actors/ipfs/kubo_adds.hpp"
#include "actors/ipfs/kubo_answers.hpp"
#include "actors/ipfs/kubo_arguments.hpp"
#include "actors/ipfs/kubo_imports.hpp"
#include "actors/ipfs/write_guard.hpp"
#include "actors/runtime/ask_of.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace flwr {
namespace {

constexpr auto patience = std::chrono::minutes{2};
constexpr std::string_view api = "/api/v0/";
constexpr std::string_view gateway = "/ipfs/";
constexpr uint64_t least_block_bytes = 4096; // What a file takes on a disk, however small.

blob_ptr copy_of(std::span<const uint8_t> data) {
  return std::make_shared<const bytes>(data.begin(), data.end());
}

struct kubo_routes_state {
  static inline const char* name = "flwr.kubo-routes";

  using exchange = http_exchange_ptr;
  using method = void (kubo_routes_state::*)(const exchange&);

  explicit kubo_routes_state(kubo_routes_actor::stateful_pointer<kubo_routes_state> self)
    : self(self) {}

  void serve(const exchange& with) {
    auto& path = with->request().path;
    if (path.starts_with(gateway))
      return serve_gateway(with);
    static const std::map<std::string_view, method> commands{
      {"add", &kubo_routes_state::add},
      {"cat", &kubo_routes_state::cat},
      {"block/get", &kubo_routes_state::block_get},
      {"block/put", &kubo_routes_state::block_put},
      {"block/stat", &kubo_routes_state::block_stat},
      {"dag/export", &kubo_routes_state::dag_export},
      {"dag/import", &kubo_routes_state::dag_import},
      {"pin/add", &kubo_routes_state::pin_add},
      {"pin/ls", &kubo_routes_state::pin_ls},
      {"pin/rm", &kubo_routes_state::pin_rm},
      {"id", &kubo_routes_state::identify},
      {"version", &kubo_routes_state::tell_version},
    };
    auto found = commands.find(std::string_view{path}.substr(api.size()));
    if (found == commands.end())
      return with->respond(text_response(404, "404 page not found\n"));
    (this->*found->second)(with);
  }

  // -- tools -------------------------------------------------------------------------------------

  static auto refusing(const exchange& with) {
    return [with](const caf::error& why) { with->respond(kubo::refusal(why)); };
  }

  /// The value, or nothing, and then the request is answered.
  template <class T>
  static std::optional<T> taken(const exchange& with, expected<T> value) {
    if (value)
      return std::move(*value);
    code_of(value.error()) == ec::usage ? with->respond(kubo::bad_argument(render(value.error())))
                                        : with->respond(kubo::refusal(value.error()));
    return std::nullopt;
  }

  expected<writer> who_asks(const http_request& request, bool from_loopback) const {
    return guard->who(value_of(request.fields, "authorization"), from_loopback);
  }

  static http_response forbidden(const caf::error& why) {
    return text_response(403, render(why) + "\n");
  }

  void judge(const http_admission_ptr& with) const {
    auto who = who_asks(with->request(), with->from_loopback());
    with->decide(who ? std::nullopt : std::optional{forbidden(who.error())});
  }

  /// Who writes, or nothing, and then the request is answered.
  std::optional<writer> writer_of(const exchange& with) {
    auto who = who_asks(with->request(), with->from_loopback());
    if (who)
      return *who;
    with->respond(forbidden(who.error()));
    return std::nullopt;
  }

  /// Who may write the body, which is to be so many blocks at least; or nothing, and then the
  /// request is answered.
  std::optional<writer> allowed_writer(const exchange& with, uint64_t blocks) {
    auto who = writer_of(with);
    if (!who)
      return std::nullopt;
    uint64_t size = with->request().body->size();
    auto charged = guard->take(*who, std::max(size, blocks * least_block_bytes));
    if (charged && has_room_for(size, who->has_value()))
      return who;
    with->respond(text_response(507, charged ? "no space left on the server's disk\n"
                                             : render(charged.error()) + "\n"));
    return std::nullopt;
  }

  /// Whether the writer of the body may have so many blocks for it; if not, the request is
  /// answered.
  bool may_write_more(const exchange& with, const writer& who, uint64_t blocks) {
    uint64_t size = with->request().body->size(), taken = blocks * least_block_bytes;
    auto charged = guard->take(who, taken > size ? taken - size : 0);
    if (!charged)
      with->respond(text_response(507, render(charged.error()) + "\n"));
    return bool(charged);
  }

  bool has_room_for(uint64_t size, bool is_clients) const {
    if (!cfg.free_bytes)
      return true;
    auto free = cfg.free_bytes();
    auto has_room = free >= cfg.min_free_bytes + size;
    if (!has_room && is_clients && cfg.full
        && free < cfg.min_free_bytes + std::min(size, cfg.update_bytes))
      cfg.full(free, guard->heaviest_writer());
    return has_room;
  }

  template <class... Args>
  auto ask(Args&&... args) {
    return ask_of(self, store, patience, std::forward<Args>(args)...);
  }

  // -- files -------------------------------------------------------------------------------------

  void add(const exchange& with) {
    auto what = taken(with, kubo::add_in(with->request(), cfg.profile));
    if (what && what->only_hash)
      return with->respond(kubo::hash_answer(*what));
    auto who = what ? allowed_writer(with, what->blocks) : std::nullopt;
    if (!who)
      return;
    auto pins = what->pin && is_lasting(*who);
    ask(atom::add_v, kubo::blobs_of(*what), what->profile, pins)
      .then([=, this, what = *what](
              const stored_files& files) { confirm(with, pins, kubo::add_answer(what, files)); },
            refusing(with));
  }

  /// A client's pin lasts until its round is on record: what counts the server pins itself.
  static bool is_lasting(const writer& who) { return !who; }

  /// Answers when what was stored is durable: many wait for one group commit.
  void confirm(const exchange& with, bool is_durable, const http_response& answer) {
    auto done = [=] { with->respond(answer); };
    is_durable ? done() : ask(atom::flush_v).then(done, refusing(with));
  }

  void cat(const exchange& with) {
    auto& query = with->request().query;
    auto id = taken(with, kubo::content_alone_in(query));
    auto offset = id ? taken(with, kubo::number_in(query, "offset", 0)) : std::nullopt;
    auto length = offset ? taken(with, kubo::number_in(query, "length", UINT64_MAX)) : std::nullopt;
    if (!length)
      return;
    ask(atom::fetch_v, *id, cfg.max_blob_bytes)
      .then(
        [=, from = *offset, most = *length](const blob_ptr& blob) {
          with->respond(kubo::stream_of(kubo::part_of(blob, from, most), "text/plain"));
        },
        refusing(with));
  }

  // -- blocks ------------------------------------------------------------------------------------

  template <class Then>
  void with_block(const exchange& with, Then then) {
    auto id = taken(with, kubo::content_alone_in(with->request().query));
    if (id)
      ask(atom::block_v, *id)
        .then([=, id = *id](const blob_ptr& block) { with->respond(then(id, block)); },
              refusing(with));
  }

  void block_get(const exchange& with) {
    with_block(with, [](const content_id&, const blob_ptr& block) {
      return kubo::stream_of(block, "application/octet-stream");
    });
  }

  void block_stat(const exchange& with) {
    with_block(with, [](const content_id& id, const blob_ptr& block) {
      return kubo::block_facts(id, block->size());
    });
  }

  void block_put(const exchange& with) {
    auto part = taken(with, kubo::part_alone_in(with->request()));
    auto id =
      part ? taken(with, kubo::block_id_in(with->request().query, part->data)) : std::nullopt;
    auto pin = id ? taken(with, kubo::flag_in(with->request().query, "pin", false)) : std::nullopt;
    auto who = pin ? allowed_writer(with, 1) : std::nullopt;
    if (!who)
      return;
    auto block = copy_of(part->data);
    ask(atom::add_v, *id, block, *pin && is_lasting(*who))
      .then(
        [=, this, id = *id, pins = *pin && is_lasting(*who)] {
          confirm(with, pins, kubo::block_stored(id, block->size()));
        },
        refusing(with));
  }

  // -- DAGs --------------------------------------------------------------------------------------

  void dag_export(const exchange& with) {
    auto id = taken(with, kubo::content_alone_in(with->request().query));
    if (id)
      ask(atom::dag_v, *id, 2 * cfg.max_blob_bytes)
        .then(
          [=](const blob_ptr& car) {
            with->respond(kubo::stream_of(car, "application/vnd.ipld.car"));
          },
          refusing(with));
  }

  void dag_import(const exchange& with) {
    auto who = allowed_writer(with, 1); // Before all of it is hashed.
    auto what = who ? taken(with, kubo::import_in(with->request())) : std::nullopt;
    if (!what || !may_write_more(with, *who, what->car->car.sections.size()))
      return;
    auto refuse = [=, what = *what](const caf::error& why) {
      with->respond(kubo::is_about_the_dag(why) ? kubo::import_answer(what, why)
                                                : kubo::refusal(why));
    };
    ask(atom::add_v, what->car, kubo::wish_of(what->wishes, is_lasting(*who)))
      .then([=, what = *what] { with->respond(kubo::import_answer(what)); }, refuse);
  }

  // -- pins --------------------------------------------------------------------------------------

  void pin_add(const exchange& with) {
    auto ids = taken(with, kubo::contents_in(with->request().query));
    auto whole =
      ids ? taken(with, kubo::flag_in(with->request().query, "recursive", true)) : std::nullopt;
    if (whole && !*whole)
      return with->respond(kubo::bad_argument("recursive is 'false'; this node pins whole DAGs"));
    auto who = whole ? writer_of(with) : std::nullopt;
    if (!who)
      return;
    auto done = [=, ids = *ids] { with->respond(kubo::pinned(ids)); };
    is_lasting(*who) ? ask(atom::hold_v, *ids).then(done, refusing(with))
                     : ask(atom::check_v, *ids).then(done, refusing(with));
  }

  void pin_ls(const exchange& with) {
    auto& query = with->request().query;
    auto wanted = taken(with, kubo::pin_listing_in(query));
    auto asked = wanted && !value_of(query, "arg").empty()
                   ? taken(with, kubo::contents_in(query))
                   : std::optional{std::vector<content_id>{}};
    if (!wanted || !asked)
      return;
    ask(atom::held_v)
      .then(
        [=, wanted = *wanted, asked = *asked](const std::vector<content_id>& held) {
          with->respond(kubo::pins(wanted, asked, held));
        },
        refusing(with));
  }

  void pin_rm(const exchange& with) {
    auto ids = taken(with, kubo::contents_in(with->request().query));
    auto who = ids ? writer_of(with) : std::nullopt;
    if (!who)
      return;
    if (!is_lasting(*who))
      return with->respond(kubo::refusal(not_held(ids->front())));
    ask(atom::release_v, *ids)
      .then([=, ids = *ids] { with->respond(kubo::pinned(ids)); }, refusing(with));
  }

  // -- the rest ----------------------------------------------------------------------------------

  void identify(const exchange& with) { with->respond(kubo::identity()); }
  void tell_version(const exchange& with) { with->respond(kubo::version()); }

  void serve_gateway(const exchange& with) {
    auto asked = parse_gateway_request(with->request());
    if (!asked)
      return with->respond(gateway_refusal(asked.error()));
    if (asked->known)
      return with->respond(not_modified(*asked));
    auto answer = [with, what = *asked](const blob_ptr& data) {
      with->respond(gateway_answer(what, data));
    };
    auto refuse = [with](const caf::error& why) { with->respond(gateway_refusal(why)); };
    switch (asked->format) {
    case gateway_format::raw:
      return ask(atom::block_v, asked->id).then(answer, refuse);
    case gateway_format::car:
      return ask(atom::dag_v, asked->id, 2 * cfg.max_blob_bytes).then(answer, refuse);
    case gateway_format::file:
      return ask(atom::fetch_v, asked->id, cfg.max_blob_bytes).then(answer, refuse);
    }
  }

  kubo_routes_actor::stateful_pointer<kubo_routes_state> self;
  kubo_routes_config cfg;
  block_store_actor store;
  std::optional<write_guard> guard;
};

kubo_routes_actor::behavior_type
kubo_routes(kubo_routes_actor::stateful_pointer<kubo_routes_state> self, kubo_routes_config cfg,
            block_store_actor store) {
  self->state.guard.emplace(write_limits{cfg.quota_bytes, cfg.shared_quota_bytes});
  self->state.cfg = std::move(cfg);
  self->state.store = std::move(store);
  return {
    [self](const http_exchange_ptr& with) { self->state.serve(with); },
    [self](const http_admission_ptr& with) { self->state.judge(with); },
    [self](atom::admit, const std::string& token, client_id who) {
      self->state.guard->admit(token, who);
    },
    [self](atom::begin, uint64_t) { self->state.guard->renew(); },
  };
}

} // namespace

kubo_routes_actor spawn_kubo_routes(caf::actor_system& sys, kubo_routes_config cfg,
                                    block_store_actor store) {
  return sys.spawn(kubo_routes, std::move(cfg), std::move(store));
}

} // namespace flwr
