import { describe, expect, it } from '@jest/globals';
import { createHmacSigner, createSignerFinder } from '../../../src/crypto.js';
import type { LedgerHead } from '../../../src/domain/ledger.js';
import { readAnchor } from '../../../src/domain/ledger.js';
import type { Context } from '../../../src/use-cases/context.js';
import { acceptBreak, record, recordStart } from '../../../src/use-cases/ledger/record.js';
import {
  type Anchoring,
  anchoredUpTo,
  anchorLedger,
  confirmRestore,
  isHeldByRestore,
  lastAnchors,
  noteRestored,
  readLedger,
  verifyLedger,
} from '../../../src/use-cases/ledger/verify.js';
import { aVote } from '../../support/an-approval.js';
import { createWorlds } from '../world/worlds.js';
import { recordsOf } from '../world/wrong-records.js';

const worlds = createWorlds();
const hour = 3_600_000;
const key = Buffer.from('a new key of at least 32 bytes..');
const proofs = { signerOf: createSignerFinder([key]), hasKey: true, anchors: [] };

/** Adds a record to a chain, with the seal of that context. */
function add(context: Context, system: string): Promise<void> {
  return context.store.inTransaction((transaction) => record(context, transaction, { system, kind: 'told' }));
}

describe('a start', () => {
  it('is on record with the hash of its settings and the sections that are not as they were', async () => {
    const world = await worlds.open();
    await recordStart(world.context, { slack: 'a', store: 'b' });
    await recordStart(world.context, { slack: 'a', store: 'b' });
    await recordStart(world.context, { slack: 'other', ledger: 'c' });
    const entries = await recordsOf(world, '');
    expect(entries.map(({ note }) => note?.changed ?? 'the first')).toEqual([
      'the first',
      [],
      ['ledger', 'slack', 'store'],
    ]);
    const [first, second, third] = entries.map(({ note }) => note?.hash);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('without a key says that nothing is proven', async () => {
    const world = await worlds.open();
    await recordStart({ ...world.context, signer: createHmacSigner(undefined) }, {});
    expect(world.log.sentences('warn')).toEqual([
      'COUNTERSIGN_LEDGER_KEY is not set: records are kept but not sealed',
    ]);
  });

  it('with a new key takes every chain over, so that all of it is proven from then on', async () => {
    const world = await worlds.openWithCard();
    const before = { ...world.context, signer: createHmacSigner(undefined) };
    await recordStart(before, {});
    expect(await verifyLedger(world.store, proofs)).toMatchObject([{ system: '', what: 'without-key' }]);
    await recordStart({ ...world.context, signer: createHmacSigner(key) }, {});
    expect(await verifyLedger(world.store, proofs)).toMatchObject([{ system: '', number: 3, keyed: 2 }]);
  });

  it('with a new key writes down the head it takes over of each chain, there and in the chain of the bot', async () => {
    const world = await worlds.openWithCard();
    const plain = { ...world.context, signer: createHmacSigner(undefined) };
    await recordStart(plain, {});
    await add(plain, 'command');
    const [own, other] = await world.store.listLedgerHeads();
    await recordStart({ ...world.context, signer: createHmacSigner(key) }, {});
    const taken = (await recordsOf(world, '')).filter(({ kind }) => kind === 'key');
    const of = (head: LedgerHead | undefined) => ({ number: head?.number, mac: head?.mac });
    expect(taken.map(({ note }) => note)).toMatchObject([of(own), { of: 'command', ...of(other) }]);
    expect((await recordsOf(world)).at(-1)).toMatchObject({ kind: 'key', note: of(other) });
    expect(await verifyLedger(world.store, proofs)).toMatchObject([{ system: '' }, { system: 'command' }]);
  });
});

describe('a chain that has been under a key and has none now', () => {
  const keyed = createHmacSigner(key);
  const plain = createHmacSigner(undefined);

  it('is not sealed anew by the next start, which names its first record without a seal', async () => {
    const world = await worlds.open();
    const context = { ...world.context, signer: keyed };
    await recordStart(context, {});
    await add(context, 'command');
    await add({ ...context, signer: plain }, 'command');
    const before = await world.store.listLedgerHeads();
    expect(await recordStart(context, {})).toEqual({
      kind: 'key-lost',
      chains: [{ system: 'command', number: 2, why: 'unsealed' }],
    });
    expect(await world.store.listLedgerHeads()).toEqual(before);
  });

  it('is found also where all of it was made again, by the key in another chain', async () => {
    const world = await worlds.open();
    const context = { ...world.context, signer: keyed };
    await recordStart(context, {});
    await add({ ...context, signer: plain }, 'command');
    expect(await recordStart(context, {})).toEqual({
      kind: 'key-lost',
      chains: [{ system: 'command', number: 1, why: 'unsealed' }],
    });
  });

  it('lets nobody start without the key, who is told up to which record it was sealed', async () => {
    const world = await worlds.open();
    await recordStart({ ...world.context, signer: keyed }, {});
    const before = await world.store.listLedgerHeads();
    expect(await recordStart({ ...world.context, signer: plain }, {})).toEqual({
      kind: 'key-lost',
      chains: [{ system: '', number: 1, why: 'no-key' }],
    });
    expect(await world.store.listLedgerHeads()).toEqual(before);
    await add({ ...world.context, signer: plain }, '');
    expect(await recordStart({ ...world.context, signer: plain }, {})).toMatchObject({ kind: 'key-lost' });
  });

  it('is taken over on record by whoever accepts that, and every check reports it from then on', async () => {
    const world = await worlds.open();
    const context = { ...world.context, signer: keyed };
    await recordStart(context, {});
    await add(context, 'command');
    for (const _time of [1, 2]) await add({ ...context, signer: plain }, 'command');
    expect(await verifyLedger(world.store, proofs)).toMatchObject([
      { number: 1 },
      { system: 'command', number: 2, what: 'without-key' },
    ]);
    expect(await acceptBreak(context, 'command')).toEqual({ kind: 'accepted', from: 2, to: 3, by: 4 });
    const verdicts = await verifyLedger(world.store, proofs);
    expect(verdicts).toMatchObject([{ system: '' }, { number: 4, breaks: [{ from: 2, to: 3, by: 4 }] }]);
    expect(await recordStart(context, {})).toEqual({ kind: 'recorded', changed: [] });
    await add(context, 'command');
    expect(await verifyLedger(world.store, proofs)).toMatchObject([
      { system: '' },
      { number: 5, breaks: [{ from: 2, to: 3, by: 4 }] },
    ]);
  });

  it('is taken over also where all of it was made again, and the head it had before is not held against it', async () => {
    const world = await worlds.open();
    const first = { ...world.context, signer: plain };
    await recordStart(first, {});
    for (const _time of [1, 2]) await add(first, 'command');
    const context = { ...world.context, signer: keyed };
    await recordStart(context, {});
    const again = await worlds.open();
    await again.store.inTransaction(async (transaction) => {
      for await (const one of readLedger(world.store, { system: '' }))
        await transaction.appendLedger('', () => one);
    });
    await add({ ...again.context, signer: plain }, 'command');
    expect(await verifyLedger(again.store, proofs)).toMatchObject([{ system: '' }, { what: 'cut-off' }]);
    const there = { ...again.context, signer: keyed };
    expect(await acceptBreak(there, 'command')).toEqual({ kind: 'accepted', from: 1, to: 1, by: 2 });
    expect(await verifyLedger(again.store, proofs)).toMatchObject([
      { system: '' },
      { number: 2, breaks: [{ from: 1, to: 1, by: 2 }] },
    ]);
  });

  it('is held against the head that was taken over of it, when it was made again with all that was noted', async () => {
    const world = await worlds.open();
    await recordStart({ ...world.context, signer: plain }, {});
    for (const _time of [1, 2]) await add({ ...world.context, signer: plain }, 'command');
    await recordStart({ ...world.context, signer: keyed }, {});
    const again = await worlds.open();
    await again.store.inTransaction(async (transaction) => {
      for await (const one of readLedger(world.store, { system: '' }))
        await transaction.appendLedger('', () => one);
    });
    expect(await verifyLedger(again.store, proofs)).toMatchObject([
      { system: '' },
      { system: 'command', number: 1, what: 'cut-off' },
    ]);
  });

  it('is not taken over without a key, nor where there is nothing to accept, nor before that of the bot', async () => {
    const world = await worlds.open();
    const context = { ...world.context, signer: keyed };
    expect(await acceptBreak(context, 'command')).toEqual({ kind: 'nothing-to-accept' });
    await add({ ...context, signer: plain }, 'command');
    expect(await acceptBreak(context, 'command')).toEqual({ kind: 'nothing-to-accept' });
    await recordStart(context, {});
    expect(await acceptBreak(context, 'command')).toEqual({ kind: 'nothing-to-accept' });
    await add({ ...context, signer: plain }, 'command');
    await add({ ...context, signer: plain }, '');
    expect(await acceptBreak({ ...context, signer: plain }, 'command')).toEqual({ kind: 'no-key' });
    expect(await acceptBreak(context, 'command')).toEqual({ kind: 'own-chain-first' });
    expect(await acceptBreak(context, '')).toMatchObject({ kind: 'accepted' });
    expect(await acceptBreak(context, 'command')).toMatchObject({ kind: 'accepted' });
    expect(await recordStart(context, {})).toEqual({ kind: 'recorded', changed: [] });
  });
});

describe('anchors', () => {
  const lines: string[] = [];
  const anchoring: Anchoring = {
    everyMs: hour,
    inLog: true,
    inOperatorsChannel: true,
    addLine: (line) => {
      lines.push(line);
      return Promise.resolve();
    },
  };

  it('are written down in time, if anything was added, and lead to what was cut off later', async () => {
    const world = await worlds.openWithCard();
    lines.length = 0;
    await anchorLedger(world.context, anchoring);
    expect(lines).toEqual([]);
    await world.click('ada', 'approve');
    await anchorLedger(world.context, anchoring);
    await anchorLedger(world.context, anchoring);
    expect(lines).toHaveLength(1);
    const [head] = await world.store.listLedgerHeads();
    const anchor = readAnchor(lines[0] ?? '');
    expect(anchor).toMatchObject({ system: 'command', number: 4, mac: head?.mac });
    world.clock.advance(2 * hour);
    await anchorLedger(world.context, anchoring);
    expect(lines).toHaveLength(1);
    const signer = world.context.signer;
    const delayed = { signerOf: () => signer, hasKey: true };
    const anchors = anchor ? [anchor] : [];
    expect(await verifyLedger(world.store, { ...delayed, anchors })).toMatchObject([{ number: 4, keyed: 4 }]);
    const emptied = await worlds.open();
    expect(await verifyLedger(emptied.store, { ...delayed, anchors })).toEqual([
      { system: 'command', number: 1, what: 'cut-off' },
    ]);
  });

  it('are told in the operators’ channel, word for word', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    await anchorLedger(world.context, anchoring);
    await world.deliver();
    const [head] = await world.store.listLedgerHeads();
    const reported = world.slack.notices().map(({ notice }) => notice);
    expect(reported).toContainEqual({
      kind: 'operators',
      event: { kind: 'ledger-anchored', anchors: [{ system: 'command', number: 4, mac: head?.mac }] },
    });
  });

  it('in the operators’ channel count as written down only once they are posted there', async () => {
    const world = await worlds.openWithCard();
    const { store, clock } = world;
    const places = { inLog: true, inOperatorsChannel: true, inFile: false };
    const counted = () => anchoredUpTo(world.context, places, 'command');
    await world.click('ada', 'approve');
    await anchorLedger(world.context, anchoring);
    expect(await counted()).toBe(0);
    await world.deliver();
    expect(await counted()).toBe(4);
    await add(world.context, 'command');
    clock.advance(2 * hour);
    await anchorLedger(world.context, anchoring);
    expect(await counted()).toBe(4);
    const claim = { nowMs: clock.now(), limit: 9, leaseMs: 1, claim: 'mine' };
    for (const { id } of await store.claimDueDeliveries(claim))
      await store.giveUpDelivery(id, { error: 'channel is archived', nowMs: clock.now(), version: 1 });
    await anchorLedger(world.context, anchoring);
    expect(await counted()).toBe(4);
    await add(world.context, 'command');
    clock.advance(2 * hour);
    await anchorLedger(world.context, anchoring);
    await world.deliver();
    expect(await counted()).toBe(6);
  });

  it('that an older version noted as told, though nobody knows whether they were posted, are told again', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    const heads = await world.store.listLedgerHeads();
    const macs = Object.fromEntries(heads.map(({ system, mac }) => [system, mac]));
    const note = { atMs: world.clock.now(), macs, numbers: { command: 4 } };
    await world.store.putNote('ledger:anchored/operators', JSON.stringify(note));
    const places = { inLog: false, inOperatorsChannel: true, inFile: false };
    expect(await anchoredUpTo(world.context, places, 'command')).toBe(0);
    world.clock.advance(2 * hour);
    await anchorLedger(world.context, anchoring);
    await world.deliver();
    expect(await anchoredUpTo(world.context, places, 'command')).toBe(4);
  });

  it('are written in every other place when one fails, and there again at the next time', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    const broken = { ...anchoring, addLine: () => Promise.reject(new Error('disk full')) };
    await anchorLedger(world.context, broken);
    await world.deliver();
    const told = () =>
      world.slack.notices().filter(({ notice }) => JSON.stringify(notice).includes('anchored'));
    const logged = () => world.log.sentences('info').filter((line) => line === 'A head of the ledger');
    expect([told().length, logged().length]).toEqual([1, 1]);
    expect(world.log.sentences('error').join()).toContain('could not be written there');
    lines.length = 0;
    await anchorLedger(world.context, anchoring);
    await world.deliver();
    expect([lines.length, told().length, logged().length]).toEqual([1, 1, 1]);
  });

  it('beside a store are those of its last heads, at every call', async () => {
    const world = await worlds.openWithCard();
    const kept: string[] = [];
    const besides: Anchoring = {
      ...anchoring,
      keepBeside: (text) => {
        kept.push(text);
        return Promise.resolve();
      },
    };
    await world.click('ada', 'approve');
    await anchorLedger(world.context, besides);
    await anchorLedger(world.context, besides);
    const [head] = await world.store.listLedgerHeads();
    expect(kept.map(lastAnchors)).toEqual([[{ system: 'command', number: head?.number, mac: head?.mac }]]);
  });
});

