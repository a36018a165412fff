#!/usr/bin/env bash
# Runs on the embedded ledger, and what `verify` says of them: tests/end_to_end/verify_test.sh
# SERVER TOOLBOX
set -euo pipefail
server=$1 toolbox=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

task=(--simulate 3 --rounds 3 --data "synthetic:features=8,classes=3,train=400,test=100"
  --model logistic)

fail() { cat out err >&2; echo "FAILED: $*" >&2; exit 1; }

# expect CODE COMMAND...: the exit code; the output is in out and err.
expect() {
  local code=$1 got=0
  shift
  "$@" >out 2>err || got=$?
  [ "$got" = "$code" ] || fail "exit code $got instead of $code: $*"
}

said() { grep -qF -- "$1" "${2:-out}" || fail "no word of '$1'"; }

field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }

# A run is proven by one who has nothing but its ledger, its blocks and the contract's address.
expect 0 "$server" "${task[@]}" --state-dir run --json
said "development key" err
contract=$(field out contract)
model=$(field out final_model_cid)
grep -qE '"tx":"0x[0-9a-f]{64}","gas_used":5[0-9]{4}' out || fail "a commit has a transaction"
mkdir alone
cp -r run/ledger run/blocks alone
expect 0 "$toolbox" verify --state-dir alone --contract "$contract"
head -1 out | grep -qF "$contract" || fail "the first line names the contract"
[ "$(grep -c '^round [1-3]: PROVEN, 3 updates' out)" = 3 ] || fail "a line a round"
[ "$(tail -1 out)" = "3 rounds PROVEN" ] || fail "the last line"
expect 0 "$toolbox" verify --state-dir run --json
[ "$(wc -l <out)" = 1 ] || fail "--json is one document"
[ "$(field out schema)" = flwr-actor/verify/1 ] || fail "the document's schema"
expect 0 "$toolbox" status --state-dir run
said "contract: $contract"

# A block that was kept elsewhere is in the chain, or the chain is another one.
expect 0 "$toolbox" verify --state-dir run --json
block=$(python3 -c 'import json; print(json.load(open("out"))["block"]["hash"])')
expect 0 "$toolbox" verify --state-dir run --block "$block"
expect 1 "$toolbox" verify --state-dir run --block "0x${block:3}0"
said "isn't in this chain"
expect 4 "$toolbox" verify --state-dir run --block 0x12

# The ledger changes no model, and a run without one can't be proven.
expect 0 "$server" "${task[@]}" --state-dir none --chain none --json
[ "$(field out final_model_cid)" = "$model" ] || fail "--chain none gave another model"
expect 4 "$toolbox" verify --state-dir none
said "has no ledger" err

# The next run is another contract on the same chain; both can be proven.
expect 0 "$server" "${task[@]}" --state-dir run --json --seed 2
[ "$(field out contract)" != "$contract" ] || fail "two runs on one contract"
expect 0 "$toolbox" verify --state-dir run --run 1
said "$contract"
expect 0 "$toolbox" verify --state-dir run
expect 4 "$toolbox" verify --state-dir run --run 3
said "run 3" err

# Every block counts: one that is gone is missing, one with a flipped bit is wrong.
cp -r alone damaged
block=$(find damaged/blocks -type f | sort | head -1)
mv "$block" gone
expect 3 "$toolbox" verify --state-dir damaged --contract "$contract"
grep -qE "MISSING|nobody|isn't" out || fail "what is missing isn't named"
python3 - gone "$block" <<'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[len(data) // 2] ^= 1
open(sys.argv[2], "wb").write(data)
PY
expect 1 "$toolbox" verify --state-dir damaged --contract "$contract"
said WRONG

# So does every byte of the ledger's last record: the file says so itself.
cp -r alone torn
python3 - torn/ledger/ledger.sqlite <<'PY'
import sqlite3, sys
file = sqlite3.connect(sys.argv[1])
(body,) = file.execute("SELECT body FROM entry ORDER BY sequence DESC LIMIT 1").fetchone()
flipped = bytearray(body)
flipped[-1] ^= 1
file.execute("UPDATE entry SET body = ? WHERE body = ?", (bytes(flipped), body))
file.commit()
PY
expect 1 "$toolbox" verify --state-dir torn --contract "$contract"
said "ledger.sqlite" err
expect 4 "$toolbox" verify --state-dir nowhere
expect 4 "$toolbox" verify --state-dir run --contract 0x12
said "0x12" err

# The keys of the user's own account sign the commits.
expect 0 "$server" "${task[@]}" --rounds 1 --state-dir anvil --account dev:anvil:0
grep -qF "development key" err && fail "whose key it is"
expect 0 "$toolbox" verify --state-dir anvil
expect 4 "$server" "${task[@]}" --state-dir nobody --account nobody
said "flwr-actor keys new" err
echo "1 passed, 0 failed"
