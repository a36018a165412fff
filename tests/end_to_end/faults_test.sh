#!/usr/bin/env bash
# Runs the server while the disk fails: tests/end_to_end/faults_test.sh SERVER TOOLBOX
set -euo pipefail
server=$1 toolbox=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { cat err >&2; echo "FAILED: $*" >&2; exit 1; }

# The disk is full from round 2 on: while the run stores updates, models, journal or history.
: >err
# AddressSanitizer, where it is linked, has to come before them.
asan=$(ldd "$server" | sed -n 's/.*=> \(.*libasan[^ ]*\) .*/\1/p')
LD_PRELOAD="$asan /usr/lib/fiu/fiu_run_preload.so /usr/lib/fiu/fiu_posix_preload.so" \
  FIU_CTRL_FIFO=$work/control "$server" --simulate 2 --rounds 1000000 \
  --data synthetic:train=2000 --state-dir full 2>err &
pid=$!
until grep -qF "[ROUND 2/" err; do kill -0 $pid || fail "the server ended early"; done
fiu-ctrl -f "$work/control" -c "enable name=posix/io/rw/*,failinfo=28" $pid
got=0
wait $pid || got=$?
[ "$got" = 1 ] || fail "exit code $got instead of 1 on a full disk"
grep -qE "error: .*full/.*full|No space left" err || fail "no word of the full disk"
grep -qF "free some space there" err || fail "no word of what to do"

# What was there before is still there, whole.
"$toolbox" status --state-dir full --json | grep -q '"unfinished"' || fail "status after a full disk"
"$server" --simulate 2 --rounds 1 --data synthetic:train=2000 --state-dir full --new-run 2>err ||
  fail "no new run once there is space again"
echo "1 passed, 0 failed"
