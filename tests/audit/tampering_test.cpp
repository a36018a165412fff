#include "actors/chain/run_views.hpp"
#include "tests/audit/replaying.hpp"

#include <limits>

using namespace flwr;
using namespace flwr::test;

namespace {

/// Lets the contract answer a question otherwise.
template <class... Words>
void lie(recorded_run& run, const bytes& question, const Words&... words) {
  bytes answer;
  append_words(answer, words...);
  run.ledger.answers[question] = answer;
}

/// Signs a transaction anew, and lets all that names it name the new one.
tx_hash resign(recorded_run& run, tx_hash old, const signing_key& key,
               const std::function<void(transaction&)>& change) {
  auto kept = run.ledger.transactions.extract(old);
  auto fields = decode_transaction(kept.mapped().raw)->fields;
  change(fields);
  auto again = sign(fields, key);
  kept.key() = again.hash;
  kept.mapped().raw = again.raw;
  run.ledger.transactions.insert(std::move(kept));
  auto receipt = run.ledger.receipts.extract(old);
  receipt.key() = receipt.mapped().transaction = again.hash;
  receipt.mapped().from = key.address();
  run.ledger.receipts.insert(std::move(receipt));
  for (auto& log : run.ledger.logs)
    if (log.transaction == old)
      log.transaction = again.hash;
  return again.hash;
}

signing_key_ptr server_key() { return *client_key(1234, client_id{0}); }

signing_key_ptr strangers_key() { return *client_key(99, client_id{0}); }

receipt& receipt_of(recorded_run& run, uint64_t round) {
  return run.ledger.receipts.at(run.commits[round - 1]);
}

placed_transaction& transaction_of(recorded_run& run, uint64_t round) {
  return run.ledger.transactions.at(run.commits[round - 1]);
}

// -- what happens to a run that was recorded honestly --------------------------------------------

struct tampering {
  const char* name;
  void (*with)(recorded_run&);
  named expected;
};

const tampering in_store[]{
  {"a bit of an update",
   [](recorded_run& run) { flip_last(run.blobs[update_of(run.records[1], 1).model]); },
   {"update baf", 2, 1}},
  {"a bit of a global model",
   [](recorded_run& run) { flip_last(run.blobs[run.records[0].model]); },
   {"model baf", 1, {}}},
  {"a bit of the genesis model",
   [](recorded_run& run) { flip_last(run.blobs[run.what.model.genesis]); },
   {"genesis model baf", {}, {}}},
  {"a bit of a manifest",
   [](recorded_run& run) { flip_last(run.blobs[run.manifests[2]]); },
   {"manifest baf", 3, {}}},
  {"a bit of the description",
   [](recorded_run& run) { flip_last(run.blobs[run.description_id]); },
   {"description baf", {}, {}}},
  {"two rounds' manifests swapped",
   [](recorded_run& run) { std::swap(run.blobs[run.manifests[0]], run.blobs[run.manifests[1]]); },
   {"manifest baf", 1, {}}},
  {"another client's update in the place of one",
   [](recorded_run& run) {
     run.blobs[update_of(run.records[2], 0).model] = run.blobs[update_of(run.records[2], 2).model];
   },
   {"update baf", 3, 0}},
  {"a cut update",
   [](recorded_run& run) { run.blobs[update_of(run.records[0], 2).model].pop_back(); },
   {"update baf", 1, 2}},
  {"an update that is too long",
   [](recorded_run& run) { run.blobs[update_of(run.records[0], 2).model].push_back(0); },
   {"update baf", 1, 2}},
  {"no update",
   [](recorded_run& run) { run.blobs.erase(update_of(run.records[1], 1).model); },
   {"update baf", 2, 1, verdict::missing}},
  {"no global model",
   [](recorded_run& run) { run.blobs.erase(run.records[2].model); },
   {"model baf", 3, {}, verdict::missing}},
  {"no genesis model",
   [](recorded_run& run) { run.blobs.erase(run.what.model.genesis); },
   {"genesis model baf", {}, {}, verdict::missing}},
  {"no manifest",
   [](recorded_run& run) { run.blobs.erase(run.manifests[0]); },
   {"manifest baf", 1, {}, verdict::missing}},
  {"no description",
   [](recorded_run& run) { run.blobs.erase(run.description_id); },
   {"description baf", {}, {}, verdict::missing}},
  {"no update in one round, a wrong one in a later round",
   [](recorded_run& run) {
     run.blobs.erase(update_of(run.records[0], 1).model);
     flip_last(run.blobs[update_of(run.records[2], 1).model]);
   },
   {"update baf", 3, 1}},
};

const tampering in_logs[]{
  {"a bit of a commit's log",
   [](recorded_run& run) { flip(log_of_round(run, 2).what.data, 0); },
   {"log", 2, {}}},
  {"the round in a commit's log",
   [](recorded_run& run) { log_of_round(run, 2).what.topics[1].back() = 7; },
   {"committed round", 2, {}}},
  {"the aggregator in a commit's log",
   [](recorded_run& run) { log_of_round(run, 2).what.topics[2].back() ^= 1; },
   {"log", 2, {}}},
  {"the block before, in a commit's log",
   [](recorded_run& run) { ++log_of_round(run, 3).what.data.back(); },
   {"block of the commit before", 3, {}}},
  {"the block before, in the first commit's log",
   [](recorded_run& run) { ++log_of_round(run, 1).what.data.back(); },
   {"block before the first commit", {}, {}}},
  {"a dirty word in a commit's log",
   [](recorded_run& run) { log_of_round(run, 2).what.topics[1].front() = 1; },
   {"log", 2, {}}},
  {"a short log",
   [](recorded_run& run) { log_of_round(run, 2).what.data.pop_back(); },
   {"log", 2, {}}},
  {"another contract's log",
   [](recorded_run& run) { log_of_round(run, 2).what.emitter[0] ^= 1; },
   {"commit", 2, {}}},
  {"a log left out",
   [](recorded_run& run) {
     std::erase_if(run.ledger.logs,
                   [&](const auto& log) { return log.transaction == run.commits[1]; });
   },
   {"commit", 2, {}}},
  {"a log doubled",
   [](recorded_run& run) { run.ledger.logs.push_back(log_of_round(run, 2)); },
   {"block of the commit before", 2, {}}},
  {"two rounds' logs swapped",
   [](recorded_run& run) { std::swap(log_of_round(run, 1).what, log_of_round(run, 3).what); },
   {"committed round", 3, {}}},
  {"a log under another transaction",
   [](recorded_run& run) { log_of_round(run, 2).transaction = run.commits[0]; },
   {"receipt's block", 2, {}}},
  {"a log in a block of another hash",
   [](recorded_run& run) { log_of_round(run, 2).block.hash[0] ^= 1; },
   {"log's block hash", 2, {}}},
  {"a log elsewhere in its block",
   [](recorded_run& run) { ++log_of_round(run, 2).index; },
   {"log", 2, {}}},
  {"no log of the creation",
   [](recorded_run& run) {
     std::erase_if(run.ledger.logs,
                   [&](const auto& log) { return log.transaction == run.creation; });
   },
   {"creation of the contract", {}, {}}},
};

const tampering in_receipts[]{
  {"a receipt's status",
   [](recorded_run& run) { receipt_of(run, 2).succeeded = false; },
   {"receipt", 2, {}}},
  {"a receipt's sender",
   [](recorded_run& run) { receipt_of(run, 2).from[0] ^= 1; },
   {"receipt's sender", 2, {}}},
  {"a receipt's recipient",
   [](recorded_run& run) { (*receipt_of(run, 2).to)[0] ^= 1; },
   {"receipt's recipient", 2, {}}},
  {"a receipt without a recipient",
   [](recorded_run& run) { receipt_of(run, 2).to.reset(); },
   {"receipt's recipient", 2, {}}},
  {"a receipt's block",
   [](recorded_run& run) { ++receipt_of(run, 2).block.number; },
   {"receipt's block", 2, {}}},
  {"a receipt's block hash",
   [](recorded_run& run) { receipt_of(run, 2).block.hash[0] ^= 1; },
   {"receipt's block hash", 2, {}}},
  {"a receipt's transaction",
   [](recorded_run& run) { receipt_of(run, 2).transaction[0] ^= 1; },
   {"receipt's transaction", 2, {}}},
  {"a bit of a receipt's log",
   [](recorded_run& run) { flip_last(receipt_of(run, 2).logs[0].data); },
   {"log", 2, {}}},
  {"a receipt without logs",
   [](recorded_run& run) { receipt_of(run, 2).logs.clear(); },
   {"log", 2, {}}},
  {"another place of a receipt's logs",
   [](recorded_run& run) { ++receipt_of(run, 2).first_log; },
   {"log", 2, {}}},
  {"two receipts swapped",
   [](recorded_run& run) { std::swap(receipt_of(run, 1), receipt_of(run, 2)); },
   {"receipt's transaction", 1, {}}},
  {"no receipt",
   [](recorded_run& run) { run.ledger.receipts.erase(run.commits[1]); },
   {"receipt of 0x", 2, {}, verdict::missing}},
};

const tampering in_transactions[]{
  {"a bit of a commit's transaction",
   [](recorded_run& run) {
     auto& raw = transaction_of(run, 2).raw;
     flip(raw, 8 * (raw.size() - 100));
   },
   {"transaction's hash", 2, {}}},
  {"a cut transaction",
   [](recorded_run& run) { transaction_of(run, 2).raw.pop_back(); },
   {"transaction 0x", 2, {}}},
  {"two transactions swapped",
   [](recorded_run& run) { std::swap(transaction_of(run, 1).raw, transaction_of(run, 2).raw); },
   {"transaction's hash", 1, {}}},
  {"a transaction in another block",
   [](recorded_run& run) { ++transaction_of(run, 2).block.number; },
   {"transaction's block", 2, {}}},
  {"no transaction",
   [](recorded_run& run) { run.ledger.transactions.erase(run.commits[1]); },
   {"transaction 0x", 2, {}, verdict::missing}},
  {"a transaction that says something else",
   [](recorded_run& run) {
     resign(run, run.commits[1], *server_key(), [](auto& fields) { flip_last(fields.data); });
   },
   {"transaction's calldata", 2, {}}},
  {"a stranger's transaction",
   [](recorded_run& run) { resign(run, run.commits[1], *strangers_key(), [](auto&) {}); },
   {"transaction's sender", 2, {}}},
  {"a transaction of another chain",
   [](recorded_run& run) {
     resign(run, run.commits[1], *server_key(), [](auto& fields) { fields.chain_id = 1; });
   },
   {"transaction's chain id", 2, {}}},
  {"a transaction to another contract",
   [](recorded_run& run) {
     auto other =
       resign(run, run.commits[1], *server_key(), [](auto& fields) { (*fields.to)[0] ^= 1; });
     (*run.ledger.receipts.at(other).to)[0] ^= 1;
   },
   {"transaction's recipient", 2, {}}},
};

const tampering in_contract[]{
  {"the contract's code",
   [](recorded_run& run) {
     resign(run, run.creation, *server_key(), [](auto& fields) { flip(fields.data, 8 * 1000); });
   },
   {"contract", {}, {}}},
  {"a bit of the creation",
   [](recorded_run& run) { flip(run.ledger.transactions.at(run.creation).raw, 8'000); },
   {"transaction's hash", {}, {}}},
  {"the contract's salt",
   [](recorded_run& run) {
     resign(run, run.creation, *server_key(),
            [](auto& fields) { flip(fields.data, 8 * (fields.data.size() - 5 * 32) - 1); });
   },
   {"contract's run()", {}, {}}},
  {"a short argument of the creation",
   [](recorded_run& run) {
     resign(run, run.creation, *server_key(), [](auto& fields) { fields.data.pop_back(); });
   },
   {"contract", {}, {}}},
  {"a creation that is another contract's",
   [](recorded_run& run) {
     resign(run, run.creation, *server_key(), [](auto& fields) { ++fields.nonce; });
   },
   {"contract created by 0x", {}, {}}},
  {"a creation by a stranger",
   [](recorded_run& run) { resign(run, run.creation, *strangers_key(), [](auto&) {}); },
   {"contract created by 0x", {}, {}}},
  {"the contract in the creation's receipt",
   [](recorded_run& run) { run.ledger.receipts.at(run.creation).contract.reset(); },
   {"receipt's contract", {}, {}}},
  {"the run id",
   [](recorded_run& run) { lie(run, calldata_of(run_view_run), hash256{1}); },
   {"contract's run()", {}, {}}},
  {"the genesis model",
   [](recorded_run& run) { lie(run, calldata_of(run_view_genesis), hash256{1}); },
   {"contract's genesis()", {}, {}}},
  {"the description",
   [](recorded_run& run) { lie(run, calldata_of(run_view_description), hash256{1}); },
   {"contract's getModelArchitecture()", {}, {}}},
  {"a start in a block of the contract's, but not its first",
   [](recorded_run& run) { lie(run, calldata_of(run_view_start_block), uint64_t{2}); },
   {"creation of the contract", {}, {}}},
  {"a start in another block",
   [](recorded_run& run) { lie(run, calldata_of(run_view_start_block), uint64_t{0}); },
   {"creation of the contract", {}, {}}},
  {"a round less",
   [](recorded_run& run) { lie(run, calldata_of(run_view_committed), uint64_t{2}); },
   {"committed round", 2, {}}},
  {"a round more",
   [](recorded_run& run) { lie(run, calldata_of(run_view_committed), uint64_t{4}); },
   {"committed round", 4, {}}},
  {"no round",
   [](recorded_run& run) { lie(run, calldata_of(run_view_committed), uint64_t{0}); },
   {"block before the first commit", {}, {}}},
  {"an earlier last commit",
   [](recorded_run& run) { lie(run, calldata_of(run_view_last_commit_block), uint64_t{3}); },
   {"committed round", 3, {}}},
  {"a committed model",
   [](recorded_run& run) { lie(run, calldata_of(run_view_global_model, uint64_t{3}), hash256{1}); },
   {"committed model", 2, {}}},
  {"an answer of another length",
   [](recorded_run& run) { run.ledger.answers[calldata_of(run_view_committed)] = {1}; },
   {"contract's committed()", {}, {}}},
  {"no contract at all",
   [](recorded_run& run) { run.ledger.answers[calldata_of(run_view_start_block)] = {}; },
   {"contract", {}, {}, verdict::missing, "no contract at 0x"}},
  {"a contract that answers some questions only",
   [](recorded_run& run) { run.ledger.answers[calldata_of(run_view_run)] = {}; },
   {"contract's run()", {}, {}}},
  {"a trainer that isn't one",
   [](recorded_run& run) {
     lie(run, calldata_of(run_view_is_trainer, update_of(run.records[0], 1).signer), uint64_t{0});
   },
   {"address", 1, 1}},
};

void check_all(std::span<const tampering> table) {
  const auto honest = record_run();
  for (const auto& each : table) {
    INFO(each.name);
    auto run = honest;
    each.with(run);
    check_named(verified(run), each.expected);
  }
}

// -- a server that cheats, and clients that do ---------------------------------------------------

struct cheating {
  const char* name;
  void (*by)(run_script&);
  named expected;
};

/// Changes what the manifest says of a client in round 2, after the model was averaged.
template <uint64_t Client, class Change>
void in_entry(run_script& script, Change change) {
  script.record = [change](round_record& record) {
    if (record.round == 2)
      change(update_in(record, Client));
  };
}

/// Changes round 2's manifest as text.
void in_text(run_script& script, std::function<void(std::string&)> change) {
  script.manifest = [change](uint64_t round, std::string& text) {
    if (round == 2)
      change(text);
  };
}

/// Begin and end of a counted entry of a manifest's text, whose last key is its signature.
std::pair<size_t, size_t> entry_at(const std::string& text, size_t number) {
  auto end_after = [&](size_t begin) {
    return text.find("\"}", text.find("\"signature\"", begin)) + 2;
  };
  auto begin = text.find("\"invited\":[") + 11;
  while (number-- > 0)
    begin = end_after(begin) + 1;
  return {begin, end_after(begin)};
}

signing_key_ptr own_key(client_id client) { return *client_key(7, client); }

const cheating by_server[]{
  {"another model than the average",
   [](run_script& script) {
     script.record = [](round_record& record) {
       if (record.round == 2)
         record.model = update_of(record, 1).model;
     };
   },
   {"average of the updates", 2, {}}},
  {"num_examples",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { ++e.num_examples; }); },
   {"signature", 2, 1}},
  {"metrics",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { e.metrics.clear(); }); },
   {"signature", 2, 1}},
  {"an update",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { e.model.digest[0] ^= 1; }); },
   {"signature", 2, 1}},
  {"a bit of a signature",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { e.signature[40] ^= 1; }); },
   {"signature", 2, 1}},
  {"a signature that is nobody's",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { e.signature[64] = 0; }); },
   {"signature", 2, 1}},
  {"no signature",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { e.signature = {}; }); },
   {"signature", 2, 1}},
  {"an address",
   [](run_script& s) { in_entry<1>(s, [](auto& e) { e.signer[0] ^= 1; }); },
   {"signature", 2, 1}},
  {"two clients' ids",
   [](run_script& script) {
     script.record = [](round_record& record) {
       if (record.round == 2)
         std::swap(record.invited[client_id{1}], record.invited[client_id{2}]);
     };
   },
   {"signature", 2, 1}},
  {"another client's id, by its key",
   [](run_script& script) {
     script.key = [](uint64_t round, client_id client) {
       return own_key(round == 2 && client == client_id{1} ? client_id{2} : client);
     };
   },
   {"address", 2, 1}},
  {"one key with two ids",
   [](run_script& script) {
     script.key = [](uint64_t, client_id client) {
       return own_key(client == client_id{2} ? client_id{0} : client);
     };
   },
   {"address", 1, 2}},
  {"a stranger's key",
   [](run_script& script) {
     script.key = [](uint64_t, client_id client) {
       return client == client_id{2} ? strangers_key() : own_key(client);
     };
   },
   {"address", 1, 2}},
  {"a trainer added too late",
   [](run_script& s) { s.trainers_added_after = 1; },
   {"address", 1, 0}},
  {"a client id that isn't the run's",
   [](run_script& script) {
     script.close = [](round_record& record) {
       auto taken = record.invited.extract(client_id{2});
       taken.key() = client_id{3};
       record.invited.insert(std::move(taken));
     };
   },
   {"client id", 1, 3}},
  {"a line left out",
   [](run_script& s) {
     in_text(s, [](auto& text) {
       auto [begin, end] = entry_at(text, 1);
       text.erase(begin, end + 1 - begin);
     });
   },
   {"number of updates", 2, {}}},
  {"a line doubled",
   [](run_script& s) {
     in_text(s, [](auto& text) {
       auto [begin, end] = entry_at(text, 1);
       text.insert(begin, text.substr(begin, end + 1 - begin));
     });
   },
   {"manifest", 2, {}, verdict::wrong, "invited[2].client is 1, not above the one before"}},
  {"two lines reordered",
   [](run_script& s) {
     in_text(s, [](auto& text) {
       auto [begin, end] = entry_at(text, 0);
       auto line = text.substr(begin, end + 1 - begin);
       text.erase(begin, line.size()).insert(entry_at(text, 0).second + 1, line);
     });
   },
   {"manifest", 2, {}, verdict::wrong, "invited[1].client is 0, not above the one before"}},
  {"another run in the manifest",
   [](run_script& s) {
     in_text(s, [](auto& text) {
       auto digit = text.find("\"run\":\"0x") + 9;
       text[digit] = text[digit] == '1' ? '2' : '1';
     });
   },
   {"manifest's run", 2, {}}},
  {"another round in the manifest",
   [](run_script& s) { in_text(s, [](auto& text) { text[text.find("\"round\":\"") + 9] = '3'; }); },
   {"manifest's round", 2, {}}},
  {"another base in the manifest",
   [](run_script& script) {
     script.record = [](round_record& record) {
       if (record.round == 2)
         record.base = update_of(record, 0).model;
     };
   },
   {"manifest's base", 2, {}}},
  {"another model in the manifest",
   [](run_script& s) {
     in_text(s, [](auto& text) {
       auto base = text.find("\"base\":\"") + 8, model = text.rfind("\"model\":\"") + 9;
       text.replace(model, 59, text.substr(base, 59));
     });
   },
   {"manifest's model", 2, {}}},
  {"no JSON in the manifest",
   [](run_script& s) { in_text(s, [](auto& text) { text += ' '; }); },
   {"manifest", 2, {}}},
  {"another root",
   [](run_script& script) {
     script.commit = [](round_commitment& what) {
       if (what.round == 2)
         what.updates_root[0] ^= 1;
     };
   },
   {"updates root", 2, {}}},
  {"another number of updates",
   [](run_script& script) {
     script.commit = [](round_commitment& what) {
       if (what.round == 2)
         --what.updates;
     };
   },
   {"number of updates", 2, {}}},
  {"a counted update left out of the average",
   [](run_script& script) {
     script.close = [](round_record& record) {
       if (record.round == 2)
         record.invited.erase(client_id{1});
     };
   },
   {"invited clients", 2, {}}},
  {"a counted update that isn't in the manifest",
   [](run_script& script) {
     script.record = [](round_record& record) {
       if (record.round == 2)
         record.invited[client_id{1}] = silent{"too late"};
     };
   },
   {"average of the updates", 2, {}}},
  {"whom it asks, once all have joined",
   [](run_script& script) {
     script.invite = [](uint64_t round, std::vector<client_id>& clients) {
       if (round == 3)
         clients.pop_back();
     };
   },
   {"invited clients", 3, {}}},
  {"whom it asks, which is nobody",
   [](run_script& script) {
     script.close = [](round_record& record) {
       if (record.round == 2)
         record.invited.clear();
     };
   },
   {"invited clients", 2, {}}},
  {"a failure that isn't accepted",
   [](run_script& script) {
     script.describe = [](description& what) { what.strategy.accept_failures = false; };
     script.close = [](round_record& record) {
       if (record.round == 2)
         record.invited[client_id{1}] = silent{"too late"};
     };
   },
   {"number of updates", 2, {}}},
  {"the genesis model of the description",
   [](run_script& script) {
     script.describe = [](description& what) { what.model.genesis.digest[0] ^= 1; };
   },
   {"description's genesis", {}, {}}},
  {"another layout than the genesis model's",
   [](run_script& script) {
     script.describe = [](description& what) {
       what.model.layout = *make_layout({{"v", dtype::f32, {3}}});
     };
   },
   {"genesis model", {}, {}}},
  {"a layout that can't be averaged",
   [](run_script& script) {
     script.describe = [](description& what) {
       what.model.layout = *make_layout({{"w", dtype::f64, {3}}});
     };
   },
   {"description's layout", {}, {}}},
};

