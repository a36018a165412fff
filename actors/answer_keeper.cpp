#include "actors/answer_keeper.hpp"

#include "actors/runtime/posix_file.hpp"
#include "messages/client_names.hpp"

#include <string>
#include <utility>

namespace flwr {
namespace {

struct answer_keeper_state {
  static inline const char* name = "flwr.answer-keeper";

  explicit answer_keeper_state(answer_keeper_actor::stateful_pointer<answer_keeper_state>) {}

  caf::result<void> keep(client_id id, const fit_res& answer) {
    return change(id, [&](client_memory& memory) { memory.answer = answer; });
  }

  caf::result<void> finish(client_id id) {
    return change(id, [](client_memory& memory) { memory.over = true; });
  }

  template <class Change>
  expected<void> change(client_id id, Change apply) {
    auto mine = clients.find(id);
    if (mine == clients.end())
      return make_error(ec::rejected, name_of(id) + " has no memory here");
    auto next = mine->second.memory;
    apply(next);
    auto text = encode_client_memory(next);
    if (!text)
      return text.error();
    auto written = write_durably(mine->second.file, *text);
    if (written)
      mine->second.memory = std::move(next);
    return written;
  }

  std::map<client_id, kept_memory> clients;
};

answer_keeper_actor::behavior_type
answer_keeper(answer_keeper_actor::stateful_pointer<answer_keeper_state> self,
              std::map<client_id, kept_memory> clients) {
  self->state.clients = std::move(clients);
  return {
    [self](atom::keep, client_id id, const fit_res& answer) {
      return self->state.keep(id, answer);
    },
    [self](atom::finish, client_id id) { return self->state.finish(id); },
  };
}

} // namespace

answer_keeper_actor spawn_answer_keeper(caf::actor_system& sys, runs_on where,
                                        std::map<client_id, kept_memory> clients) {
  return spawn_on(where, sys, answer_keeper, std::move(clients));
}

} // namespace flwr
