#!/usr/bin/env bash
# Plain Flower clients, of flwr from PyPI, in our rounds: flwr_test.sh SERVER TOOLBOX CLIENT
# shellcheck disable=SC2154
# shellcheck source=tests/end_to_end/peers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
needs flwr

# join_plain NAME: a plain client of the newest server, for which it doesn't wait.
join_plain() {
  until_said "$server_name.err" "waiting for clients"
  HOME=$work timeout 120 "$peers/flwr/bin/python" "$here/flower_client.py" "127.0.0.1:$grpc" \
    >"$1.out" 2>"$1.err" &
  plain_pid=$!
}

# not_proven NAME: nobody can prove what nobody signed, and `verify` names it.
not_proven() {
  local code=0
  "$toolbox" verify --state-dir "$1" >verify.out || code=$?
  [ "$code" = 1 ] || fail "$1: verify ended with $code"
  grep -qF "WRONG, client 4294967296" verify.out || fail "$1: verify doesn't name the plain client"
}

# Two of them: the server is theirs alone.
serve plain --rounds 2 --exchange inline
join_plain first
one=$plain_pid
join_plain second
ends "$one" 0
ends "$plain_pid" 0
ends "$server_pid" 0
python3 "$here/flower_check.py" plain first.out second.out || fail "two plain clients: other models"
not_proven plain

# One of them beside one of ours, which exchanges content ids.
serve mixed --rounds 2
join ours --cid 0
join_plain theirs
ends "$plain_pid" 0
ends "$client_pid" 0
ends "$server_pid" 0
python3 "$here/flower_check.py" mixed theirs.out || fail "a plain client beside ours: other models"
not_proven mixed

# A third finds no place, and is told so. After one that leaves the rounds go on with who is there.
serve full --rounds 1000000
join_plain left
one=$plain_pid
until_said full.err "waiting for clients: 1 of 2"
join patient --cid 0
until_said full.err "[ROUND 2/"
join_plain third
code=0
wait "$plain_pid" || code=$?
[ "$code" != 0 ] || fail "a third client of two was let in"
grep -qF PERMISSION_DENIED third.err || fail "a third client of two isn't told why"
kill "$one"
until_said full.err "strategy sampled 1 clients (out of 1)"
stop
echo "1 passed, 0 failed"
