#include "actors/ipfs/kubo_routes.hpp"

#include "actors/ipfs/car.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/gateway.hpp"
#include "actors/ipfs/kubo_answers.hpp"
#include "actors/ipfs/kubo_arguments.hpp"
#include "actors/ipfs/multipart.hpp"
#include "actors/ipfs/write_guard.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace flwr {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 2min;
constexpr std::string_view api = "/api/v0/";
constexpr std::string_view gateway = "/ipfs/";

/// The parts of a request's body. @errors  usage
expected<std::vector<body_part>> parts_of(const http_request& request) {
  if (!request.body)
    return make_error(ec::usage, "there is no file in the body");
  auto parts = read_parts(value_of(request.fields, "content-type"), *request.body);
  if (!parts)
    return make_error(ec::usage, render(parts.error()));
  if (parts->empty())
    return make_error(ec::usage, "there is no file in the body");
  return parts;
}

blob_ptr copy_of(std::span<const uint8_t> data) {
  return std::make_shared<const bytes>(data.begin(), data.end());
}

blob_ptr slice_of(const blob_ptr& blob, uint64_t offset, uint64_t length) {
  if (offset == 0 && length >= blob->size())
    return blob;
  auto from = std::min<uint64_t>(offset, blob->size());
  return copy_of(std::span{*blob}.subspan(from, std::min<uint64_t>(length, blob->size() - from)));
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

  /// Whether the peer may write its body.
  bool may_write(const exchange& with) {
    auto& request = with->request();
    auto size = request.body ? request.body->size() : 0;
    auto authorization = value_of(request.fields, "authorization");
    auto allowed = guard->take(authorization, with->from_loopback(), size);
    if (!allowed)
      with->respond(text_response(code_of(allowed.error()) == ec::no_space ? 507 : 403,
                                  render(allowed.error()) + "\n"));
    if (!allowed || has_room_for(size, write_guard::has_token(authorization)))
      return bool(allowed);
    with->respond(text_response(507, "no space left on the server's disk\n"));
    return false;
  }

  bool has_room_for(uint64_t size, bool is_clients) const {
    if (!cfg.free_bytes)
      return true;
    auto free = cfg.free_bytes();
    auto has_room = free >= cfg.min_free_bytes + size;
    if (!has_room && is_clients && cfg.full
        && free < cfg.min_free_bytes + std::min(size, cfg.update_bytes))
      cfg.full(free);
    return has_room;
  }

  template <class... Args>
  auto ask(Args&&... args) {
    return self->request(store, patience, std::forward<Args>(args)...);
  }

  // -- files -------------------------------------------------------------------------------------

  void add(const exchange& with) {
    auto profile = taken(with, kubo::profile_in(with->request().query, cfg.profile));
    auto only_hash = profile ? taken(with, kubo::flag_in(with->request().query, "only-hash", false))
                             : std::nullopt;
    auto pin =
      only_hash ? taken(with, kubo::flag_in(with->request().query, "pin", true)) : std::nullopt;
    auto parts = pin ? taken(with, parts_of(with->request())) : std::nullopt;
    if (!parts)
      return;
    if (parts->size() != 1)
      return with->respond(kubo::bad_argument("add takes one file at a time here"));
    auto& part = parts->front();
    if (*only_hash)
      return with->respond(kubo::added(part.file_name, {content_id_of(part.data, *profile), 0}));
    if (!may_write(with))
      return;
    ask(atom::add_v, copy_of(part.data), *profile)
      .then([=, this, name = part.file_name](
              const stored_file& file) { keep(with, file.id, *pin, kubo::added(name, file)); },
            refusing(with));
  }

  /// Answers when what was stored is durable, as it is whether it is pinned or not.
  void keep(const exchange& with, const content_id& id, bool pin, const http_response& answer) {
    ask(atom::pin_v, std::vector{id})
      .then(
        [=, this] {
          if (pin)
            pins.insert(id);
          with->respond(answer);
        },
        refusing(with));
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
          with->respond(kubo::stream_of(slice_of(blob, from, most), "text/plain"));
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
    auto parts = taken(with, parts_of(with->request()));
    auto id = parts ? taken(with, kubo::block_id_in(with->request().query, parts->front().data))
                    : std::nullopt;
    auto pin = id ? taken(with, kubo::flag_in(with->request().query, "pin", false)) : std::nullopt;
    if (!pin || !may_write(with))
      return;
    auto block = copy_of(parts->front().data);
    ask(atom::add_v, *id, block)
      .then([=, this, id = *id,
             pin = *pin] { keep(with, id, pin, kubo::block_stored(id, block->size())); },
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
    auto wishes = taken(with, kubo::import_wishes_in(with->request().query));
    auto parts = wishes ? taken(with, parts_of(with->request())) : std::nullopt;
    auto car = parts ? taken(with, read_car(parts->front().data)) : std::nullopt;
    if (!car || !may_write(with))
      return;
    import_next(with, std::make_shared<const car_file>(std::move(*car)), *wishes, 0);
  }

  // The sections are views into the request's body, which the exchange keeps.
  void import_next(const exchange& with, const std::shared_ptr<const car_file>& car,
                   const kubo::import_wishes& wishes, size_t next) {
    if (next == car->sections.size())
      return finish_import(with, *car, wishes);
    auto& section = car->sections[next];
    ask(atom::add_v, section.id, copy_of(section.block))
      .then([=, this] { import_next(with, car, wishes, next + 1); }, refusing(with));
  }

  void finish_import(const exchange& with, const car_file& car, const kubo::import_wishes& wishes) {
    kubo::import_report report;
    if (wishes.count)
      report.blocks = car.sections.size();
    for (auto& section : car.sections)
      report.block_bytes += section.block.size();
    if (!wishes.pin_roots)
      return keep(with, car.root, false, kubo::imported(report));
    report.root = car.root;
    ask(atom::dag_v, car.root, 2 * cfg.max_blob_bytes)
      .then([=, this](const blob_ptr&) { keep(with, *report.root, true, kubo::imported(report)); },
            [=](const caf::error& why) {
              auto broken = report;
              broken.pin_error = render(why);
              with->respond(kubo::imported(broken));
            });
  }

  // -- pins --------------------------------------------------------------------------------------

  void pin_add(const exchange& with) {
    auto ids = taken(with, kubo::contents_in(with->request().query));
    auto whole =
      ids ? taken(with, kubo::flag_in(with->request().query, "recursive", true)) : std::nullopt;
    if (whole && !*whole)
      return with->respond(kubo::bad_argument("recursive is 'false'; this node pins whole DAGs"));
    if (whole)
      pin_next(with, *ids, 0);
  }

  // A pin is a promise for the whole DAG, so it has to be there.
  void pin_next(const exchange& with, const std::vector<content_id>& ids, size_t next) {
    if (next == ids.size())
      return pin_all(with, ids);
    ask(atom::dag_v, ids[next], 2 * cfg.max_blob_bytes)
      .then([=, this](const blob_ptr&) { pin_next(with, ids, next + 1); }, refusing(with));
  }

  void pin_all(const exchange& with, const std::vector<content_id>& ids) {
    ask(atom::pin_v, ids)
      .then(
        [=, this] {
          pins.insert(ids.begin(), ids.end());
          with->respond(kubo::pinned(ids));
        },
        refusing(with));
  }

  void pin_ls(const exchange& with) {
    auto& query = with->request().query;
    auto wanted = taken(with, kubo::pin_listing_in(query));
    if (!wanted)
      return;
    std::optional<std::vector<content_id>> ids{std::in_place};
    if (!value_of(query, "arg").empty())
      ids = taken(with, kubo::contents_in(query));
    else if (wanted->recursive)
      ids->assign(pins.begin(), pins.end());
    if (!ids)
      return;
    for (auto& id : *ids)
      if (!wanted->recursive || !pins.contains(id))
        return with->respond(kubo::refusal(not_pinned(id)));
    with->respond(wanted->by_line ? kubo::pin_lines(*ids) : kubo::pin_list(*ids));
  }

  static caf::error not_pinned(const content_id& id) {
    return make_error(ec::rejected, "path '" + to_text(id) + "' is not pinned");
  }

  // Nothing is collected here, so what isn't pinned any more is only not promised.
  void pin_rm(const exchange& with) {
    auto ids = taken(with, kubo::contents_in(with->request().query));
    if (!ids)
      return;
    for (auto& id : *ids)
      if (pins.erase(id) == 0)
        return with->respond(kubo::refusal(not_pinned(id)));
    with->respond(kubo::pinned(*ids));
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
  std::set<content_id> pins; // Since the start; nothing is ever collected.
};

kubo_routes_actor::behavior_type
kubo_routes(kubo_routes_actor::stateful_pointer<kubo_routes_state> self, kubo_routes_config cfg,
            block_store_actor store) {
  self->state.guard.emplace(write_limits{cfg.quota_bytes, cfg.shared_quota_bytes});
  self->state.cfg = std::move(cfg);
  self->state.store = std::move(store);
  return {
    [self](const http_exchange_ptr& with) { self->state.serve(with); },
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

std::vector<http_route> routes_to(std::function<void(http_exchange_ptr)> serve,
                                  uint64_t max_blob_bytes) {
  constexpr uint64_t overhead = 64 << 10; // A multipart body is longer than its file.
  http_route rpc{.path = std::string{api},
                 .methods = {"POST"},
                 .content_type = {},
                 .max_body_bytes = max_blob_bytes + overhead,
                 .serve = serve,
                 .upgrade = {}};
  return {rpc, get_route(std::string{gateway}, serve)};
}

} // namespace flwr
