// node vectors.js ARTIFACT OUTPUT: runs the table of calls on a real node and notes what it did.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const { Node } = require('./node.js');
const { Recorder } = require('./recorder.js');
const { play } = require('./table.js');

const chainId = 0x666c7772;
const gasLimit = 2 ** 24;
const start = 1_700_000_000;

const sha256 = (digits) =>
  crypto.createHash('sha256').update(Buffer.from(digits, 'hex')).digest('hex');

async function recorded(artifact, hardfork) {
  const node = await Node.start({ chainId, hardfork, timestamp: start, gasLimit, accounts: 8 });
  try {
    const accounts = await node.get('eth_accounts');
    const recorder = new Recorder(node, artifact, accounts, start);
    await play(recorder);
    return { cases: recorder.cases, version: await node.get('web3_clientVersion') };
  } finally {
    node.stop();
  }
}

// Since EIP-7623 a transaction pays at least a floor for its calldata: noted where it counts.
function withFloor(cases, later) {
  return cases.map((each, index) => {
    const { gas_used, ...same } = later[index];
    const plain = ({ gas_used: _, gas_needed: __, ...rest }) => JSON.stringify(rest);
    if (plain(each) !== plain(same)) throw new Error(`${each.name}: another outcome since Prague`);
    return gas_used === each.gas_used ? each : { ...each, gas_used_since_prague: gas_used };
  });
}

const format = [
  'One transaction a case, in order, each in a block of its own, on one chain that starts empty:',
  'from, nonce, to, block, timestamp, value in wei, data, gas_limit; gas price 0, no access list.',
  'Where to is null a contract is created (address: created), and data is the bytecode followed by',
  'arguments. What became of it: status, gas_used, logs of the contract, revert (returned data, if',
  'status is 0); gas_needed is the least gas limit with that outcome (absent if all gas was used',
  'up); gas_used_since_prague where EIP-7623 makes it differ. views: eth_call at the end of that',
  'block, data -> result or revert; those that changed since the case before of this contract.',
].join(' ');

async function main(from, to) {
  const artifact = JSON.parse(fs.readFileSync(from, 'utf8'));
  const { cases, version } = await recorded(artifact, 'shanghai');
  const { cases: later } = await recorded(artifact, 'prague');
  const head = {
    topic: 'federated-run',
    source:
      `generated for this project with ${version} (MIT/Apache-2.0) from the bytecode in ` +
      `contracts/FederatedRun.json, whose sha256 is ${sha256(artifact.bytecode)}`,
    format,
    chain_id: chainId,
    hardfork: 'shanghai',
    block_gas_limit: gasLimit,
  };
  const lines = withFloor(cases, later)
    .map((each) => JSON.stringify(each))
    .join(',\n');
  fs.writeFileSync(
    to,
    `${JSON.stringify(head, null, 1).slice(0, -2)},\n "cases": [\n${lines}\n]}\n`,
  );
}

main(process.argv[2], process.argv[3]).catch((error) => {
  console.error(`contract-vectors: ${error.stack}`);
  process.exitCode = 1;
});
