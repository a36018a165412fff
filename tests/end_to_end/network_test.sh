#!/usr/bin/env bash
# Servers and clients as processes: tests/end_to_end/network_test.sh SERVER TOOLBOX CLIENT
task=(--rounds 3 --data "synthetic:features=8,classes=3,train=400,test=100" --model logistic)
# shellcheck source=tests/end_to_end/processes.sh
source "$(dirname "${BASH_SOURCE[0]}")/processes.sh"

# simulated CLIENTS: the model that a simulation of so many makes.
simulated() {
  "$server" "${task[@]}" --simulate "$1" --state-dir "sim$1" --json >"sim$1.out" 2>"sim$1.err"
  field "sim$1.out" final_model_cid
}
model=$(simulated 2)

# same_model MODEL CLIENTS EXCHANGE CIDS...: over the network, one process for each of CIDS, by
# content ids or with tensors, it is the same model, and it is proven.
same_model() {
  local wanted=$1 clients=$2 exchange=$3 name="net$2-$3-$(($# - 3))" cids processes=()
  shift 3
  serve "$name" --clients "$clients" --min-clients "$clients" --exchange "$exchange"
  for cids; do
    join "$name-c$cids" --cid "$cids"
    processes+=("$client_pid")
  done
  for process in "${processes[@]}"; do
    ends "$process" 0
  done
  ends "$server_pid" 0
  [ "$(field "$name.out" final_model_cid)" = "$wanted" ] || fail "$name: another model"
  "$toolbox" verify --state-dir "$name" >verify.err || fail "$name: not proven"
  # The clients have checked all rounds, the last one too, and found nothing.
  ! grep -F WARNING "$name"-c*.err || fail "$name: clients warn"
  # What is stored is what counts.
  ! find "$name/blocks/loose" -type f | grep . || fail "$name: something stays that never counted"
}

model1=$(simulated 1)
model20=$(simulated 20)
for exchange in ipfs inline; do
  same_model "$model1" 1 "$exchange" 0
  same_model "$model" 2 "$exchange" 0-1
  same_model "$model" 2 "$exchange" 0 1
  same_model "$model20" 20 "$exchange" 0-19
  same_model "$model20" 20 "$exchange" 0-12 13-19
  same_model "$model20" 20 "$exchange" 0-6 7 8-19
done

# Updates that are long enough to be announced, and room for one of them at a time.
logistic=("${task[@]}")
task=(--rounds 3 --data "synthetic:features=8,classes=3,train=400,test=100" --model mlp:hidden=2000)
model8=$(simulated 8)
task+=(--inbound-bytes 1)
same_model "$model8" 8 inline 0-5 6 7
task=("${logistic[@]}")

# A client that comes before its server waits for it, and says so.
grpc=1
join early --cid 0 --join-timeout 1ms
ends "$client_pid" 2
grep -qF "(nobody listens there); --join-timeout allows more" early.err || fail "no word of the server that is away"

# Who may not join is told why, and the run goes on without him.
serve picky
join other-seed --cid 0 --seed 7
ends "$client_pid" 4
grep -qF "seed is 1 in the run's description, but 7 here" other-seed.err || fail "another seed"
join other-data --cid 0 --data "synthetic:features=9,classes=3,train=400,test=100"
ends "$client_pid" 4
grep -qF "data is" other-data.err || fail "another data set"
join other-model --cid 0 --model mlp
ends "$client_pid" 4
grep -qF "model.name is logistic in the run's description, but mlp" other-model.err || fail "another model"
join other-contract --cid 0 --contract 0x00000000000000000000000000000000000000c0
ends "$client_pid" 4
grep -qF "but --contract says 0x" other-contract.err || fail "another contract"
join beyond --cid 2
ends "$client_pid" 2
grep -qF "there is no client 2 in this run" beyond.err || fail "an id beyond the population"
until_said picky.err "client 2 is turned away: there is no client 2"
join nowhere --cid 0 --data cifar10:nowhere
ends "$client_pid" 3
join nonsense --cid 0 --data nonsense --server 127.0.0.1:1 # Nobody has to be there for that.
ends "$client_pid" 4
join p0 --cid 0
first=$client_pid
until_said picky.err "waiting for clients: 1 of 2"
join thief --cid 0
ends "$client_pid" 2
grep -qF "held by another key" thief.err || fail "an id that is taken"
join p1 --cid 1
ends "$first" 0
ends "$server_pid" 0
[ "$(field picky.out final_model_cid)" = "$model" ] || fail "another model after refusals"

