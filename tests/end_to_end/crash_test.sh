#!/usr/bin/env bash
# Kills the server, loses its ledger or puts an older one back, and asks `verify`:
# tests/end_to_end/crash_test.sh SERVER TOOLBOX
set -euo pipefail
server=$1 toolbox=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

task=(--simulate 2 --data "synthetic:features=8,classes=3,train=400,test=100" --model logistic)

fail() { cat out err >&2; echo "FAILED: $*" >&2; exit 1; }

# expect CODE COMMAND...: the exit code; the output is in out and err.
expect() {
  local code=$1 got=0
  shift
  "$@" >out 2>err || got=$?
  [ "$got" = "$code" ] || fail "exit code $got instead of $code: $*"
}

said() { grep -qF -- "$1" "${2:-out}" || fail "no word of '$1'"; }

# killed_at WORDS OPTION...: runs the server, and kills it as soon as it says so.
killed_at() {
  local words=$1 pid
  shift
  : >out && : >err
  "$server" "${task[@]}" "$@" 2>err &
  pid=$!
  until grep -qF "$words" err; do kill -0 $pid || fail "the server ended early"; done
  kill -9 $pid
  wait $pid 2>err.wait || true
}

# A run that was killed before its deployment leaves its contract's address to the next one, whose
# commits prove nothing of it. (Training for ever, it commits nothing; its ledger goes with it.)
killed_at "development key" --rounds 1 --local-epochs 1000000000 --state-dir early
rm -r early/ledger
expect 0 "$server" "${task[@]}" --rounds 2 --state-dir early --new-run
contract() { "$toolbox" status --state-dir early --run "$1" | grep "contract: "; }
[ "$(contract 1)" = "$(contract 2)" ] || fail "the second run has another contract"
expect 1 "$toolbox" verify --state-dir early --run 1
said "WRONG: run: expected 0x"
expect 0 "$toolbox" verify --state-dir early --run 2
said "2 rounds PROVEN"

# Killed in the middle of rounds, what is committed is proven.
killed_at "[ROUND 2/" --rounds 1000000 --state-dir middle
got=0
"$toolbox" verify --state-dir middle >out 2>err || got=$?
[ "$got" = 0 ] || [ "$got" = 3 ] || fail "exit code $got after a kill"
if grep -q "^round" out; then
  [ "$(grep -c "^round .*: PROVEN" out)" = "$(grep -c "^round" out)" ] || fail "a round isn't proven"
fi

# An older copy of the ledger lacks rounds that were recorded: they are missing.
expect 0 "$server" "${task[@]}" --rounds 1 --state-dir lost
cp -r lost/ledger older
expect 0 "$server" "${task[@]}" --rounds 1 --state-dir lost --seed 2
expect 0 "$toolbox" verify --state-dir lost
mv lost/ledger newest
cp -r older lost/ledger
expect 0 "$toolbox" verify --state-dir lost --run 1
expect 3 "$toolbox" verify --state-dir lost
rm -r lost/ledger

# Without its ledger no directory goes on as if nothing had been.
expect 1 "$server" "${task[@]}" --rounds 1 --state-dir lost
said "lost/ledger is gone, though run 2 was recorded on it" err
[ ! -e lost/ledger ] || fail "a ledger was founded all the same"
mv newest lost/ledger
expect 0 "$server" "${task[@]}" --rounds 1 --state-dir lost
echo "1 passed, 0 failed"
