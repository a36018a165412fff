// The table of calls: what is sent, in which order. What comes of it, the node says.
'use strict';

const { word } = require('./recorder.js');

const digest = (byte) => '0x' + byte.toString(16).padStart(2, '0').repeat(32);
// Cheap calldata.
const sparse = (byte) => '0x' + byte.toString(16).padStart(2, '0') + '00'.repeat(31);
const none = digest(0);
const genesis = digest(0x11);
const description = digest(0x22);
const salt = digest(0x33);
const cut = (data, bytes) => data.slice(0, data.length - 2 * bytes);

// `data` with its word `index` (after `head` bytes) replaced.
function withWord(data, head, index, value) {
  const at = 2 + 2 * head + 64 * index;
  return data.slice(0, at) + word(value) + data.slice(at + 64);
}

class Table {
  constructor(recorder) {
    this.recorder = recorder;
    this.accounts = recorder.accounts;
    [
      this.owner,
      this.aggregator,
      this.standby,
      this.ann,
      this.bob,
      this.cy,
      this.stranger,
      this.heir,
    ] = recorder.accounts;
  }

  creation({
    model = genesis,
    text = description,
    seed = salt,
    codecs = 0x7055,
    aggregator = this.aggregator,
    standby = this.standby,
    after = 100,
    open = 0,
  } = {}) {
    return this.recorder.creation(model, text, seed, codecs, aggregator, standby, after, open);
  }

  deploy(name, fields, options) {
    return this.create(name, { data: this.creation(fields) }, options);
  }

  async create(name, { data, value }, options) {
    this.contract =
      (await this.recorder.note(name, { from: this.owner, data, value }, options)) ?? this.contract;
  }

  raw(name, from, data, options, value) {
    return this.recorder.note(name, { from, to: this.contract, data, value }, options);
  }

  call(name, from, [method, ...args], options, value) {
    return this.raw(name, from, this.recorder.calldata(method, ...args), options, value);
  }

  // A commit of `round` from `base`; the other fields by name.
  commitment(
    round,
    base,
    {
      root = digest(0x44),
      updates = 3,
      manifest = digest(0x55),
      codec = 0x55,
      model = digest(0x60 + Number(BigInt(round) % 16n)),
    } = {},
  ) {
    return ['commitRound', round, base, root, updates, manifest, codec, model];
  }

  commit(name, round, base, fields, options, from = this.aggregator) {
    return this.call(name, from, this.commitment(round, base, fields), options);
  }

  update(round, { base = genesis, model = digest(0x77), examples = 600 } = {}) {
    return ['submitUpdate', round, base, model, examples];
  }

  submit(name, from, round, fields, options) {
    return this.call(name, from, this.update(round, fields), options);
  }

  list(addresses) {
    return ['addTrainers', 32, addresses.length, ...addresses];
  }

  add(name, from, addresses, options) {
    return this.call(name, from, this.list(addresses), options);
  }
}

async function deployments(t) {
  await t.deploy('deploy', {}, { edge: true });
  await t.deploy('deploy: all raw, nobody stands by, open', {
    codecs: 0x5555,
    standby: 0,
    after: 0,
    open: 1,
  });
  await t.deploy('deploy: all dag-pb, largest values', {
    codecs: 0x7070,
    after: 2n ** 64n - 1n,
    seed: digest(0xff),
  });
  await t.deploy('deploy: salt zero, sparse digests, owner is aggregator', {
    seed: none,
    model: sparse(1),
    text: sparse(2),
    aggregator: t.owner,
    standby: t.owner,
  });
  await t.deploy('deploy: dag-pb description', { codecs: 0x5570 });
  await t.deploy('deploy refused: genesis zero', { model: none });
  await t.deploy('deploy refused: description zero', { text: none });
  await t.deploy('deploy refused: models of unknown codec', { codecs: 0x0055 });
  await t.deploy('deploy refused: description of unknown codec', { codecs: 0x7071 });
  await t.deploy('deploy refused: aggregator zero', { aggregator: 0 });
  const good = t.creation();
  const head = (good.length - 2) / 2 - 256;
  for (const [index, name, most] of [
    [3, 'codecs', 2n ** 16n],
    [4, 'aggregator', 2n ** 160n],
    [5, 'standby', 2n ** 160n],
    [6, 'takeoverAfter', 2n ** 64n],
    [7, 'open', 2n],
  ]) {
    await t.create(`deploy refused: dirty ${name}`, { data: withWord(good, head, index, most) });
    await t.create(`deploy refused: dirtiest ${name}`, {
      data: withWord(good, head, index, 2n ** 256n - 1n),
    });
  }
  await t.create('deploy refused: arguments a byte short', { data: cut(good, 1) });
  await t.create('deploy refused: no arguments', { data: cut(good, 256) });
  await t.create('deploy: trailing bytes', { data: good + 'abcdef00' });
  await t.create('deploy: a trailing word', { data: good + '00'.repeat(32) });
  await t.create('deploy refused: value sent', { data: good, value: 1 });
}

