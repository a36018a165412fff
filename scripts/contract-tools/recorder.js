// Sends transactions to a node and notes all that came of them.
'use strict';

const enough = 15_000_000;

const hex = (number) => '0x' + BigInt(number).toString(16);
const word = (value) =>
  (typeof value === 'string' && value.startsWith('0x') ? BigInt(value) : BigInt(value))
    .toString(16)
    .padStart(64, '0');

class Recorder {
  constructor(node, artifact, accounts, firstTime) {
    Object.assign(this, { node, artifact, accounts, time: firstTime, cases: [], seen: new Map() });
  }

  // Calldata of NAME with words; `name` alone is enough, since no function is overloaded.
  calldata(name, ...args) {
    const [, selector] = Object.entries(this.artifact.functions).find(([each]) =>
      each.startsWith(name + '('),
    );
    return '0x' + selector + args.map(word).join('');
  }

  creation(...args) {
    return '0x' + this.artifact.bytecode + args.map(word).join('');
  }

  // Sends with exactly this gas at this time; gives the receipt, what was returned and created.
  async send({ from, to, data, value = 0, gas }) {
    const request = {
      from,
      data,
      value: hex(value),
      gas: hex(gas),
      gasPrice: '0x0',
      ...(to && { to }),
    };
    const hash = await this.node.get('eth_sendTransaction', request);
    await this.node.get('evm_mine', hex(this.time));
    const receipt = await this.node.get('eth_getTransactionReceipt', hash);
    const trace = await this.node.get('debug_traceTransaction', hash, { tracer: 'callTracer' });
    const outcome = {
      status: Number(receipt.status),
      gas_used: Number(receipt.gasUsed),
      logs: receipt.logs.map(({ topics, data: said }) => ({ topics, data: said })),
      revert: receipt.status === '0x1' ? undefined : (trace.output ?? '0x'),
    };
    return { receipt, outcome };
  }

  // The same as if it had not been sent.
  async attempt(transaction) {
    const before = await this.node.get('evm_snapshot');
    const { outcome } = await this.send(transaction);
    await this.node.get('evm_revert', before);
    return outcome;
  }

  // The least gas that gives the outcome that plenty of it gives.
  async needed(transaction, outcome) {
    const wanted = JSON.stringify(outcome);
    const works = async (gas) =>
      JSON.stringify(await this.attempt({ ...transaction, gas })) === wanted;
    let low = outcome.gas_used - 1; // Too little.
    let high = low + 1;
    for (let step = 1; !(await works(high)); step *= 2) {
      low = high;
      high += 64 * step;
    }
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (await works(middle)) high = middle;
      else low = middle;
    }
    return high;
  }

  // Notes one transaction. Options: `after` seconds since the one before (12), or `at` a time;
  // `gas` (plenty); `edge`: notes it with one gas too little, then with just enough.
  async note(name, transaction, { after = 12, at, gas = enough, edge = false } = {}) {
    this.time = at ?? this.time + after;
    const outcome = await this.attempt({ ...transaction, gas });
    const needed = outcome.gas_used === gas ? undefined : await this.needed(transaction, outcome);
    if (edge) {
      await this.keep(name + ', one gas short', transaction, needed - 1);
      this.time += 1;
      return this.keep(name + ', gas just enough', transaction, needed, needed);
    }
    return this.keep(name, transaction, gas, needed);
  }

  async keep(name, transaction, gas, needed) {
    const nonce = Number(
      await this.node.get('eth_getTransactionCount', transaction.from, 'latest'),
    );
    const { receipt, outcome } = await this.send({ ...transaction, gas });
    const contract = transaction.to ?? (outcome.status ? receipt.contractAddress : undefined);
    const { from, to = null, data, value = 0 } = transaction;
    const sent = to
      ? { to, data }
      : { to, arguments: data.slice(2 + this.artifact.bytecode.length) };
    this.cases.push({
      name,
      from,
      nonce,
      ...sent,
      created: to || !outcome.status ? undefined : contract,
      block: Number(receipt.blockNumber),
      timestamp: this.time,
      value,
      gas_limit: gas,
      ...outcome,
      gas_needed: needed,
      views: contract && (await this.changedViews(contract)),
    });
    return contract;
  }

  async view(contract, data) {
    const request = { from: this.accounts[0], to: contract, data, gas: hex(enough) };
    const answer = await this.node.ask('eth_call', request, 'latest');
    return answer.error ? { revert: answer.error.data ?? '0x' } : { result: answer.result };
  }

  async changedViews(contract) {
    const before = this.seen.get(contract) ?? new Map();
    const now = new Map();
    for (const data of await this.viewsOf(contract)) now.set(data, await this.view(contract, data));
    this.seen.set(contract, now);
    const same = (data) => JSON.stringify(before.get(data)) === JSON.stringify(now.get(data));
    return [...now.keys()]
      .filter((data) => !same(data))
      .map((data) => ({ data, ...now.get(data) }));
  }

  async viewsOf(contract) {
    const committed = Number((await this.view(contract, this.calldata('committed'))).result);
    const rounds = [
      0,
      1,
      committed + 1,
      committed + 2,
      committed + 8,
      committed + 9,
      2n ** 256n - 1n,
    ];
    for (let round = 2; round <= committed; ++round) rounds.push(round);
    const all = this.artifact.abi.filter((each) => each.stateMutability === 'view');
    const plain = all.filter((each) => !each.inputs.length).map(({ name }) => this.calldata(name));
    const byRound = ['getGlobalmodel', 'updates', 'submitters'].flatMap((name) =>
      rounds.map((round) => this.calldata(name, round)),
    );
    const byTrainer = [0, ...this.accounts.slice(0, 8)].map((each) =>
      this.calldata('isTrainer', each),
    );
    const byBoth = this.accounts
      .slice(3, 6)
      .map((each) => this.calldata('updateOf', committed + 1, each));
    return [...new Set([...plain, ...byRound, ...byTrainer, ...byBoth])].sort();
  }
}

module.exports = { Recorder, hex, word };
