import { describe, expect, it } from '@jest/globals';
import { readAnchor } from '../../../src/domain/ledger/anchor.js';
import { createSeal, createSealFinder } from '../../../src/seal.js';
import { type Anchoring, anchorLedger } from '../../../src/use-cases/ledger/anchor-ledger.js';
import { recordStart } from '../../../src/use-cases/ledger/record-settings.js';
import { verifyLedger } from '../../../src/use-cases/ledger/verify-ledger.js';
import { createWorlds } from '../world/worlds.js';
import { recordsOf } from '../world/wrong-records.js';

const worlds = createWorlds();
const hour = 3_600_000;
const key = Buffer.from('a new key of at least 32 bytes..');

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
    await recordStart({ ...world.context, seal: createSeal(undefined) }, {});
    expect(world.log.sentences('warn')).toEqual([
      'COUNTERSIGN_LEDGER_KEY is not set: records are kept and cannot be proven',
    ]);
  });

  it('with a new key takes every chain over, so that all of it is proven from then on', async () => {
    const world = await worlds.openWithCard();
    const before = { ...world.context, seal: createSeal(undefined) };
    await recordStart(before, {});
    const proofs = { sealingOf: createSealFinder([key]), hasKey: true, anchors: [] };
    expect(await verifyLedger(world.store, proofs)).toMatchObject([{ system: '', what: 'without-key' }]);
    await recordStart({ ...world.context, seal: createSeal(key) }, {});
    expect(await verifyLedger(world.store, proofs)).toMatchObject([{ system: '', number: 2, keyed: 1 }]);
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
    await world.press('ada', 'approve');
    await anchorLedger(world.context, anchoring);
    await anchorLedger(world.context, anchoring);
    expect(lines).toHaveLength(1);
    const [head] = await world.store.listLedgerHeads();
    const anchor = readAnchor(lines[0] ?? '');
    expect(anchor).toMatchObject({ system: 'command', number: 4, mac: head?.mac });
    world.clock.turn(2 * hour);
    await anchorLedger(world.context, anchoring);
    expect(lines).toHaveLength(1);
    const sealing = world.context.seal;
    const proofs = { sealingOf: () => sealing, hasKey: true };
    const anchors = anchor ? [anchor] : [];
    expect(await verifyLedger(world.store, { ...proofs, anchors })).toMatchObject([{ number: 4, keyed: 4 }]);
    const emptied = await worlds.open();
    expect(await verifyLedger(emptied.store, { ...proofs, anchors })).toEqual([
      { system: 'command', number: 1, what: 'cut-off' },
    ]);
  });

  it('are told in the operators’ channel, word for word', async () => {
    const world = await worlds.openWithCard();
    await world.press('ada', 'approve');
    await anchorLedger(world.context, anchoring);
    await world.deliver();
    const [head] = await world.store.listLedgerHeads();
    const told = world.slack.notices().map(({ notice }) => notice);
    expect(told).toContainEqual({
      kind: 'operators',
      event: { kind: 'ledger-anchored', anchors: [{ system: 'command', number: 4, mac: head?.mac }] },
    });
  });

  it('are written again when writing them down broke half-way', async () => {
    const world = await worlds.openWithCard();
    await world.press('ada', 'approve');
    const broken = { ...anchoring, addLine: () => Promise.reject(new Error('disk full')) };
    await expect(anchorLedger(world.context, broken)).rejects.toThrow('disk full');
    lines.length = 0;
    await anchorLedger(world.context, anchoring);
    expect(lines).toHaveLength(1);
  });
});
