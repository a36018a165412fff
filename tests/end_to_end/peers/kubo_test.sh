#!/usr/bin/env bash
# The embedded store under the command line of the real Kubo: kubo_test.sh SERVER TOOLBOX CLIENT
# shellcheck disable=SC2154
# shellcheck source=tests/end_to_end/peers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
needs kubo

serve store
until_said store.err "waiting for clients: 0 of 2"
export HOME=$work IPFS_PATH=$work/repo IPFS_TELEMETRY=off

ipfs() { timeout 60 "$peers/kubo/ipfs" "$@"; }
api() { ipfs --api "/ip4/127.0.0.1/tcp/$http" "$@"; }
# What Kubo itself makes of it, without any node.
alone() { ipfs --offline "$@"; }

# same WHAT EXPECTED ACTUAL
same() { [ "$2" = "$3" ] || fail "$1: '$3' instead of '$2'"; }

# refused WORDS COMMAND...
refused() {
  local words=$1
  shift
  ! "$@" >refused.out 2>refused.err || fail "not refused: $words"
  grep -qF -- "$words" refused.err || fail "no word of '$words'"
}

# add FILE OPTIONS...
add() {
  local file=$1
  shift
  api add -Q --progress=false "$@" "$file"
}
add_alone() {
  local file=$1
  shift
  alone add -Q --progress=false "$@" "$file"
}

ipfs init --profile=test >/dev/null
[[ "$(api version)" == "ipfs version "* ]] || fail "version"
[ -n "$(api id -f '<id>')" ] || fail "id"

# Files get the ids that Kubo gives them, and the tool box; they come back whole.
printf 'hello world' >small
: >empty
head -c 3000000 /dev/urandom >large
v1=(--cid-version=1 --raw-leaves --chunker=size-1048576 --max-file-links=1024)
v0=(--cid-version=0 --raw-leaves=false --chunker=size-262144 --max-file-links=174)
for file in small empty large; do
  same "$file" "$("$toolbox" cid "$file")" "$(add "$file")"
  same "$file, v1" "$("$toolbox" cid "$file")" "$(add_alone "$file" -n "${v1[@]}")"
  id=$("$toolbox" cid --ipfs-profile unixfs-v0-2015 "$file")
  same "$file, v0" "$id" "$(add "$file" "${v0[@]}")"
  for options in "${v1[*]}" "${v0[*]}" "--cid-version=1 --raw-leaves=false --chunker=size-262144" \
    "--cid-version=1 --chunker=size-65536 --max-file-links=3"; do
    read -ra each <<<"$options"
    id=$(add "$file" "${each[@]}")
    same "$file $options" "$(add_alone "$file" -n "${each[@]}")" "$id"
    same "$file $options, its id alone" "$id" "$(add "$file" -n "${each[@]}")"
    api cat --progress=false "$id" | cmp - "$file" || fail "cat of $file $options"
  done
done
refused "hash is 'blake3'" api add --hash=blake3 small
several=(small empty large small)
for options in "${v1[*]}" "${v0[*]}"; do
  read -ra each <<<"$options"
  same "several files $options" "$(alone add -n --progress=false "${each[@]}" "${several[@]}")" \
    "$(api add --progress=false "${each[@]}" "${several[@]}")"
done
mkdir folder
cp small folder
refused "is a folder or a link" api add -r folder
refused "wrap-with-directory is 'true'" api add -w small

small=$(add small)
deep=$(add large --cid-version=1 --chunker=size-65536 --max-file-links=3)
same "a part" "lo w" "$(api cat --progress=false -o 3 -l 4 "$small")"
unknown=QmTzQ1JRkWErjk39mryYw2WVaphAZNAREyMchXzYQ7c15n
refused "not found locally" api cat "$unknown"

# Blocks.
same "block put" "$small" "$(api block put small)"
api block get "$small" | cmp - small || fail "block get"
same "block stat" "$(printf 'Key: %s\nSize: 11' "$small")" "$(api block stat "$small")"
api block get "$deep" >root
same "block put of dag-pb" "$deep" "$(api block put --cid-codec=dag-pb root)"
refused "not found locally" api block stat "$unknown"

# DAGs, from us to Kubo and from Kubo to us.
api dag export --progress=false "$deep" >deep.car
alone dag import --stats deep.car >imported
grep -q "^Pinned root	$deep	success" imported || fail "Kubo doesn't take our CAR"
alone cat --progress=false "$deep" | cmp - large || fail "our CAR isn't the file"
alone dag export --progress=false "$deep" | cmp - deep.car || fail "our CAR isn't Kubo's"
same "dag import of what is there" "$(cat imported)" "$(api dag import --stats deep.car)"
printf 'from kubo' >other
for version in 0 1; do
  other=$(add_alone other --cid-version=$version --chunker=size-4)
  alone dag export --progress=false "$other" >other.car
  same "dag import without pins" "" "$(api dag import --pin-roots=false other.car)"
  refused "is not pinned" api pin ls "$other"
  same "dag import" "Pinned root	$other	success" "$(api dag import other.car)"
  api cat --progress=false "$other" | cmp - other || fail "Kubo's CAR isn't the file"
done
head -c 100000 deep.car >cut.car
refused "CAR" api dag import cut.car

# Pins.
same "pin ls of one" "$other recursive" "$(api pin ls "$other")"
for options in --type=recursive --type=all --stream "--stream --type=recursive"; do
  read -ra each <<<"$options"
  api pin ls "${each[@]}" >pins
  grep -qx "$deep recursive" pins || fail "pin ls $options"
done
same "pin ls --type=direct" "" "$(api pin ls --type=direct)"
same "pin rm" "unpinned $other" "$(api pin rm "$other")"
refused "is not pinned" api pin ls "$other"
refused "not pinned" api pin rm "$other"
same "pin add" "pinned $other recursively" "$(api pin add "$other")"
refused "recursive is 'false'" api pin add --recursive=false "$other"
refused "not found locally" api pin add "$unknown"
printf 'not for long' >loose
refused "is not pinned" api pin ls "$(add loose --pin=false)"
refused "Command not found" api repo gc

# The models of a run are content like any other.
join c0 --cid 0
join c1 --cid 1
ends "$client_pid" 0
ends "$server_pid" 0
model=$(field store.out final_model_cid)
: >store.err
serve store
until_said store.err "waiting for clients: 0 of 2"
api cat --progress=false "$model" >model.safetensors
same "the model" "$model" "$("$toolbox" cid model.safetensors)"
same "the model, to Kubo" "$model" "$(add_alone model.safetensors -n "${v1[@]}")"
stop
echo "1 passed, 0 failed"
