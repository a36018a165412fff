// What a round of many clients spends on signatures: the clients sign their updates, the server
// checks them. One thread. Prints one line of JSON.
#include "actors/audit/client_key.hpp"
#include "actors/audit/signed_updates.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace flwr;

double seconds_of(auto work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>{std::chrono::steady_clock::now() - start}.count();
}

fit_res update_of(client_id client) {
  fit_res res{};
  res.client = client;
  res.round = 3;
  res.num_examples = 25'000;
  res.metrics = {{"loss", 0.5}};
  return res;
}

} // namespace

int main(int argc, char** argv) {
  auto clients = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  auto run = identity_of(1337, {}, {}, {}, {});
  std::vector<signing_key_ptr> keys;
  std::vector<fit_res> updates;
  for (uint64_t id = 0; id < clients; ++id) {
    keys.push_back(*client_key(1, client_id{id}));
    updates.push_back(update_of(client_id{id}));
  }
  auto signing = seconds_of([&] {
    for (size_t i = 0; i < clients; ++i)
      updates[i].signature = *sign_update(updates[i], updates[i].client, run, *keys[i]);
  });
  size_t right = 0;
  auto checking = seconds_of([&] {
    for (size_t i = 0; i < clients; ++i)
      right += signer_of(updates[i], updates[i].client, run) == keys[i]->address();
  });
  std::cout << "{\"signatures\":" << clients << ",\"right\":" << right
            << ",\"signing_seconds\":" << signing << ",\"checking_seconds\":" << checking << "}"
            << std::endl;
  return right == clients ? 0 : 1;
}
