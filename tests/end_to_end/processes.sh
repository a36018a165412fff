# Servers and clients as processes, for the tests that source this: a scratch directory, where they
# are, and an end for all that was started. The caller has set `task`, options of every server.
#   NAME_test.sh SERVER TOOLBOX CLIENT
# shellcheck shell=bash disable=SC2034,SC2154
set -euo pipefail
server=$1 toolbox=$2 client=$3
end_to_end=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scripts=$(cd "$end_to_end/../../scripts" && pwd)
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

fail() { tail -n 20 ./*.err >&2; echo "FAILED: $*" >&2; exit 1; }

field() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }

# serve NAME OPTIONS...: starts a server on free ports; its output is NAME.out and NAME.err.
serve() {
  local name=$1
  shift
  read -r grpc http < <("$scripts/free_ports" 2)
  "$server" "${task[@]}" --state-dir "$name" --listen "127.0.0.1:$grpc" --http "127.0.0.1:$http" \
    --json "$@" >"$name.out" 2>"$name.err" &
  server_pid=$! server_name=$name
}

# join NAME OPTIONS...: starts a client process of the newest server.
join() {
  local name=$1
  shift
  "$client" --server "127.0.0.1:$grpc" --state-dir "$name" "$@" >"$name.out" 2>"$name.err" &
  client_pid=$!
}

# ends PID CODE: waits for a process and its exit code.
ends() {
  local got=0
  wait "$1" || got=$?
  [ "$got" = "$2" ] || fail "exit code $got instead of $2"
}

# until_said FILE TEXT: waits until a process has said it.
until_said() {
  local tries=0
  until grep -sqF -- "$2" "$1"; do
    tries=$((tries + 1))
    [ "$tries" -lt 600 ] || fail "no word of '$2' in $1"
    read -rt 0.1 <> <(:) || true
  done
}
