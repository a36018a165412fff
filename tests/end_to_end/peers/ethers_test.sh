#!/usr/bin/env bash
# The embedded ledger under ethers: ethers_test.sh SERVER TOOLBOX CLIENT
# shellcheck disable=SC2154
# shellcheck source=tests/end_to_end/peers/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
needs ethers

serve_chain
artifact=$sources/contracts/FederatedRun.json
NODE_PATH=$peers/ethers/node_modules timeout 120 \
  node "$here/ethers_peer.js" "127.0.0.1:$http" "$contract" "$artifact" ||
  fail "ethers isn't content"
stop
echo "1 passed, 0 failed"