async function commits(t) {
  await t.deploy('commits: deploy');
  const model = (round) => digest(0x60 + (round % 16));
  for (const [who, from] of [
    ['owner', t.owner],
    ['standby', t.standby],
    ['a stranger', t.stranger],
  ])
    await t.commit(`commit refused: by ${who}`, 1, genesis, {}, {}, from);
  for (const round of [0, 2, 2n ** 32n, 2n ** 64n - 1n])
    await t.commit(`commit refused: round ${round} instead of 1`, round, genesis);
  await t.commit('commit refused: wrong base of round 1', 1, description);
  await t.commit('commit refused: zero base', 1, none);
  await t.commit('commit refused: manifest zero', 1, genesis, { manifest: none });
  await t.commit('commit refused: model zero', 1, genesis, { model: none });
  await t.commit('commit refused: unknown manifest codec', 1, genesis, { codec: 0x56 });
  await t.commit('commit refused: zero manifest codec', 1, genesis, { codec: 0 });
  await t.commit('commit refused: root without updates', 1, genesis, {
    updates: 0,
    model: genesis,
  });
  await t.commit('commit refused: updates without root', 1, genesis, { root: none });
  await t.commit('commit refused: another model without updates', 1, genesis, {
    updates: 0,
    root: none,
  });
  await t.commit('commit refused: wrong round and base of a stranger', 2, none, {}, {}, t.stranger);
  await t.commit('commit 1', 1, genesis, { updates: 2 }, { edge: true });
  await t.commit('commit refused: round 1 again', 1, genesis, { updates: 2 });
  await t.commit('commit refused: round 3 skips 2', 3, model(1));
  await t.commit('commit refused: wrong base of round 2', 2, genesis);
  await t.commit('commit 2', 2, model(1), { updates: 1000, codec: 0x70 }, { edge: true });
  await t.commit(
    'commit 3: no updates, old model',
    3,
    model(2),
    { updates: 0, root: none, model: model(2) },
    { edge: true },
  );
  await t.commit('commit 4: most updates', 4, model(2), { updates: 2n ** 32n - 1n });
  await t.commit('commit 5: sparse words', 5, model(4), {
    updates: 1,
    root: sparse(1),
    manifest: sparse(2),
    model: sparse(3),
  });
  await t.commit('commit 6: old model with updates', 6, sparse(3), { model: sparse(3) });
  await t.commit('commit 7: a week later', 7, sparse(3), {}, { after: 604800 });
  await t.commit('commit refused: no updates, wrong model of round 8', 8, model(7), {
    updates: 0,
    root: none,
  });
  const good = t.recorder.calldata(...t.commitment(8, model(7)));
  for (const [index, name, most] of [
    [0, 'round', 2n ** 64n],
    [3, 'updates', 2n ** 32n],
    [5, 'codec', 2n ** 8n],
  ]) {
    await t.raw(`commit refused: dirty ${name}`, t.aggregator, withWord(good, 4, index, most + 1n));
    await t.raw(
      `commit refused: dirtiest ${name}`,
      t.aggregator,
      withWord(good, 4, index, 2n ** 256n - 1n),
    );
  }
  await t.raw('commit refused: a byte short', t.aggregator, cut(good, 1));
  await t.raw('commit refused: no arguments', t.aggregator, good.slice(0, 10));
  await t.raw('commit refused: value sent', t.aggregator, good, {}, 1);
  await t.raw('commit: gas for hardly more than the calldata', t.aggregator, good, { gas: 30000 });
  await t.raw('commit 8: trailing bytes', t.aggregator, good + 'ff00ff');
  for (const round of [9, 10, 11]) await t.commit(`commit ${round}`, round, model(round - 1));
}

