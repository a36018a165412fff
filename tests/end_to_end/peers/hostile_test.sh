#!/usr/bin/env bash
# Plain clients that break the protocol, beside an honest one: hostile_test.sh SERVER TOOLBOX CLIENT
# shellcheck disable=SC2154
# shellcheck source=tests/end_to_end/peers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
needs flwr

# misbehave NAME MISDEED: a client of the newest server that breaks the protocol.
misbehave() {
  until_said "$1.err" "waiting for clients"
  timeout 120 "$peers/flwr/bin/python" "$here/hostile_client.py" "127.0.0.1:$grpc" "$2" \
    >"$1-hostile.out" 2>"$1-hostile.txt" &
}

# hostile MISDEED COUNT WORDS: people read who it was and what is wrong, and the round goes on.
# COUNT is of the fit's results and failures; WORDS is a pattern.
hostile() {
  local name=${1// /-}
  serve "$name" --rounds 1 --rejoin-grace 100ms
  join "$name-honest" --cid 0
  misbehave "$name" "$1"
  ends "$client_pid" 0
  ends "$server_pid" 0
  grep -F "client 4294967296" "$name.err" | grep -qE -- "$3" || fail "$1: nobody is named for it"
  grep -qF "fit_round 1 received $2" "$name.err" || fail "$1: the round didn't go on as it should"
}

one_failed="1 results and 1 failures"
hostile junk "$one_failed" "tensor fc.weight: .npy: not such a file"
hostile shape "$one_failed" "tensor fc.weight: it has another type or shape than the model"
hostile dtype "$one_failed" "more than the 96 bytes that are allowed"
hostile count "$one_failed" "1 tensors, but the model has 2"
hostile nan "$one_failed" "tensor 'fc.weight', element 0: not finite"
hostile infinite "$one_failed" "tensor 'fc.weight', element 0: not finite"
hostile examples "$one_failed" "num_examples is 0, allowed are 1 to"
hostile "wrong type" "$one_failed" "answered something else than it was asked"
hostile empty "$one_failed" "answered something else than it was asked"
hostile bytes "$one_failed" "broke the protocol: the message isn't well formed"
# The second one may come when there is something else to answer already.
hostile twice "2 results and 0 failures" "it spoke unasked|answered something else"
hostile "nan loss" "2 results and 0 failures" "its loss is nan"

# Who speaks before there is anything to say has gone when the round begins. It may not even have an
# id yet.
serve unasked --rounds 1
misbehave unasked unasked
until_said unasked.err "broke the protocol: it spoke unasked"
join unasked-first --cid 0
first=$client_pid
join unasked-second --cid 1
ends "$first" 0
ends "$client_pid" 0
ends "$server_pid" 0
grep -qF "fit_round 1 received 2 results and 0 failures" unasked.err || fail "unasked: no round"
echo "1 passed, 0 failed"