# Clients that may take part do, whoever else is in their process.
serve mixed
join mixed-clients --cid 1-9 --join-timeout 5s
some=$client_pid
until_said mixed-clients.err "client 9 has left: the server refuses client 9: there is no client 9"
join mixed-rest --cid 0
ends "$server_pid" 0
ends "$client_pid" 0
ends "$some" 2
[ "$(field mixed.out final_model_cid)" = "$model" ] || fail "others in the process cost updates"

# A client that is killed in its work, which takes long enough for that, and comes back takes part
# as if nothing had been.
long=(--data "synthetic:features=8,classes=3,train=200000,test=100")
"$server" "${task[@]}" "${long[@]}" --simulate 2 --state-dir long --json >long.out 2>long.err
serve patient --rejoin-grace 60s "${long[@]}"
join k0 --cid 0
join k1 --cid 1
second=$client_pid
until_said patient.err "fit_round 1: strategy sampled"
kill -9 "$second"
join k1 --cid 1
ends "$server_pid" 0
[ "$(field patient.out final_model_cid)" = "$(field long.out final_model_cid)" ] ||
  fail "another model after a kill"

# A server that is out of reach for a while: the client's work goes on meanwhile, and counts.
proxy() {
  python3 "$end_to_end/tcp_proxy.py" "$grpc" "$direct" >proxy.out &
  proxy_pid=$!
  until_said proxy.out open
}
serve cut --rejoin-grace 60s "${long[@]}"
join x1 --cid 1
direct=$grpc
read -r grpc < <("$scripts/free_ports" 1)
proxy
join x0 --cid 0
until_said cut.err "fit_round 1: strategy sampled"
kill "$proxy_pid"
wait "$proxy_pid" || true
until_said cut.err "client 0 has lost its connection"
until_said x0.err "waiting for the server at 127.0.0.1:$grpc"
proxy
ends "$server_pid" 0
kill "$proxy_pid"
grep -qF "client 0 is back" cut.err || fail "no word of who is back"
[ "$(field cut.out final_model_cid)" = "$(field long.out final_model_cid)" ] ||
  fail "another model after a cut"

# One that doesn't come back within the grace is a failure; the round goes on.
serve strict --rejoin-grace 100ms --min-clients 1 --clients 2 "${long[@]}"
join s0 --cid 0
join s1 --cid 1
second=$client_pid
until_said strict.err "fit_round 1: strategy sampled"
kill -9 "$second"
ends "$server_pid" 0
grep -qF "client 1 has lost its connection" strict.err || fail "no word of who is lost"
grep -qF "the client is gone and did not come back" strict.err || fail "no word of who is gone"

# Without --min-clients of them no round begins; it does when they are back.
serve sparse --rejoin-grace 100ms "${long[@]}"
join q0 --cid 0
join q1 --cid 1
second=$client_pid
until_said sparse.err "fit_round 1: strategy sampled"
kill -9 "$second"
until_said sparse.err "[ROUND 1/"
waits=$(grep -cF "waiting for clients: 1 of 2" sparse.err || true)
until [ "$(grep -cF "waiting for clients: 1 of 2" sparse.err || true)" -gt "$waits" ]; do
  kill -0 "$server_pid" || fail "the server didn't wait"
  read -rt 0.1 <> <(:) || true
done
join q1 --cid 1
ends "$server_pid" 0
grep -qF "client 1 is back" sparse.err || fail "no word of who is back"
[ "$(grep -cF ", 1 failures" sparse.err)" = 1 ] || fail "a round began with too few clients"

# Too few for too long are the end.
serve deserted --rejoin-grace 100ms --join-timeout 2s "${long[@]}"
join d0 --cid 0
first=$client_pid
join d1 --cid 1
second=$client_pid
until_said deserted.err "fit_round 1: strategy sampled"
kill -9 "$second"
ends "$server_pid" 3
grep -qF "1 of 2 clients are here in time, and at least 2 are needed" deserted.err ||
  fail "no word of the clients that are missing"
kill "$first"
ends "$first" 143

