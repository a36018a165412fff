#!/usr/bin/env bash
# The embedded ledger under Foundry's cast: cast_test.sh SERVER TOOLBOX CLIENT
# shellcheck disable=SC2154
# shellcheck source=tests/end_to_end/peers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
needs cast

serve_chain
export HOME=$work ETH_RPC_URL="http://127.0.0.1:$http/eth" # Nobody's settings but the test's.
artifact=$sources/contracts/FederatedRun.json
server_account=0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266
# Account 1 of anvil's development wallet.
owner=0x70997970C51812dc3A010C7d01b50e0d17dc79C8
key=0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d
commit='commitRound(uint64,bytes32,bytes32,uint32,bytes32,uint8,bytes32)'
committed='RoundCommitted(uint64 indexed,address indexed,'
committed+='bytes32,bytes32,uint32,bytes32,uint8,bytes32,uint256)'

cast() { timeout 60 "$peers"/cast/node_modules/@foundry-rs/cast-linux-*/bin/cast "$@"; }

# is WHAT EXPECTED COMMAND...
is() {
  local what=$1 expected=$2 got
  shift 2
  got=$("$@") || fail "$what: cast failed"
  [ "$got" = "$expected" ] || fail "$what: '$got' instead of '$expected'"
}

# refused WORDS COMMAND...
refused() {
  local words=$1
  shift
  ! "$@" >refused.out 2>refused.err || fail "not refused: $words"
  grep -qF -- "$words" refused.err || fail "no word of '$words'"
}

digest() { printf '0x%064x' "$1"; }
as_owner() { cast send --private-key "$key" "$@"; }

# The chain, and the server's run on it.
is "chain id" 1718384498 cast chain-id
is "balance" 1000000000000000000000000 cast balance "$server_account"
is "gas price" 0 cast gas-price
is "base fee" 0 cast base-fee
head=$(cast block-number)
is "block" "$head" cast block "$head" --field number
is "block by hash" "$head" cast block "$(cast block latest --field hash)" --field number
is "a view" 2 cast call "$contract" 'committed()(uint64)'
is "a view of an older block" 0 cast call --block 1 "$contract" 'committed()(uint64)'
model=$(cast call "$contract" 'getGlobalmodel(uint256)(bytes32)' 3)
refused "NoSuchRound(given 9)" cast call "$contract" 'getGlobalmodel(uint256)(bytes32)' 9
commits() { cast logs --from-block 0 --address "$contract" "$committed" "$@"; }
commits --json >logs.out
python3 - "$contract" "$model" <<'PY' || fail "the logs"
import json, sys
logs = json.load(open("logs.out"))
assert [int(log["topics"][1], 16) for log in logs] == [1, 2], logs
assert all(log["address"] == sys.argv[1].lower() for log in logs), logs
assert logs[1]["data"][2:].count(sys.argv[2][2:]) == 1, logs
PY
is "logs by topic" "$(cat logs.out)" commits "" "$server_account" --json
is "logs of nobody" "[]" commits "" "$owner" --json

# A contract of one's own, a commit to it, and what it refuses.
as_owner --legacy --json --create "0x$(field "$artifact" bytecode)" \
  'constructor(bytes32,bytes32,bytes32,uint16,address,address,uint64,bool)' \
  "$(digest 1)" "$(digest 2)" "$(digest 3)" 21845 "$owner" "$(printf '0x%040x' 0)" 0 false \
  >deployed.out
run=$(field deployed.out contractAddress)
is "the code" "$(cast codesize "$contract")" cast codesize "$run"
is "nonce" 1 cast nonce "$owner"
as_owner --gas-price 0 --priority-gas-price 0 --json "$run" "$commit" \
  1 "$(digest 1)" "$(digest 4)" 2 "$(digest 5)" 85 "$(digest 6)" >committed.out
hash=$(field committed.out transactionHash)
is "receipt" true cast receipt "$hash" status
is "whose receipt" "$owner" cast receipt "$hash" from
is "transaction" 1 cast tx "$hash" nonce
is "a commit" "$(digest 6)" cast call "$run" 'getGlobalmodel(uint256)(bytes32)' 2
wrong=("$run" "$commit" 1 "$(digest 1)" "$(digest 4)" 2 "$(digest 5)" 85 "$(digest 6)")
refused "WrongRound(expected 2, given 1)" as_owner --legacy "${wrong[@]}"
as_owner --legacy --gas-limit 200000 "${wrong[@]}" >reverted.out
grep -qE '^status +0' reverted.out || fail "a refused call that is mined"
grep -qF "WrongRound(expected 2, given 1)" reverted.out || fail "no reason in the receipt"
refused "code differs" as_owner --legacy --gas-limit 200000 --create 0x6001600155
refused "insufficient funds" as_owner --legacy --gas-limit 50000 --value 1 "$server_account"
refused "eth_getProof" cast proof "$run"
stop
echo "1 passed, 0 failed"