async function submissions(t) {
  await t.deploy('updates: deploy');
  const [ann, bob, cy] = [t.ann, t.bob, t.cy];
  await t.submit('update refused: no trainer yet', ann, 1);
  await t.submit('update refused: aggregator is no trainer', t.aggregator, 1);
  await t.add('add one trainer', t.owner, [ann], { edge: true });
  await t.add('add two trainers, one known', t.owner, [ann, bob], { edge: true });
  await t.submit('update refused: model zero', ann, 1, { model: none });
  await t.submit('update refused: no examples', ann, 1, { examples: 0 });
  await t.submit('update refused: round 0', ann, 0);
  await t.submit('update refused: round 9', ann, 9);
  await t.submit('update refused: last round of all', ann, 2n ** 64n - 1n);
  await t.submit('update 1 of ann', ann, 1, {}, { edge: true });
  await t.submit('update refused: again', ann, 1);
  await t.submit('update refused: again, another model', ann, 1, { model: digest(0x78) });
  await t.submit('update 1 of bob', bob, 1, { model: digest(0x79) }, { edge: true });
  await t.submit('update refused: cy is no trainer', cy, 1);
  await t.submit('update 8 of ann: the last open round', ann, 8, { examples: 2n ** 64n - 1n });
  await t.submit('update 2 of bob: sparse words, wrong base', bob, 2, {
    base: none,
    model: sparse(1),
    examples: 1,
  });
  const views = ['updates', 'submitters'];
  for (const view of views)
    for (const [round, count] of [
      [1, 'both'],
      [8, 'the older'],
      [2, 'the newer'],
      [3, 'none'],
      [0, 'refused'],
      [9, 'refused'],
    ])
      await t.call(`${view}(${round}) by transaction, two trainers: ${count}`, t.stranger, [
        view,
        round,
      ]);
  await t.add('add a third trainer between others', t.owner, [bob, cy, ann]);
  await t.submit('update 1 of cy', cy, 1, { model: digest(0x7a) });
  for (const view of views)
    for (const round of [1, 8, 2, 3])
      await t.call(`${view}(${round}) by transaction, three trainers`, t.stranger, [view, round]);
  await t.commit('updates: commit 1', 1, genesis);
  await t.submit('update refused: round 1 is committed', cy, 1);
  await t.submit('update 9 of cy', cy, 9);
  await t.submit('update refused: round 10', cy, 10);
  await t.commit('updates: commit 2', 2, digest(0x61));
  await t.submit('update 3 of cy', cy, 3);
  const good = t.recorder.calldata(...t.update(4));
  for (const [index, name] of [
    [0, 'round'],
    [3, 'numExamples'],
  ]) {
    await t.raw(`update refused: dirty ${name}`, ann, withWord(good, 4, index, 2n ** 64n + 4n));
    await t.raw(`update refused: dirtiest ${name}`, ann, withWord(good, 4, index, 2n ** 256n - 1n));
  }
  await t.raw('update refused: a byte short', ann, cut(good, 1));
  await t.raw('update refused: no arguments', ann, good.slice(0, 10));
  await t.raw('update refused: value sent', ann, good, {}, 1);
  await t.raw('update 4 of ann: trailing bytes', ann, good + '01');
}

