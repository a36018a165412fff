/// A whole run, recorded: on a chain in memory and in a store of blobs, by a server that may cheat.
#pragma once

#include "actors/audit/client_key.hpp"
#include "actors/audit/description.hpp"
#include "actors/audit/manifest.hpp"
#include "actors/chain/run_contract.hpp"
#include "actors/chain/run_views.hpp"
#include "actors/fl/exact_sum.hpp"
#include "actors/fl/sampling.hpp"
#include "actors/ipfs/content_id.hpp"
#include "actors/ipfs/unixfs.hpp"
#include "tests/support/fake_ledger.hpp"
#include "tests/support/models.hpp"

#include <mutex>

namespace flwr::test {

struct recorded_run;

/// How many, and where the server or a client departs from the rules. Each is called if it is set.
struct run_script {
  uint64_t rounds = 3;
  uint64_t clients = 3;
  bool two_commits_a_block = false;
  uint64_t trainers_added_after = 0; ///< Which round; 0: before the first.
  std::string profile = "unixfs-v1-2025";
  std::function<void(description&)> describe;
  /// Whom the server asks.
  std::function<void(uint64_t round, std::vector<client_id>&)> invite;
  /// What a client makes, before its blob is stored; and the key that it signs with.
  std::function<void(uint64_t round, client_id, bytes& file)> train;
  std::function<void(uint64_t round, client_id, fit_res&)> answer;
  std::function<signing_key_ptr(uint64_t round, client_id)> key;
  /// What came of a round: before its model is averaged; after that.
  std::function<void(round_record&)> close;
  std::function<void(round_record&)> record;
  std::function<void(uint64_t round, std::string&)> manifest;
  /// Whatever else happens on the chain before a round is committed.
  std::function<void(recorded_run&, const round_record&)> interlude;
  std::function<void(round_commitment&)> commit;
  /// Somebody else, from a round on.
  signing_key_ptr successor;
  uint64_t succeeds_in = 0;
};

struct recorded_run {
  fake_ledger ledger;
  std::map<content_id, bytes> blobs;
  description what;
  address contract{};
  run_identity identity;
  content_id description_id;
  std::vector<round_record> records; ///< Of the rounds 1, 2, 3, ...
  std::vector<content_id> manifests; ///< As above.
  std::vector<tx_hash> commits;      ///< As above.
  tx_hash creation{};

  content_id store(bytes file) {
    auto id = content_id_of(file, *unixfs_profile_from(what.ipfs_profile));
    blobs[id] = std::move(file);
    return id;
  }

  /// What a verifier sees of it.
  evidence seen() {
    evidence all;
    all.chain_id = [] { return expected<uint64_t>{fake_ledger::chain_id}; };
    all.head = [this] { return expected<block_facts>{ledger.blocks.back()}; };
    all.block = [this](uint64_t number) -> expected<block_facts> {
      if (number < ledger.blocks.size())
        return ledger.blocks[number];
      return make_error(ec::missing, "no such block");
    };
    all.call = [this](const call_request& question) {
      std::lock_guard lock{*calls_};
      return ledger.call(question);
    };
    all.logs = [this](const log_query& query) {
      return expected<std::vector<placed_log>>{ledger.logs_of(query)};
    };
    all.receipt_of = [this](const tx_hash& hash) { return found(ledger.receipts, hash); };
    all.transaction_of = [this](const tx_hash& hash) { return found(ledger.transactions, hash); };
    all.blob = [this](const content_id& id, uint64_t) -> expected<blob_ptr> {
      auto blob = std::ranges::find_if(
        blobs, [&](const auto& each) { return as_version_1(each.first) == as_version_1(id); });
      if (blob != blobs.end())
        return std::make_shared<const bytes>(blob->second);
      return make_error(ec::missing, "nobody has it");
    };
    return all;
  }

private:
  template <class Key, class Value>
  static expected<std::optional<Value>> found(const std::map<Key, Value>& in, const Key& key) {
    auto place = in.find(key);
    return place == in.end() ? std::optional<Value>{} : std::optional{place->second};
  }

  std::shared_ptr<std::mutex> calls_ = std::make_shared<std::mutex>();
};

/// Plays a script.
class run_recorder {
public:
  explicit run_recorder(const run_script& script) : script_(script) {
    deploy();
    for (uint64_t round = 0; round <= script_.rounds; ++round) {
      if (round > 0)
        play(round);
      if (round == script_.trainers_added_after)
        add_trainers();
    }
  }

  recorded_run take() { return std::move(run_); }

private:
  template <class Hook, class... Arguments>
  static void allow(const Hook& hook, Arguments&&... arguments) {
    if (hook)
      hook(std::forward<Arguments>(arguments)...);
  }

