#!/usr/bin/env bash
# The embedded ledger under web3.py: web3_test.sh SERVER TOOLBOX CLIENT
# shellcheck disable=SC2154
# shellcheck source=tests/end_to_end/peers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
needs web3

serve_chain
artifact=$sources/contracts/FederatedRun.json
timeout 120 "$peers/web3/bin/python" \
  "$here/web3_peer.py" "127.0.0.1:$http" "$contract" "$artifact" ||
  fail "web3.py isn't content"
stop
echo "1 passed, 0 failed"