async function openRun(t) {
  await t.deploy('open run: deploy', { standby: 0, after: 0, open: 1 });
  await t.submit('open run, update refused: model zero', t.stranger, 1, { model: none });
  await t.submit('open run: first update of a stranger', t.stranger, 1, {}, { edge: true });
  await t.submit('open run: second update of the stranger', t.stranger, 2);
  await t.submit('open run, update refused: again', t.stranger, 1);
  await t.submit('open run: first update of another stranger', t.heir, 1, {}, { edge: true });
  await t.add('open run: the owner adds one as well', t.owner, [t.stranger, t.ann]);
  await t.call('takeover refused: nobody stands by', t.stranger, ['takeOver']);
}

async function trainerLists(t) {
  const many = (count, from = 1) =>
    Array.from(
      { length: count },
      (_, i) => '0x' + (0xabcd0000 + from + i).toString(16).padStart(40, '1'),
    );
  await t.deploy('lists: deploy');
  await t.add('add no trainer', t.owner, [], { edge: true });
  for (const [who, from] of [
    ['the aggregator', t.aggregator],
    ['a stranger', t.stranger],
  ])
    await t.add(`add refused: by ${who}`, from, [t.ann]);
  await t.add('add refused: zero address', t.owner, ['0x00']);
  await t.add('add refused: zero address behind a good one', t.owner, [t.ann, '0x00']);
  await t.add('add refused: zero address behind good ones', t.owner, [t.ann, t.bob, t.ann, '0x00']);
  await t.add('add one trainer twice', t.owner, [t.ann, t.ann]);
  await t.add('add one known trainer', t.owner, [t.ann], { edge: true });
  await t.add('add three trainers', t.owner, many(3), { edge: true });
  await t.add('add refused: 501 trainers', t.owner, many(501, 100));
  await t.add('add 500 trainers', t.owner, many(500, 100));
  await t.call('updates(1) by transaction, 504 trainers: none', t.stranger, ['updates', 1]);
  await t.call('update 1 of ann among 504', t.ann, t.update(1));
  await t.call('updates(1) by transaction, 504 trainers: the oldest', t.stranger, ['updates', 1]);
  await t.call('submitters(1) by transaction, 504 trainers: the oldest', t.stranger, [
    'submitters',
    1,
  ]);
  const good = t.recorder.calldata(...t.list([t.bob, t.cy]));
  const tries = [
    ['a byte short', cut(good, 1)],
    ['an address short', cut(good, 32)],
    ['no elements', cut(good, 64)],
    ['half a length', cut(good, 70)],
    ['no length', cut(good, 96)],
    ['no arguments', good.slice(0, 10)],
    ['half an offset', good.slice(0, 42)],
    ['dirty address', withWord(good, 4, 2, 2n ** 160n)],
    ['dirtiest address', withWord(good, 4, 3, 2n ** 256n - 1n)],
    ['offset of 2^64', withWord(good, 4, 0, 2n ** 64n)],
    ['offset of 2^64 - 1', withWord(good, 4, 0, 2n ** 64n - 1n)],
    ['largest offset', withWord(good, 4, 0, 2n ** 256n - 1n)],
    ['offset behind the end', withWord(good, 4, 0, 128)],
    ['offset near the end', withWord(good, 4, 0, 97)],
    ['offset at the last word', withWord(good, 4, 0, 96)],
    ['length of 2^64', withWord(good, 4, 1, 2n ** 64n)],
    ['length of 2^64 - 1', withWord(good, 4, 1, 2n ** 64n - 1n)],
    ['largest length', withWord(good, 4, 1, 2n ** 256n - 1n)],
    ['length of three', withWord(good, 4, 1, 3)],
  ];
  for (const [name, data] of tries) await t.raw(`add refused: ${name}`, t.owner, data);
  await t.raw('add refused: value sent', t.owner, good, {}, 1);
  await t.raw(
    'add refused: dirty address, by a stranger',
    t.stranger,
    withWord(good, 4, 2, 2n ** 160n),
  );
  await t.raw(
    'add refused: a dirty address behind a good one',
    t.owner,
    withWord(good, 4, 3, 2n ** 160n),
  );
  await t.raw('add: the offset is the length, zero', t.owner, withWord(good, 4, 0, 0));
  await t.raw('add: a shorter length', t.owner, withWord(good, 4, 1, 1));
  await t.raw(
    'add: a gap before the list',
    t.owner,
    t.recorder.calldata('addTrainers', 64, 7, 1, t.cy),
  );
  await t.raw('add: trailing bytes', t.owner, good + '01');
}

