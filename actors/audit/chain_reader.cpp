#include "actors/audit/chain_reader.hpp"

namespace flwr {
namespace {

bool check_place(const block_ref& expected, const block_ref& given, const std::string& what,
                 const inquiry& note) {
  return note.same(what + "'s block", expected.number, given.number)
         && note.same(what + "'s block hash", expected.hash, given.hash);
}

bool check_block(const evidence& from, const block_ref& given, const inquiry& note) {
  auto block = note.take("block " + shown(given.number), from.block(given.number));
  return block && check_place(block->block, given, "log", note);
}

bool holds(const receipt& receipt, const placed_log& log) {
  auto position = log.index - receipt.first_log;
  return log.index >= receipt.first_log && position < receipt.logs.size()
         && receipt.logs[position] == log.what;
}

bool check_receipt(const receipt& receipt, const placed_log& log, const inquiry& note) {
  if (!note.same("receipt's transaction", log.transaction, receipt.transaction)
      || !check_place(log.block, receipt.block, "receipt", note))
    return false;
  if (!receipt.succeeded)
    note.wrong("receipt", "status 1", "status 0");
  else if (!holds(receipt, log))
    note.wrong("log", "one of its transaction's receipt", "none of them");
  else
    return true;
  return false;
}

bool check_transaction(const signed_transaction& transaction, uint64_t chain_id,
                       const receipt& receipt, const inquiry& note) {
  if (transaction.fields.chain_id && *transaction.fields.chain_id != chain_id)
    note.wrong("transaction's chain id", shown(chain_id), shown(*transaction.fields.chain_id));
  else if (transaction.fields.to != receipt.to)
    note.wrong("receipt's recipient",
               transaction.fields.to ? shown(*transaction.fields.to) : "none",
               receipt.to ? shown(*receipt.to) : "none");
  else
    return note.same("transaction's hash", receipt.transaction, transaction.hash)
           && note.same("receipt's sender", transaction.sender, receipt.from);
  return false;
}

} // namespace

std::optional<mined_transaction> transaction_behind(const evidence& from, uint64_t chain_id,
                                                    const placed_log& log, const inquiry& note) {
  if (!check_block(from, log.block, note))
    return std::nullopt;
  auto named = " " + shown(log.transaction);
  auto receipt = note.found("receipt of" + named, from.receipt_of(log.transaction));
  if (!receipt || !check_receipt(*receipt, log, note))
    return std::nullopt;
  auto placed = note.found("transaction" + named, from.transaction_of(log.transaction));
  if (!placed || !check_place(log.block, placed->block, "transaction", note))
    return std::nullopt;
  auto what = note.take("transaction" + named, decode_transaction(placed->raw));
  if (!what || !check_transaction(*what, chain_id, *receipt, note))
    return std::nullopt;
  return mined_transaction{std::move(*what), std::move(*receipt)};
}

} // namespace flwr
