// A node of one's own on loopback: anvil, started, spoken to over JSON-RPC, and stopped.
'use strict';

const { spawn } = require('child_process');
const path = require('path');

// The program itself: killing the packages' own starter would leave it running.
const machine = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const anvil = path.join(
  __dirname,
  'node_modules',
  '@foundry-rs',
  `anvil-${machine}`,
  'bin',
  'anvil',
);

class Node {
  // All that decides a result is fixed: chain, fork, fees, accounts, the first block's time.
  static async start({ chainId, hardfork, timestamp, gasLimit, accounts }) {
    const child = spawn(
      anvil,
      [
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--chain-id',
        String(chainId),
        '--hardfork',
        hardfork,
        '--timestamp',
        String(timestamp),
        '--gas-limit',
        String(gasLimit),
        '--accounts',
        String(accounts),
        '--base-fee',
        '0',
        '--gas-price',
        '0',
        '--balance',
        '1000000',
        '--no-mining',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    // Whatever ends this program ends the node.
    process.once('exit', () => child.kill());
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
    const port = await new Promise((resolve, reject) => {
      let said = '';
      child.stdout.on('data', (text) => {
        said += text;
        const found = /Listening on 127\.0\.0\.1:(\d+)/.exec(said);
        if (found) resolve(found[1]);
      });
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`anvil ended with ${code}: ${said}`)));
    });
    return new Node(child, `http://127.0.0.1:${port}`);
  }

  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  stop() {
    this.child.removeAllListeners('exit');
    this.child.kill();
  }

  // The answer as it is: { result } or { error }.
  async ask(method, ...params) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const headers = { 'content-type': 'application/json' };
    return (await fetch(this.url, { method: 'POST', headers, body })).json();
  }

  async get(method, ...params) {
    const answer = await this.ask(method, ...params);
    if (answer.error) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
    return answer.result;
  }
}

module.exports = { Node };