async function roles(t) {
  await t.deploy('roles: deploy');
  for (const [who, from] of [
    ['the aggregator', t.aggregator],
    ['the standby', t.standby],
    ['a stranger', t.stranger],
  ]) {
    await t.call(`set aggregator refused: by ${who}`, from, ['setAggregator', t.heir]);
    await t.call(`transfer refused: by ${who}`, from, ['transferOwnership', t.heir]);
  }
  await t.call('set aggregator refused: zero', t.owner, ['setAggregator', 0]);
  await t.call('set aggregator refused: is it already', t.owner, ['setAggregator', t.aggregator]);
  await t.call('set aggregator', t.owner, ['setAggregator', t.heir], { edge: true });
  await t.commit('commit refused: the old aggregator', 1, genesis);
  await t.commit('commit 1 of the new aggregator', 1, genesis, {}, {}, t.heir);
  await t.call('accept refused: nothing offered', t.heir, ['acceptOwnership']);
  await t.call('accept refused: by the owner', t.owner, ['acceptOwnership']);
  await t.call('transfer: zero onto zero', t.owner, ['transferOwnership', 0], { edge: true });
  await t.call('transfer', t.owner, ['transferOwnership', t.heir], { edge: true });
  await t.call('transfer: the same again', t.owner, ['transferOwnership', t.heir], { edge: true });
  await t.call('accept refused: by another', t.stranger, ['acceptOwnership']);
  await t.call('transfer: to another', t.owner, ['transferOwnership', t.stranger], { edge: true });
  await t.call('accept refused: taken back', t.heir, ['acceptOwnership']);
  await t.call('transfer: taken back', t.owner, ['transferOwnership', 0], { edge: true });
  await t.call('transfer once more', t.owner, ['transferOwnership', t.heir]);
  await t.call('accept', t.heir, ['acceptOwnership'], { edge: true });
  await t.call('set aggregator refused: by the former owner', t.owner, ['setAggregator', t.owner]);
  await t.call('transfer: to oneself', t.heir, ['transferOwnership', t.heir]);
  await t.call('accept: of oneself', t.heir, ['acceptOwnership'], { edge: true });
  for (const name of ['setAggregator', 'transferOwnership']) {
    const good = t.recorder.calldata(name, t.ann);
    await t.raw(`${name} refused: dirty address`, t.heir, withWord(good, 4, 0, 2n ** 160n));
    await t.raw(
      `${name} refused: dirty address by a stranger`,
      t.stranger,
      withWord(good, 4, 0, 2n ** 256n - 1n),
    );
    await t.raw(`${name} refused: a byte short`, t.heir, cut(good, 1));
    await t.raw(`${name} refused: no arguments`, t.heir, good.slice(0, 10));
    await t.raw(`${name} refused: value sent`, t.heir, good, {}, 1);
    await t.raw(`${name}: trailing bytes`, t.heir, good + '00');
  }
  for (const name of ['takeOver', 'acceptOwnership'])
    await t.call(`${name} refused: value sent`, t.standby, [name], {}, 1);
}