describe('a store that is older than its last anchor', () => {
  const anchors = [{ system: 'command', number: 900, mac: 'a'.repeat(64) }];

  it('is told to the operators, and held until somebody confirms it, on record and for good', async () => {
    const world = await worlds.openWithCard();
    const { context } = world;
    await world.click('ada', 'approve');
    const decision = { votes: [{ ...aVote(), atMs: context.now() }] };
    expect(await isHeldByRestore(context, decision)).toBe(false);
    await noteRestored(context, anchors);
    await world.deliver();
    expect(JSON.stringify(world.slack.notices())).toContain('store-restored');
    expect(await isHeldByRestore(context, decision)).toBe(true);
    expect(await isHeldByRestore(context, { votes: [{ ...aVote(), atMs: context.now() + 1 }] })).toBe(false);
    expect(await confirmRestore(context)).toBe('confirmed');
    expect(await isHeldByRestore(context, decision)).toBe(false);
    expect((await recordsOf(world, '')).map(({ kind }) => kind)).toEqual(['restore']);
    await noteRestored(context, anchors);
    expect(await isHeldByRestore(context, decision)).toBe(false);
    expect(await confirmRestore(context)).toBe('nothing-to-confirm');
  });

  it('is not one that holds what was written down, or more', async () => {
    const world = await worlds.openWithCard();
    await world.click('ada', 'approve');
    const heads = await world.store.listLedgerHeads();
    await noteRestored(world.context, heads);
    await add(world.context, 'command');
    await noteRestored(world.context, heads);
    expect(world.log.sentences('warn')).toEqual([]);
  });
});
