"""web3.py against the embedded ledger: web3_peer.py HOST:PORT CONTRACT ARTIFACT

CONTRACT is of a run of two rounds, by account 0 of the development wallet; what is deployed here is
by account 1.
"""

import asyncio
import hashlib
import json
import sys

from eth_abi import encode
from eth_account import Account
from web3 import AsyncWeb3, HTTPProvider, Web3, WebSocketProvider
from web3.exceptions import ContractCustomError, TransactionNotFound, Web3RPCError

PLACE, CONTRACT, FILE = sys.argv[1:]
with open(FILE, encoding="utf8") as file:
    ARTIFACT = json.load(file)
PHRASE = "test test test test test test test test test test test junk"
CHAIN_ID = 0x666C7772
RAW = 0x55
NOBODY = "0x" + "00" * 20
PATIENCE = 60  # seconds, of which none is needed.

Account.enable_unaudited_hdwallet_features()


def account(number):
    return Account.from_mnemonic(PHRASE, account_path=f"m/44'/60'/0'/0/{number}")


def digest(text):
    return hashlib.sha256(text.encode()).digest()


def commitment(number, base, model):
    return (number, digest(base), digest("root"), 2, digest("manifest"), RAW, digest(model))


def refusal(kind, ask):
    try:
        ask()
    except kind as error:
        return error
    raise AssertionError("not refused")


def custom_error(name, *values):
    """The bytes of a contract's error."""
    (entry,) = [each for each in ARTIFACT["abi"] if each.get("name") == name]
    types = [each["type"] for each in entry["inputs"]]
    selector = Web3.keccak(text=f"{name}({','.join(types)})")[:4]
    return Web3.to_hex(selector + encode(types, values))


def read_chain(w3):
    assert w3.is_connected()
    assert w3.client_version.startswith("flwr-actor/")
    assert (w3.eth.chain_id, w3.net.version, w3.eth.syncing) == (CHAIN_ID, str(CHAIN_ID), False)
    assert w3.eth.get_balance(account(0).address) == 10**24
    assert w3.eth.get_balance(account(1).address) == 0
    head = w3.eth.get_block("latest", full_transactions=True)
    same = w3.eth.get_block(head.hash)
    assert [each.hash for each in head.transactions] == same.transactions
    assert same.parentHash == w3.eth.get_block(head.number - 1).hash
    assert (head.baseFeePerGas, head.gasLimit) == (0, 2**24)
    assert w3.eth.fee_history(2, "latest", [50]).baseFeePerGas == [0, 0, 0]
    refusal(TransactionNotFound, lambda: w3.eth.get_transaction("0x" + "11" * 32))


def read_run(w3):
    run = w3.eth.contract(CONTRACT, abi=ARTIFACT["abi"])
    assert run.functions.committed().call() == 2
    commits = run.events.RoundCommitted.get_logs(from_block=0)
    assert [each.args.round for each in commits] == [1, 2]
    assert commits[0].args.model == run.functions.getGlobalmodel(2).call()
    assert commits[1].args.base == commits[0].args.model
    assert commits[1].args.previousBlock == commits[0].blockNumber
    second = run.events.RoundCommitted.get_logs(from_block=0, argument_filters={"round": 2})
    assert [each.transactionHash for each in second] == [commits[1].transactionHash]
    sent = w3.eth.get_transaction(commits[1].transactionHash)
    _, arguments = run.decode_function_input(sent.input)
    assert arguments["model"] == commits[1].args.model
    with w3.batch_requests() as batch:
        batch.add(run.functions.committed())
        batch.add(w3.eth.get_block(0))
        rounds, genesis = batch.execute()
    assert (rounds, genesis.number) == (2, 0)


def send(w3, owner, call, **fields):
    """Signs a call here, as the node has no keys, and sends it."""
    nonce = w3.eth.get_transaction_count(owner.address, "pending")
    filled = call.build_transaction({"from": owner.address, "nonce": nonce, **fields})
    return w3.eth.send_raw_transaction(owner.sign_transaction(filled).raw_transaction)


def finished(w3, sent):
    return w3.eth.wait_for_transaction_receipt(sent, timeout=PATIENCE, poll_latency=0.01)