async function takeovers(t) {
  await t.deploy('takeover: deploy, never', { after: 0 });
  await t.call('takeover refused: never', t.standby, ['takeOver'], { after: 1000000 });
  await t.deploy('takeover: deploy, after 100 s');
  const start = t.recorder.time;
  await t.call('takeover refused: by the owner', t.owner, ['takeOver']);
  await t.call('takeover refused: by a stranger', t.stranger, ['takeOver'], { at: start + 1000 });
  await t.deploy('takeover: deploy again');
  const second = t.recorder.time;
  await t.call('takeover refused: at once', t.standby, ['takeOver'], { at: second + 1 });
  await t.call('takeover refused: a second early', t.standby, ['takeOver'], { at: second + 99 });
  await t.call('takeover at the time', t.standby, ['takeOver'], { at: second + 100, edge: true });
  await t.call('takeover refused: is aggregator already', t.standby, ['takeOver']);
  await t.commit('takeover: the old aggregator is refused', 1, genesis);
  await t.commit('takeover: the standby commits', 1, genesis, {}, {}, t.standby);
  const third = t.recorder.time;
  await t.call(
    'takeover: the owner sets the aggregator again',
    t.owner,
    ['setAggregator', t.aggregator],
    { at: third + 10 },
  );
  await t.call('takeover refused: a second early after a commit', t.standby, ['takeOver'], {
    at: third + 99,
  });
  await t.call('takeover after a commit, long after the time', t.standby, ['takeOver'], {
    at: third + 100000,
  });
  await t.raw('takeover: trailing bytes', t.standby, t.recorder.calldata('takeOver') + '00');
  await t.deploy('takeover: deploy, after the longest time', { after: 2n ** 64n - 1n });
  await t.call('takeover refused: half of eternity early', t.standby, ['takeOver']);
  await t.raw(
    'accept: trailing bytes, refused',
    t.standby,
    t.recorder.calldata('acceptOwnership') + 'ff'.repeat(40),
  );
}

async function dispatch(t) {
  await t.deploy('dispatch: deploy');
  await t.raw('empty calldata', t.stranger, '0x');
  await t.raw('empty calldata and value', t.stranger, '0x', {}, 1);
  for (const data of ['0x00', '0xffff', '0x' + t.recorder.calldata('committed').slice(2, 8)])
    await t.raw(`calldata of ${data.length / 2 - 1} bytes`, t.stranger, data);
  const known = Object.values(t.recorder.artifact.functions)
    .map((each) => parseInt(each, 16))
    .sort((a, b) => a - b);
  for (const number of [0, ...known.map((each) => each + 1), 0xffffffff])
    if (!known.includes(number)) {
      const selector = '0x' + number.toString(16).padStart(8, '0');
      await t.raw(`unknown selector ${selector}`, t.stranger, selector);
    }
  await t.raw('unknown selector, value and arguments', t.stranger, '0x12345678' + word(5), {}, 1);
  const views = t.recorder.artifact.abi.filter((each) => each.stateMutability === 'view');
  for (const { name, inputs } of views) {
    const arguments_ = inputs.map(({ type }) => (type === 'address' ? t.ann : 1));
    const good = t.recorder.calldata(name, ...arguments_);
    await t.raw(`${name} by transaction`, t.stranger, good);
    await t.raw(`${name} by transaction refused: value sent`, t.stranger, good, {}, 1);
    if (inputs.length)
      await t.raw(`${name} by transaction refused: a byte short`, t.stranger, cut(good, 1));
    if (inputs.some(({ type }) => type === 'address'))
      await t.raw(
        `${name} by transaction refused: dirty address`,
        t.stranger,
        withWord(good, 4, inputs.length - 1, 2n ** 160n),
      );
  }
  await t.commit('dispatch: commit 1', 1, genesis);
  for (const round of [0, 2, 3, 2n ** 256n - 1n])
    await t.call(`getGlobalmodel(${round}) by transaction`, t.stranger, ['getGlobalmodel', round]);
  await t.call('isTrainer(0) by transaction', t.stranger, ['isTrainer', 0]);
}

async function endOfTime(t) {
  await t.deploy('end of time: deploy');
  const last = t.recorder.time + 2 ** 32 - 1;
  await t.commit('end of time: commit 1 in the last second', 1, genesis, {}, { at: last });
  await t.commit(
    'end of time: commit 2 refused, a second later',
    2,
    digest(0x61),
    {},
    { at: last + 1 },
  );
  await t.call('end of time: takeover', t.standby, ['takeOver'], { at: last + 100 });
}

async function play(recorder) {
  const table = new Table(recorder);
  for (const scene of [
    deployments,
    commits,
    submissions,
    openRun,
    trainerLists,
    roles,
    takeovers,
    dispatch,
    endOfTime,
  ])
    await scene(table);
}

module.exports = { play };