/// Changes a client's file in round 2.
template <class Change>
void in_file(run_script& script, Change change) {
  script.train = [change](uint64_t round, client_id client, bytes& file) {
    if (round == 2 && client == client_id{1})
      change(file);
  };
}

void put_last(bytes& file, float value) {
  std::memcpy(file.data() + file.size() - sizeof(value), &value, sizeof(value));
}

const cheating by_client[]{
  {"NaN",
   [](run_script& s) {
     in_file(s, [](auto& file) { put_last(file, std::numeric_limits<float>::quiet_NaN()); });
   },
   {"update", 2, 1}},
  {"infinity",
   [](run_script& s) {
     in_file(s, [](auto& file) { put_last(file, std::numeric_limits<float>::infinity()); });
   },
   {"update", 2, 1}},
  {"a value that is too large",
   [](run_script& s) { in_file(s, [](auto& file) { put_last(file, 2'000'000); }); },
   {"update", 2, 1}},
  {"another layout",
   [](run_script& s) { in_file(s, [](auto& file) { file[20] ^= 1; }); },
   {"update", 2, 1}},
  {"a longer file",
   [](run_script& s) { in_file(s, [](auto& file) { file.resize(file.size() + 4); }); },
   {"update", 2, 1}},
  {"too many examples",
   [](run_script& script) {
     script.describe = [](description& what) { what.strategy.max_examples = 25; };
   },
   {"num_examples", 1, 2}},
};

void check_all(std::span<const cheating> table) {
  for (const auto& each : table) {
    INFO(each.name);
    run_script script;
    each.by(script);
    auto run = record_run(script);
    check_named(verified(run), each.expected);
  }
}

} // namespace

TEST_CASE("tampering with a stored blob is named") { check_all(in_store); }

TEST_CASE("tampering with a log is named") { check_all(in_logs); }

TEST_CASE("tampering with a receipt is named") { check_all(in_receipts); }

TEST_CASE("tampering with a transaction is named") { check_all(in_transactions); }

TEST_CASE("tampering with the contract or its state is named") { check_all(in_contract); }

TEST_CASE("what a server cheats with is named") { check_all(by_server); }

TEST_CASE("a client's bad update that counts is named") { check_all(by_client); }