  void deploy() {
    global_ = *vector_model({1, -2, 0.5f});
    auto& what = run_.what;
    what.clients = script_.clients;
    what.data = "synthetic";
    what.partition = "iid";
    what.seed = 7;
    what.ipfs_profile = script_.profile;
    what.strategy.min_fit_clients = what.strategy.min_available_clients = 1;
    base_ = run_.store(*global_.file);
    what.model = {"logistic", std::nullopt, global_.layout, base_};
    allow(script_.describe, what);
    auto text = *encode_description(what);
    run_.description_id = run_.store({text.begin(), text.end()});
    run_terms terms{base_, run_.description_id, keccak256("salt"), server_->address(), {}, {},
                    false};
    auto created = run_.ledger.submit(*server_, {}, deployment_data(terms));
    run_.creation = created.transaction;
    run_.contract = *created.contract;
    run_.identity =
      identity_of(fake_ledger::chain_id, run_.contract, base_, run_.description_id, terms.salt);
  }

  void add_trainers() {
    std::vector<address> trainers;
    for (uint64_t i = 0; i < script_.clients; ++i)
      trainers.push_back((*client_key(run_.what.seed, client_id{i}))->address());
    run_.ledger.submit(*server_, run_.contract, *add_trainers_calldata(trainers));
  }

  std::vector<client_id> invited(uint64_t round) const {
    std::vector<client_id> all;
    for (uint64_t i = 0; i < script_.clients; ++i)
      all.push_back(client_id{i});
    auto count = num_fit_clients(run_.what.strategy, script_.clients).clients;
    auto chosen = sample_clients(run_.what.seed, round, phase_kind::fit, all, count);
    allow(script_.invite, round, chosen);
    return chosen;
  }

  counted fit(uint64_t round, client_id client) {
    auto number = static_cast<float>(static_cast<uint64_t>(client) + 1);
    auto values = values_of(global_);
    for (auto& value : values)
      value += number * number / static_cast<float>(4 * round + 1);
    auto file = *vector_model(values)->file;
    allow(script_.train, round, client, file);
    fit_res answer;
    answer.round = round;
    answer.base = base_;
    answer.model.id = run_.store(file);
    answer.num_examples = static_cast<int64_t>(number) * 10;
    answer.metrics = {{"loss", 1.0 / number}};
    allow(script_.answer, round, client, answer);
    auto key = script_.key ? script_.key(round, client) : *client_key(run_.what.seed, client);
    return {.model = answer.model.id,
            .num_examples = answer.num_examples,
            .metrics = answer.metrics,
            .signer = key->address(),
            .signature = *sign_update(answer, client, run_.identity, *key)};
  }

  /// Whatever can't be averaged is left out.
  void average(const round_record& record) {
    exact_sum sum{global_.layout};
    for (const auto& [client, outcome] : record.invited)
      if (auto update = std::get_if<counted>(&outcome))
        if (auto file = run_.blobs.find(update->model); file != run_.blobs.end())
          (void)sum.add({global_.layout, std::make_shared<const bytes>(file->second)},
                        update->num_examples);
    if (sum.updates() > 0)
      global_ = **sum.finish();
  }

  void play(uint64_t round) {
    if (round == script_.succeeds_in)
      hand_over();
    round_record record{round, base_, base_, {}};
    for (auto client : invited(round))
      record.invited[client] = fit(round, client);
    allow(script_.close, record);
    average(record);
    record.model = run_.store(*global_.file);
    allow(script_.record, record);
    commit(record);
    base_ = record.model;
  }

  void hand_over() {
    run_.ledger.submit(*server_, run_.contract,
                       question("setAggregator(address)", script_.successor->address()));
    server_ = script_.successor;
  }

  void commit(const round_record& record) {
    auto text = *encode_manifest(run_.identity.run, record);
    allow(script_.manifest, record.round, text);
    auto manifest = run_.store({text.begin(), text.end()});
    round_commitment what{record.round,
                          base_.digest,
                          *updates_root(run_.identity, record),
                          counted_updates(record),
                          manifest,
                          record.model.digest};
    allow(script_.interlude, run_, record);
    allow(script_.commit, what);
    auto same_block = script_.two_commits_a_block && record.round % 2 == 0;
    auto mined =
      run_.ledger.submit(*server_, run_.contract, commit_round_calldata(what), same_block);
    run_.records.push_back(record);
    run_.manifests.push_back(manifest);
    run_.commits.push_back(mined.transaction);
  }

  const run_script& script_;
  recorded_run run_;
  signing_key_ptr server_ = *client_key(1234, client_id{0});
  parameters global_;
  content_id base_;
};

inline recorded_run record_run(const run_script& script = {}) {
  return run_recorder{script}.take();
}

} // namespace flwr::test