def deploy(w3, owner):
    factory = w3.eth.contract(abi=ARTIFACT["abi"], bytecode=ARTIFACT["bytecode"])
    terms = (digest("genesis"), digest("description"), digest("salt"), RAW << 8 | RAW)
    creation = factory.constructor(*terms, owner.address, NOBODY, 0, False)
    receipt = finished(w3, send(w3, owner, creation))
    assert receipt.status == 1
    run = w3.eth.contract(receipt.contractAddress, abi=ARTIFACT["abi"])
    assert w3.eth.get_code(run.address)
    assert run.functions.genesis().call() == terms[0]
    return run


def commit(w3, owner, run):
    """A commit, as two filters see it that were made before."""
    commits = run.events.RoundCommitted.create_filter(from_block=0)
    blocks = w3.eth.filter("latest")
    assert commits.get_all_entries() == commits.get_new_entries() == []
    call = run.functions.commitRound(*commitment(1, "genesis", "model 1"))
    receipt = finished(w3, send(w3, owner, call))
    assert (receipt.status, receipt.type) == (1, 2)
    (event,) = commits.get_new_entries()
    assert (event.args.round, event.args.model) == (1, digest("model 1"))
    assert event == run.events.RoundCommitted().process_receipt(receipt)[0]
    assert commits.get_new_entries() == []
    assert commits.get_all_entries() == [event]
    assert blocks.get_new_entries() == [receipt.blockHash]
    assert w3.eth.uninstall_filter(commits.filter_id)
    gone = refusal(Web3RPCError, commits.get_new_entries)
    assert "filter not found" in str(gone)
    before = receipt.blockNumber - 1
    assert run.functions.committed().call(block_identifier=before) == 0
    legacy = send(w3, owner, run.functions.addTrainers([account(2).address]), gasPrice=0)
    assert finished(w3, legacy).type == 0


def reverts(w3, owner, run):
    wrong = run.functions.commitRound(*commitment(2, "another", "model 2"))
    # Its gas is estimated first.
    unsent = refusal(ContractCustomError, lambda: send(w3, owner, wrong))
    assert unsent.data == custom_error("WrongBase", digest("model 1"), digest("another"))
    mined = finished(w3, send(w3, owner, wrong, gas=200_000))
    assert (mined.status, mined.logs) == (0, [])
    stranger = account(3).address
    refused = refusal(ContractCustomError, lambda: wrong.call({"from": stranger}))
    assert refused.data == custom_error("NotAggregator", stranger, owner.address)
    bare = refusal(Web3RPCError, lambda: w3.eth.send_raw_transaction("0x02c0"))
    assert bare.rpc_response["error"]["code"] == -32000


async def follow(owner, address):
    async with AsyncWeb3(WebSocketProvider(f"ws://{PLACE}/eth")) as w3:
        run = w3.eth.contract(address, abi=ARTIFACT["abi"])
        heads = await w3.eth.subscribe("newHeads")
        logs = await w3.eth.subscribe("logs", {"address": address})
        call = run.functions.commitRound(*commitment(2, "model 1", "model 2"))
        nonce = await w3.eth.get_transaction_count(owner.address)
        filled = await call.build_transaction({"from": owner.address, "nonce": nonce})
        raw = owner.sign_transaction(filled).raw_transaction
        sent = await w3.eth.send_raw_transaction(raw)
        seen = {}
        async for message in w3.socket.process_subscriptions():
            seen[message["subscription"]] = message["result"]
            if len(seen) == 2:
                break
        event = run.events.RoundCommitted().process_log(seen[logs])
        assert (event.args.round, event.transactionHash) == (2, sent)
        assert seen[heads].hash == event.blockHash
        assert await w3.eth.unsubscribe(heads)


def main():
    w3 = Web3(HTTPProvider(f"http://{PLACE}/eth"))
    owner = account(1)
    read_chain(w3)
    read_run(w3)
    run = deploy(w3, owner)
    commit(w3, owner, run)
    reverts(w3, owner, run)
    asyncio.run(asyncio.wait_for(follow(owner, run.address), PATIENCE))
    print("web3: all as it should be")


main()
