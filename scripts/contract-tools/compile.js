// node compile.js SOURCE OUTPUT: compiles FederatedRun.sol and writes all that others need of it.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { keccak256 } = require('js-sha3');
const solc = require('solc');

const contract = 'FederatedRun';

// No metadata at the end: equal code gives equal bytes, whatever the comments say.
const settings = {
  evmVersion: 'shanghai',
  optimizer: { enabled: true, runs: 200 },
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
};

const wanted = [
  'abi',
  'evm.bytecode.object',
  'evm.deployedBytecode.object',
  'evm.deployedBytecode.immutableReferences',
  'evm.methodIdentifiers',
  'storageLayout',
];

function compiled(file, source) {
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: source } },
    settings: { ...settings, outputSelection: { '*': { '*': wanted, '': ['ast'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  if (output.errors) throw new Error(output.errors.map((each) => each.formattedMessage).join('\n'));
  return { ...output.contracts[file][contract], ast: output.sources[file].ast };
}

// Immutables are known to the compiler by the number of their declaration.
function immutables(references, ast) {
  const { nodes } = ast.nodes.find((each) => each.name === contract);
  const named = Object.entries(references).map(([id, places]) => [
    nodes.find((each) => each.id === Number(id)).name,
    places,
  ]);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

// Numbers of the syntax tree would change with every line.
function slots({ storage, types }) {
  const plain = (type) => type.replace(/\)\d+/g, ')');
  const member = ({ label, offset, slot, type }) => ({ label, offset, slot, type: plain(type) });
  const layout = { storage: storage.map(member), types: {} };
  for (const [name, { encoding, label, numberOfBytes, members, key, value }] of Object.entries(
    types,
  ))
    layout.types[plain(name)] = {
      encoding,
      label,
      numberOfBytes,
      ...(members && { members: members.map(member) }),
      ...(key && { key: plain(key), value: plain(value) }),
    };
  return layout;
}

function hashes(abi, kind, digits) {
  const signature = ({ name, inputs }) => `${name}(${inputs.map((each) => each.type).join(',')})`;
  const entries = abi
    .filter((each) => each.type === kind)
    .map((each) => [signature(each), keccak256(signature(each)).slice(0, digits)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function main(file, to) {
  const source = fs.readFileSync(file, 'utf8');
  const result = compiled(path.basename(file), source);
  const { bytecode, deployedBytecode, methodIdentifiers } = result.evm;
  const artifact = {
    contractName: contract,
    sourceSha256: crypto.createHash('sha256').update(source).digest('hex'),
    compiler: { name: 'solc', version: solc.version(), settings },
    abi: result.abi,
    bytecode: bytecode.object,
    deployedBytecode: deployedBytecode.object,
    immutableReferences: immutables(deployedBytecode.immutableReferences, result.ast),
    storageLayout: slots(result.storageLayout),
    functions: methodIdentifiers,
    errors: hashes(result.abi, 'error', 8),
    events: hashes(result.abi, 'event', 64),
  };
  fs.writeFileSync(to, JSON.stringify(artifact, null, 2) + '\n');
}

main(process.argv[2], process.argv[3]);
