// ethers against the embedded ledger: node ethers_peer.js HOST:PORT CONTRACT ARTIFACT
// CONTRACT is of a run of two rounds, by account 0 of the development wallet; what is deployed
// here is by account 1.
'use strict';

const assert = require('assert');
const fs = require('fs');
const { ethers } = require('ethers');

const [place, contract, file] = process.argv.slice(2);
const artifact = JSON.parse(fs.readFileSync(file, 'utf8'));
const phrase = 'test test test test test test test test test test test junk';
const account = (number) =>
  ethers.HDNodeWallet.fromPhrase(phrase, undefined, `m/44'/60'/0'/0/${number}`);
const digest = (text) => ethers.sha256(ethers.toUtf8Bytes(text));
const raw = 0x55;
// Blocks come at once here: what was true a moment ago may be old.
const options = { cacheTimeout: -1 };

// What a promise is refused with.
const refusal = (promise) =>
  promise.then(
    () => assert.fail('not refused'),
    (error) => error,
  );

// Begins to follow something; `seen` is what comes of it first.
async function first(follow) {
  let tell;
  const seen = new Promise((resolve) => (tell = resolve));
  await follow(tell);
  return { seen };
}

async function readChain(provider) {
  assert.equal((await provider.getNetwork()).chainId, 0x666c7772n);
  assert.equal(await provider.getBalance(account(0).address), 10n ** 24n);
  assert.equal(await provider.getBalance(account(1).address), 0n);
  const head = await provider.getBlock('latest', true);
  const same = await provider.getBlock(head.hash);
  assert.equal(same.number, head.number);
  assert.equal(same.parentHash, (await provider.getBlock(head.number - 1)).hash);
  assert.deepEqual([head.baseFeePerGas, head.gasLimit], [0n, 1n << 24n]);
  assert.deepEqual(
    head.prefetchedTransactions.map(({ hash }) => hash),
    same.transactions,
  );
  assert.equal(await provider.getBlock(head.number + 1000), null);
}

// The run of the server's, by its views and its events.
async function readRun(provider) {
  const run = new ethers.Contract(contract, artifact.abi, provider);
  assert.equal(await run.committed(), 2n);
  const commits = await run.queryFilter('RoundCommitted', 0);
  assert.deepEqual(
    commits.map(({ args }) => args.round),
    [1n, 2n],
  );
  assert.equal(commits[0].args.model, await run.getGlobalmodel(2));
  assert.equal(commits[1].args.base, commits[0].args.model);
  assert.equal(commits[1].args.previousBlock, BigInt(commits[0].blockNumber));
  const second = await run.queryFilter(run.filters.RoundCommitted(2), 0);
  assert.deepEqual(
    second.map((each) => each.transactionHash),
    [commits[1].transactionHash],
  );
  assert.equal((await commits[1].getTransactionReceipt()).status, 1);
  const known = run.interface.parseTransaction(await commits[1].getTransaction());
  assert.equal(known.args.model, commits[1].args.model);
  const error = await refusal(run.getGlobalmodel(9));
  assert.deepEqual([error.revert.name, error.revert.args[0]], ['NoSuchRound', 9n]);
}

async function deploy(owner) {
  const factory = new ethers.ContractFactory(artifact.abi, artifact.bytecode, owner);
  const words = [digest('genesis'), digest('description'), digest('salt'), (raw << 8) | raw];
  const run = await factory.deploy(...words, owner.address, ethers.ZeroAddress, 0, false);
  await run.waitForDeployment();
  assert.notEqual(await owner.provider.getCode(run), '0x');
  const expected = ethers.keccak256(
    ethers.AbiCoder.defaultAbiCoder().encode(
      ['uint256', 'address', 'bytes32', 'bytes32', 'bytes32'],
      [0x666c7772, await run.getAddress(), ...words.slice(0, 3)],
    ),
  );
  assert.equal(await run.run(), expected);
  return run;
}

const commitment = (round, base, model) => [
  round,
  digest(base),
  digest('root'),
  2,
  digest('manifest'),
  raw,
  digest(model),
];

async function commit(run, owner) {
  const fees = { type: 2, maxFeePerGas: 0, maxPriorityFeePerGas: 0 };
  const sent = await run.commitRound(...commitment(1, 'genesis', 'model 1'), fees);
  const receipt = await sent.wait();
  const [log] = receipt.logs.map((each) => run.interface.parseLog(each));
  assert.equal(log.name, 'RoundCommitted');
  assert.deepEqual([log.args.updates, log.args.aggregator], [2n, owner]);
  assert.equal(await run.getGlobalmodel(2), digest('model 1'));
  assert.equal(await run.getGlobalmodel(1, { blockTag: receipt.blockNumber }), digest('genesis'));
  assert.equal(await run.committed({ blockTag: receipt.blockNumber - 1 }), 0n);
  assert.equal(receipt.type, 2);
  const legacy = await run.addTrainers([account(2).address], { type: 0, gasPrice: 0 });
  assert.equal((await legacy.wait()).type, 0);
}

async function reverts(run, owner) {
  const wrong = commitment(2, 'another', 'model 2');
  const estimate = await refusal(run.commitRound(...wrong));
  assert.equal(estimate.code, 'CALL_EXCEPTION');
  const reason = run.interface.parseError(estimate.data);
  assert.equal(reason.name, 'WrongBase');
  assert.deepEqual([...reason.args], [digest('model 1'), digest('another')]);
  const mined = await run.commitRound(...wrong, { gasLimit: 200_000 });
  const error = await refusal(mined.wait());
  assert.equal(error.receipt.status, 0);
  assert.equal(error.receipt.logs.length, 0);
  const stranger = run.connect(account(3).connect(owner.provider));
  const refused = await refusal(stranger.commitRound.staticCall(...wrong));
  assert.equal(refused.revert.name, 'NotAggregator');
  assert.equal(refused.revert.args.sender, account(3).address);
  const alien = await refusal(owner.sendTransaction({ data: '0x6001600155', gasLimit: 100_000 }));
  assert.match(alien.message, /creation|contract/);
  const poor = await refusal(owner.sendTransaction({ to: contract, value: 1, gasLimit: 50_000 }));
  assert.equal(poor.code, 'INSUFFICIENT_FUNDS');
}

// Over a WebSocket: blocks and events come by themselves.
async function follow(run) {
  const socket = new ethers.WebSocketProvider(`ws://${place}/eth`, undefined, options);
  const owner = account(1).connect(socket);
  const followed = run.connect(owner);
  const head = await first((tell) => socket.once('block', tell));
  const commit = await first((tell) =>
    followed.once('RoundCommitted', (...all) => tell(all.at(-1))),
  );
  await socket.getBlockNumber(); // What was asked for before has been answered then.
  const sent = await followed.commitRound(...commitment(2, 'model 1', 'model 2'));
  const receipt = await sent.wait();
  assert.equal(await head.seen, receipt.blockNumber);
  const event = await commit.seen;
  assert.deepEqual([event.args.round, event.args.model], [2n, digest('model 2')]);
  assert.equal(event.log.transactionHash, sent.hash);
}

async function main() {
  const provider = new ethers.JsonRpcProvider(`http://${place}/eth`, undefined, options);
  // Asked together, so that ethers sends them as one batch.
  await Promise.all([readChain(provider), readRun(provider)]);
  const owner = account(1).connect(provider);
  const run = await deploy(owner);
  await commit(run, owner.address);
  await reverts(run, owner);
  await follow(run);
  console.log(`ethers ${ethers.version}: all as it should be`);
}

// Ends without destroying the providers: what ethers is still sending by itself, the end of a
// subscription say, would then fail.
main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
