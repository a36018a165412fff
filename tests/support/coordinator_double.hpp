/// A ROUND COORDINATOR that only remembers what it hears.
#pragma once

#include "messages/actors.hpp"
#include "tests/support/actor_fixture.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace flwr::test {

struct heard_facts {
  std::vector<std::pair<phase_kind, uint64_t>> sent;
  std::vector<fit_res> fits;
  std::vector<evaluate_res> evaluations;
  std::vector<failure> failures;
  int ready = 0;
  caf::error trouble;
};

inline round_coordinator_actor::behavior_type
coordinator_double(round_coordinator_actor::pointer, std::shared_ptr<heard_facts> heard) {
  return {
    [](atom::start, const supervisor_actor&) {},
    [=](atom::ready) { ++heard->ready; },
    [=](atom::failed, const caf::error& why) { heard->trouble = why; },
    [=](atom::sent, client_id, phase_kind kind, uint64_t round) {
      heard->sent.emplace_back(kind, round);
    },
    [=](const fit_res& res) { heard->fits.push_back(res); },
    [=](const evaluate_res& res) { heard->evaluations.push_back(res); },
    [=](atom::failed, const failure& what) { heard->failures.push_back(what); },
  };
}

struct coordinator_fixture : actor_fixture {
  /// Sends an instruction in the coordinator's name.
  template <class Atom, class Ins>
  void instruct(const client_proxy_actor& proxy, Atom what, const Ins& ins) {
    caf::send_as(coordinator, proxy, what, ins);
    settle();
  }

  std::shared_ptr<heard_facts> heard = std::make_shared<heard_facts>();
  round_coordinator_actor coordinator = spawn(coordinator_double, heard);
};

} // namespace flwr::test
