/// Every atom, grouped by who says it.
#pragma once

#include "messages/runtime.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(flwr, caf::first_custom_type_id)

// To the BLOB STORE, the IPFS UPLOADER and the IPFS FETCHER.
FLWR_ATOM(add, "add")
FLWR_ATOM(admit, "admit")
FLWR_ATOM(check, "check")
FLWR_ATOM(collect, "collect")
FLWR_ATOM(dag, "dag")
FLWR_ATOM(fetch, "fetch")
FLWR_ATOM(held, "held")
FLWR_ATOM(hold, "hold")
FLWR_ATOM(keep, "keep")
FLWR_ATOM(pin, "pin")
FLWR_ATOM(put, "put")
FLWR_ATOM(upload, "upload")

// To a CLIENT, its PROXY and its TRAINERS.
FLWR_ATOM(cancel, "cancel")
FLWR_ATOM(evaluate, "evaluate")
FLWR_ATOM(fit, "fit")

// To the CLIENT MANAGER.
FLWR_ATOM(await, "await")
FLWR_ATOM(joined, "joined")
FLWR_ATOM(sample, "sample")

// To a JOIN SESSION, a JOIN CLIENT, the CLIENT HOST and the WATCHTOWER.
FLWR_ATOM(given, "given")
FLWR_ATOM(greet, "greet")
FLWR_ATOM(inbound, "inbound")
FLWR_ATOM(left, "left")

// To the ROUND COORDINATOR.
FLWR_ATOM(failed, "failed")
FLWR_ATOM(ready, "ready")
FLWR_ATOM(sent, "sent")
FLWR_ATOM(start, "start")

// To a CHAIN, the TX SENDER and the CHAIN WATCHER.
FLWR_ATOM(ask, "ask")
FLWR_ATOM(block, "block")
FLWR_ATOM(call, "call")
FLWR_ATOM(chain_id, "chain id")
FLWR_ATOM(confirm, "confirm")
FLWR_ATOM(fees, "fees")
FLWR_ATOM(follow, "follow")
FLWR_ATOM(head, "head")
FLWR_ATOM(logs, "logs")
FLWR_ATOM(nonce, "nonce")
FLWR_ATOM(receipt, "receipt")
FLWR_ATOM(send, "send")
FLWR_ATOM(submit, "submit")
FLWR_ATOM(transaction, "tx")

// From the ROUND COORDINATOR to its helpers.
FLWR_ATOM(append, "append")
FLWR_ATOM(begin, "begin")
FLWR_ATOM(finish, "finish")
FLWR_ATOM(fold, "fold")
FLWR_ATOM(record, "record")

// To the SUPERVISOR.
FLWR_ATOM(over, "over")
FLWR_ATOM(stop, "stop")

// From an actor to itself.
FLWR_ATOM(attempt, "attempt")
FLWR_ATOM(deadline, "deadline")
FLWR_ATOM(flush, "flush")
FLWR_ATOM(release, "release")
FLWR_ATOM(seal, "seal")
FLWR_ATOM(tick, "tick")

CAF_END_TYPE_ID_BLOCK(flwr)
