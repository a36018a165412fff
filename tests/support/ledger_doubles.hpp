/// Doubles of the ledger's actors, for those who use them.
#pragma once

#include "messages/actors.hpp"
#include "tests/support/actor_fixture.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace flwr::test {

/// What a TX SENDER was asked for, and what it says.
struct sender_desk {
  std::vector<tx_request> asked;
  caf::error refuse;
  std::optional<address> creates; ///< Where contracts come to be.
  bool hold = false;              ///< Receipts are owed for ever.
};

using sender_desk_ptr = std::shared_ptr<sender_desk>;

inline tx_sender_actor::behavior_type desk_sender(tx_sender_actor::pointer self,
                                                  sender_desk_ptr desk) {
  return {[=](atom::submit, const tx_request& what) -> caf::result<receipt> {
    desk->asked.push_back(what);
    if (desk->hold)
      return self->make_response_promise<receipt>();
    if (desk->refuse)
      return desk->refuse;
    receipt done;
    done.transaction = {static_cast<uint8_t>(desk->asked.size())};
    done.succeeded = true;
    done.gas_used = 50'000 + desk->asked.size();
    done.block.number = 10 + desk->asked.size();
    if (!what.to)
      done.contract = desk->creates;
    return done;
  }};
}

/// A CHAIN whose blocks the test makes.
struct chain_script {
  uint64_t next_nonce = 0;
  fee_terms fees{7, 2};
  std::vector<bytes> sent;
  std::map<tx_hash, receipt> receipts;
  caf::error refuse_send, refuse_receipt, call_error, refuse_logs;
  std::vector<call_request> calls;
  bytes call_answer;
  std::vector<placed_log> logs; ///< Those in the blocks that are asked for are told.
  block_facts newest;
  std::vector<head_listener_actor> listeners;
  std::function<tx_hash(const bytes&)> hash_of;
};

using chain_script_ptr = std::shared_ptr<chain_script>;

template <class T>
caf::result<T> unless(const caf::error& refuse, T value) {
  return refuse ? caf::result<T>{refuse} : caf::result<T>{std::move(value)};
}

inline chain_actor::behavior_type scripted_chain(chain_actor::pointer, chain_script_ptr script) {
  return {
    [](atom::chain_id) { return uint64_t{7}; },
    [=](atom::head) { return script->newest; },
    [](atom::block, uint64_t) { return block_facts{}; },
    [=](atom::follow, const head_listener_actor& who) { script->listeners.push_back(who); },
    [=](atom::nonce, const address&) { return script->next_nonce; },
    [=](atom::fees) { return script->fees; },
    [=](atom::send, const bytes& raw) {
      script->sent.push_back(raw);
      return unless(script->refuse_send, script->hash_of(raw));
    },
    [=](atom::receipt, const tx_hash& hash) {
      auto found = script->receipts.find(hash);
      return unless(script->refuse_receipt, found == script->receipts.end()
                                              ? std::optional<receipt>{}
                                              : std::optional{found->second});
    },
    [](atom::transaction, const tx_hash&) { return std::optional<placed_transaction>{}; },
    [=](atom::call, const call_request& what) {
      script->calls.push_back(what);
      return unless(script->call_error, script->call_answer);
    },
    [=](atom::logs, const log_query& what) {
      std::vector<placed_log> found;
      for (auto& each : script->logs)
        if (each.block.number >= what.first_block && each.block.number <= what.last_block)
          found.push_back(each);
      return unless(script->refuse_logs, std::move(found));
    },
  };
}

} // namespace flwr::test
