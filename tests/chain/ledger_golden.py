#!/usr/bin/env python3
"""Writes ../vectors/ledger.json: a small chain as the EVM in Python executes and hashes it.

    pip install py-evm==0.12.1b1 eth-account==0.14.0 && tests/chain/ledger_golden.py
"""
import json
import pathlib

from eth.chains.base import MiningChain
from eth.db.atomic import AtomicDB
from eth.vm.forks.shanghai import ShanghaiVM
from eth_abi import encode
from eth_account import Account
from eth_utils import keccak, to_checksum_address

TESTS = pathlib.Path(__file__).resolve().parent.parent
ARTIFACT = json.loads((TESTS.parent / "contracts/FederatedRun.json").read_text())
CHAIN_ID = 0x666C7772
GENESIS_TIME = 1_700_000_000
GAS_LIMIT = 1 << 24
ETHER = 10**18

Account.enable_unaudited_hdwallet_features()
KEYS = [
    Account.from_mnemonic("test test test test test test test test test test test junk",
                          account_path=f"m/44'/60'/0'/0/{i}")
    for i in range(6)
]
ADDRESSES = [bytes.fromhex(key.address[2:]) for key in KEYS]
FRESH = "0x" + "ca7e5".zfill(40)


def creation():
    arguments = encode(
        ["bytes32"] * 3 + ["uint16", "address", "address", "uint64", "bool"],
        [b"\x11" * 32, b"\x22" * 32, b"\x33" * 32, 0x7055, ADDRESSES[0], ADDRESSES[2], 100, False])
    return bytes.fromhex(ARTIFACT["bytecode"].removeprefix("0x")) + arguments


def call(signature, *values):
    types = signature[signature.index("(") + 1:-1]
    return keccak(text=signature)[:4] + encode(types.split(",") if types else [], values)


def commit(round_number, base, model):
    return call("commitRound(uint64,bytes32,bytes32,uint32,bytes32,uint8,bytes32)", round_number,
                base * 32, b"\x44" * 32, 2, b"\x55" * 32, 0x55, model * 32)


class Sender:
    """Signs transactions of all types with the next nonce."""

    def __init__(self):
        self.nonces = [0] * len(KEYS)

    def __call__(self, key, to, data=b"", gas=200_000, value=0, **fees):
        transaction = {"chainId": CHAIN_ID, "nonce": self.nonces[key], "gas": gas, "value": value,
                       "data": data, **(fees or {"maxFeePerGas": 0, "maxPriorityFeePerGas": 0})}
        if to:
            transaction["to"] = to_checksum_address(to)
        self.nonces[key] += 1
        return bytes(KEYS[key].sign_transaction(transaction).raw_transaction)


def blocks(contract):
    send = Sender()
    listed = [{"address": contract, "storageKeys": ["0x" + "00" * 31 + "00", "0x" + "00" * 31 + "07"]}]
    dear = {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 1000}
    yield [send(0, None, creation(), gas=2_000_000)]
    yield [send(1, FRESH, value=ETHER, gasPrice=3),
           send(0, contract, commit(1, b"\x11", b"\x12"), gasPrice=5, accessList=listed, type=1)]
    yield [send(0, contract, call("addTrainers(address[])", [KEYS[3].address, KEYS[4].address])),
           send(3, contract, call("submitUpdate(uint64,bytes32,bytes32,uint64)", 2, b"\x12" * 32,
                                  b"\x77" * 32, 600)),
           send(5, contract, commit(2, b"\x12", b"\x13")),
           send(0, contract, commit(2, b"\x12", b"\x13"), **dear)]
    yield [send(5, FRESH[:-1] + "6")]  # Touches an account that stays empty.
    yield [send(0, contract, call("transferOwnership(address)", KEYS[1].address), gasPrice=1)]
    yield [send(0, contract, call("transferOwnership(address)", "0x" + "00" * 20))]
    yield [send(0, contract, b"\xde\xad\xbe\xef"), send(1, contract, b"", value=1, gas=30_000),
           send(1, contract, commit(3, b"\x13", b"\x14"), gas=30_000)]
    yield [send(0, contract, commit(n, bytes([0x10 + n]), bytes([0x11 + n]))) for n in range(3, 40)]


def chain():
    state = {who: {"balance": 10**6 * ETHER, "nonce": 0, "code": b"", "storage": {}}
             for who in ADDRESSES[:2]}
    genesis = {"difficulty": 0, "gas_limit": GAS_LIMIT, "timestamp": GENESIS_TIME,
               "nonce": b"\0" * 8, "base_fee_per_gas": 0}
    kind = MiningChain.configure(__name__="Chain", vm_configuration=((0, ShanghaiVM),),
                                 chain_id=CHAIN_ID)
    return kind.from_genesis(AtomicDB(), genesis, state)


def quantity(number):
    return hex(number)


def digits(raw):
    return "0x" + raw.hex()


def described(block, raws):
    header = block.header
    return {"timestamp": header.timestamp, "transactions": [digits(raw) for raw in raws],
            "gas_used": header.gas_used, "state_root": digits(header.state_root),
            "transactions_root": digits(header.transaction_root),
            "receipts_root": digits(header.receipt_root),
            "logs_bloom": digits(header.bloom.to_bytes(256, "big")), "hash": digits(header.hash)}


def main():
    from eth.vm.forks.shanghai.transactions import ShanghaiTransactionBuilder as builder

    machine = chain()
    contract = "0x" + keccak(b"\xd6\x94" + ADDRESSES[0] + b"\x80")[12:].hex()
    cases = [described(machine.get_canonical_block_by_number(0), [])]
    for number, raws in enumerate(blocks(contract), 1):
        transactions = [builder.decode(raw) for raw in raws]
        machine.header = machine.header.copy(timestamp=GENESIS_TIME + 10 * number,
                                             gas_limit=GAS_LIMIT, mix_hash=b"\0" * 32)
        mined, _, _ = machine.mine_all(transactions)
        cases.append(described(mined.imported_block, raws))
    for number, case in enumerate(cases):
        case["name"] = f"block {number}"
    document = {
        "topic": "ledger",
        "source": "generated for this project by tests/chain/ledger_golden.py with py-evm 0.12.1b1 "
                  "(MIT), whose EVM, tries and headers these are, and eth-account 0.14.0 (MIT)",
        "format": "the blocks of one chain (id 0x666c7772) in order: raw transactions, and what "
                  "the header says of them. Block 0: keys 0 and 1 of the development mnemonic have "
                  "10^24 wei. Shanghai's rules, gas limit 2^24, base fee 0, beneficiary 0",
        "cases": cases,
    }
    (TESTS / "vectors/ledger.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
