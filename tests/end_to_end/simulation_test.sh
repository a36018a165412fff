#!/usr/bin/env bash
# Runs the server as a user would: tests/end_to_end/simulation_test.sh SERVER TOOLBOX
set -euo pipefail
server=$1 toolbox=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

task=(--simulate 4 --rounds 2 --data synthetic:features=8,classes=3,train=400,test=100
  --model logistic --chain none)

fail() { echo "FAILED: $*" >&2; exit 1; }

# expect CODE WORDS COMMAND...: the exit code, and words on stderr.
expect() {
  local code=$1 words=$2 got=0
  shift 2
  "$@" >out 2>err || got=$?
  [ "$got" = "$code" ] || { cat err >&2; fail "exit code $got instead of $code: $*"; }
  grep -qF -- "$words" err || { cat err >&2; fail "no word of '$words': $*"; }
}

final_model() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["final_model_cid"])' "$1"; }

# The same seed gives the same model, however many work on it.
for workers in 1 2 4 2; do
  expect 0 "app_fit: losses_distributed [(1, " "$server" "${task[@]}" --workers $workers \
    --state-dir "state-$workers" --json
  [ "$(wc -l <out)" = 1 ] || fail "--json is one document on stdout"
  final_model out >>models
done
[ "$(sort -u models | wc -l)" = 1 ] || fail "the final models differ: $(cat models)"
expect 0 "FL finished in" "$server" "${task[@]}" --seed 2 --state-dir state-seed --json
[ "$(final_model out)" != "$(head -1 models)" ] || fail "another seed gave the same model"

# A finished run gets a successor; the history is in its folder.
[ -s state-2/runs/2/history.json ] || fail "no second run beside the first"
[ "$(final_model state-2/runs/2/history.json)" = "$(head -1 models)" ] || fail "history.json differs"
[ "$(wc -l <state-2/runs/1/history.csv)" = 3 ] || fail "history.csv has a header and two lines"
"$toolbox" status --state-dir state-2 --json | grep -q '"finished"' || fail "status says finished"

# Few of many, uneven data, both kinds of evaluation.
expect 0 "fit_round 1: strategy sampled 4 clients (out of 20)" "$server" --simulate 20 --rounds 1 \
  --fraction-fit 0.2 --partition dirichlet:0.3 --evaluate both --data synthetic:train=2000 \
  --state-dir many
grep -qF "losses_centralized [(0, " err || fail "central evaluation of round 0"

# Ctrl-C ends the run with 130 (the supervisor's test has the grace); what is left is an unfinished run.
"$server" --simulate 2 --rounds 1000000 --data synthetic:train=2000 --state-dir stopped 2>err &
pid=$!
until grep -qF "[ROUND 2/" err; do kill -0 $pid || fail "the server ended early"; done
kill -INT $pid
got=0
wait $pid || got=$?
[ "$got" = 130 ] || fail "exit code $got instead of 130 after SIGINT"
grep -qF "stopping; once more ends at once" err || fail "the signal ended the server, not the server itself"
expect 4 "isn't finished" "$server" "${task[@]}" --state-dir stopped
expect 0 "FL finished in" "$server" "${task[@]}" --state-dir stopped --new-run

# Bad input: what is wrong, and the right exit code.
expect 4 "unknown data set" "$server" "${task[@]}" --data nonsense --state-dir x
expect 4 "krum" "$server" "${task[@]}" --strategy krum --state-dir x
expect 4 "--roundz" "$server" "${task[@]}" --roundz 2
expect 4 "min-clients" "$server" "${task[@]}" --min-clients 5
expect 4 "fraction-fit" "$server" "${task[@]}" --fraction-fit 1.5
expect 3 "fashion" "$server" --simulate 2 --data fashion-mnist:nowhere --state-dir x
expect 4 "min_available_clients, 5, are more than all clients, 4" "$server" "${task[@]}" \
  --strategy fedavg:min_available_clients=5 --state-dir x
expect 4 "--roundz" "$server" "${task[@]}" --roundz 2 --json
grep -qF '"schema":"flwr-actor/error/1"' out || fail "no document of the error"
touch file
expect 4 "file" "$server" "${task[@]}" --state-dir file
[ ! -e x/runs/1 ] || fail "a run was begun with bad input"

# What can't be printed isn't done. Closed streams don't become somebody else's files.
for sink in full closed; do
  for command in "$server ${task[*]} --json --state-dir sink" "$server --help" "$toolbox --help"; do
    got=0
    if [ $sink = full ]; then $command >/dev/full 2>err || got=$?
    else $command >&- 2>err || got=$?; fi
    [ "$got" = 1 ] || fail "exit code $got of $command with stdout at $sink"
    grep -qF "can't write to stdout" err || fail "no word of stdout: $command"
  done
done
got=0
"$server" "${task[@]}" --data nonsense >&- 2>&- || got=$?
[ "$got" = 4 ] || fail "exit code $got without stderr"
"$server" "${task[@]}" --state-dir quiet 2>&- || fail "a run without stderr"
"$server" "${task[@]}" --rounds 20 --state-dir unheard 2> >(head -n 1 >/dev/null) ||
  fail "a run that nobody listens to"
"$toolbox" status --state-dir unheard | grep -q "finished" || fail "a run that nobody listens to isn't finished"

# Two servers can't share a state directory.
"$server" --simulate 2 --rounds 1000000 --data synthetic:train=2000 --state-dir shared 2>err &
pid=$!
until grep -qF "[ROUND 1/" err; do kill -0 $pid || fail "the server ended early"; done
cp err first
expect 4 "shared" "$server" "${task[@]}" --state-dir shared
kill -TERM $pid
got=0
wait $pid || got=$?
[ "$got" = 143 ] || fail "exit code $got instead of 143 after SIGTERM"
echo "1 passed, 0 failed"
