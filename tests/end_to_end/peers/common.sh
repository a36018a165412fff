# For the tests in this folder, which source it.
# shellcheck shell=bash disable=SC2034,SC2154
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sources=$(cd "$here/../../.." && pwd)
peers=$(cd "$sources" && realpath -m "${FLWR_PEERS:-build/peers}")
task=(--data "synthetic:features=8,classes=3,train=400,test=100" --model logistic)
# shellcheck source=tests/end_to_end/processes.sh
source "$here/../processes.sh"

# needs PEER: ends the test where scripts/peers/setup couldn't install it.
needs() {
  [ ! -f "$peers/$1.missing" ] || { echo "SKIPPED: $(cat "$peers/$1.missing")"; exit 77; }
  [ -f "$peers/$1.installed" ] || fail "scripts/peers/setup wasn't called"
}

# serve_chain: a server whose ledger has a finished run of two rounds, of the contract $contract by
# account 0 of anvil's development wallet.
serve_chain() {
  "$server" "${task[@]}" --simulate 2 --rounds 2 --account dev:anvil:0 --state-dir chain --json \
    >run.out 2>run.err || fail "no run"
  contract=$(field run.out contract)
  serve chain --account dev:anvil:0
  until_said chain.err "waiting for clients: 0 of 2"
}

# stop: Ctrl-C at the server.
stop() {
  kill -INT "$server_pid"
  ends "$server_pid" 130
}