# A run that nobody was asked for anything in is no obstacle to another one.
serve unbegun
join u0 --cid 0
first=$client_pid
until_said unbegun.err "client 0 has joined"
kill -INT "$server_pid"
ends "$server_pid" 130
again=(--listen "127.0.0.1:$grpc" --http "127.0.0.1:$http") # Where the first client waits.
serve unbegun "${again[@]}"
grpc=${again[1]##*:}
join u1 --cid 1
ends "$server_pid" 0
ends "$first" 0
ends "$client_pid" 0

# Somebody who has nothing but a running server's address and the contract's proves what is there.
serve live --rounds 1000000
join l0 --cid 0
first=$client_pid
join l1 --cid 1
until_said live.err "[ROUND 3/"
contract=$("$toolbox" status --state-dir live | sed -n 's/.*contract: \(0x[0-9a-fA-F]*\).*/\1/p')
"$toolbox" verify --chain "http://127.0.0.1:$http/eth" --contract "$contract" >verify.err ||
  fail "a running server: not proven"
grep -qF "round 3: PROVEN" verify.err || fail "a running server: no round 3"
"$toolbox" verify --chain "http://127.0.0.1:$http/eth" --contract "$contract" \
  --ipfs "http://127.0.0.1:$http" >verify.err || fail "a running server, named twice: not proven"
[ "$(curl -fs "http://127.0.0.1:$http/healthz")" = ok ] || fail "a running server isn't healthy"

# What somebody stores there and never counts goes with the rounds; what he pins stays.
stored() {
  echo "$1" | curl -fs -F file=@- "http://127.0.0.1:$http/api/v0/add?pin=$2" |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["Hash"])'
}
junk=$(stored junk false)
kept=$(stored kept true)
tries=0
while curl -fs -o gone.out "http://127.0.0.1:$http/ipfs/$junk"; do
  tries=$((tries + 1))
  [ "$tries" -lt 600 ] || fail "what never counts stays"
  read -rt 0.1 <> <(:) || true
done
[ "$(curl -fs "http://127.0.0.1:$http/ipfs/$kept")" = kept ] || fail "what is pinned has gone"
code=0
"$toolbox" verify --chain "http://127.0.0.1:$http/eth" --contract "0x${contract:3}0" >/dev/null \
  2>other.err || code=$?
[ "$code" != 0 ] || fail "another contract was proven"
code=0
"$toolbox" verify --chain "http://127.0.0.1:$http/eth" 2>usage.err || code=$?
[ "$code" = 4 ] || fail "a node's run without its contract: exit code $code"
code=0
"$toolbox" verify --chain "http://127.0.0.1:$http" --contract "$contract" 2>path.err || code=$?
[ "$code" = 4 ] || fail "a path that is no node's: exit code $code"
grep -qF "http://HOST:8082/eth" path.err || fail "no word of the right path"
code=0
"$toolbox" verify --chain "http://127.0.0.1:1/eth" --contract "$contract" --json \
  >nobody.out 2>nobody.err || code=$?
[ "$code" = 2 ] || fail "a node that isn't there: exit code $code"
[ "$(field nobody.out exit_code)" = 2 ] || fail "no document of the error"
kill -INT "$server_pid"
ends "$server_pid" 130
[ "$(python3 -c 'import json; print(json.load(open("live.out"))["end"])')" = \
  "{'done': False, 'reason': 'interrupted'}" ] || fail "no word of the interruption in the document"
kill -INT "$first" "$client_pid"
ends "$first" 130
ends "$client_pid" 130

# Ctrl-C at the client, and at the server; a port that is in use; TLS that isn't there yet.
serve stopped
join i0 --cid 0
until_said stopped.err "waiting for clients: 1 of 2"
kill -INT "$client_pid"
ends "$client_pid" 130
code=0
"$server" "${task[@]}" --state-dir second --listen "127.0.0.1:$grpc" 2>second.err || code=$?
[ "$code" = 4 ] || fail "a port in use: exit code $code"
grep -qF "can't listen on 127.0.0.1:$grpc" second.err || fail "no word of the port"
[ ! -e second ] || fail "a port in use left a state directory"
kill -INT "$server_pid"
ends "$server_pid" 130
code=0
"$server" "${task[@]}" --listen 0.0.0.0:0 2>tls.err || code=$?
[ "$code" = 4 ] || fail "a foreign address: exit code $code"
grep -qF "TLS isn't built yet" tls.err || fail "no word of TLS"
echo "all passed, 0 failed"
