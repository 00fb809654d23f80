import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHmacSigner } from '../../../src/crypto.js';
import type { LedgerEntry } from '../../../src/domain/ledger.js';
import { type LedgerRecord, nextRecord, type RecordSigner } from '../../../src/domain/ledger.js';
import { anEntry, chainOf, checkAll, key, oldKey } from './a-chain.js';

const five = chainOf([1, 2, 3, 4, 5].map((number) => anEntry({ note: { number } })));
const last = five[4];
const anchors = last ? [{ system: 'corp', number: 5, mac: last.mac }] : [];
const without = createHmacSigner(undefined);

/** Chains so many records, without seals unless told, and a key record that takes their head over. */
function takenOver(
  length: number,
  note: NonNullable<LedgerEntry['note']>,
  signers: readonly RecordSigner[] = [],
): readonly LedgerRecord[] {
  const entries = Array.from({ length }, () => anEntry());
  const before = chainOf(
    entries,
    entries.map((_entry, index) => signers[index] ?? without),
  );
  const head = before.at(-1);
  const whole = { before: 'none', number: head?.number, mac: head?.mac, ...note };
  return [...before, nextRecord(createHmacSigner(key), anEntry({ kind: 'key', note: whole }), head)];
}

/** Gives the five records with some of them changed. */
function changed(change: (record: LedgerRecord) => Partial<LedgerRecord>): readonly LedgerRecord[] {
  return five.map((record) => ({ ...record, ...change(record) }));
}

const only = (number: number, change: Partial<LedgerRecord>) =>
  changed((record) => (record.number === number ? change : {}));

describe('a chain', () => {
  it('is in order however many records it has and whatever they say', () => {
    const notes = fc.array(
      fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { noNullPrototype: true }),
    );
    fc.assert(
      fc.property(notes, (all) => {
        const records = chainOf(all.map((note) => anEntry({ note })));
        expect(checkAll(records)).toMatchObject({ number: all.length, keyed: all.length });
      }),
    );
  });

  it('stays in order when the key changes, as long as the old one is given', () => {
    const records = chainOf(
      [anEntry(), anEntry(), anEntry()],
      [createHmacSigner(oldKey), createHmacSigner(oldKey)],
    );
    expect(checkAll(records, { keys: [key, oldKey] })).toMatchObject({ number: 3 });
    expect(checkAll(records)).toEqual({ system: 'corp', number: 1, what: 'unknown-key' });
  });

  it('is taken over by a key that comes into use, which seals what stands before', () => {
    const records = takenOver(2, {});
    expect(checkAll(records)).toEqual({ system: 'corp', number: 3, keyed: 1, mac: records[2]?.mac });
    const forged = chainOf([anEntry({ code: 'ELSE' }), anEntry()], [without, without]);
    expect(checkAll([...forged, ...records.slice(2)])).toMatchObject({ number: 3, what: 'out-of-order' });
  });

  it('without a key is in order for whoever has none', () => {
    expect(checkAll(chainOf([anEntry()], without), { keys: [] })).toMatchObject({ number: 1, keyed: 0 });
  });
});

describe('records without a seal', () => {
  it('that begin a chain must be vouched for: a seal over them alone is not enough', () => {
    const records = chainOf([anEntry(), anEntry(), anEntry()], [without, without, createHmacSigner(key)]);
    expect(checkAll(records)).toEqual({ system: 'corp', number: 1, what: 'without-key', count: 2 });
    const wrongHead = takenOver(2, { mac: 'another' });
    expect(checkAll(wrongHead)).toEqual({ system: 'corp', number: 1, what: 'without-key', count: 2 });
  });

  it('are in order before a key record of an older version, with a warning', () => {
    const records = takenOver(2, { number: undefined, mac: undefined });
    expect(checkAll(records)).toMatchObject({ number: 3, keyed: 1, vouchedBy: 3 });
  });

  it('are a break once somebody accepted them, and a fault before that', () => {
    const accepted = takenOver(4, { acceptedFrom: 2 }, [createHmacSigner(key)]);
    expect(checkAll(accepted)).toMatchObject({ number: 5, keyed: 2, breaks: [{ from: 2, to: 4, by: 5 }] });
    const fault = { system: 'corp', number: 2, what: 'without-key', count: 3 };
    expect(checkAll(accepted.slice(0, 4))).toEqual(fault);
    expect(checkAll(takenOver(4, {}, [createHmacSigner(key)]))).toEqual(fault);
    const older = takenOver(4, { number: undefined, mac: undefined }, [createHmacSigner(key)]);
    expect(checkAll(older)).toEqual(fault);
  });

  it('are named before anything that is wrong after them', () => {
    const records = takenOver(4, { acceptedFrom: 2 }, [createHmacSigner(key)]).filter(
      ({ number }) => number !== 4,
    );
    expect(checkAll(records)).toEqual({ system: 'corp', number: 2, what: 'without-key', count: 2 });
  });
});

describe('tampering is found at the first record that is not in order', () => {
  it.each([
    ['edited', only(3, { body: (five[2]?.body ?? '').replace('K7F3', 'K7F4') }), 3, 'altered'],
    ['edited beside its text: the time', only(3, { atMs: 1 }), 3, 'altered'],
    ['edited beside its text: the run', only(3, { instanceId: 'other' }), 3, 'altered'],
    ['edited beside its text: the person', only(3, { person: 'T0/U0' }), 3, 'altered'],
    ['edited beside its text: the kind', only(3, { kind: 'refusal' }), 3, 'altered'],
    ['removed from the middle', five.filter(({ number }) => number !== 3), 3, 'missing'],
    ['removed from the beginning', five.slice(1), 1, 'missing'],
    [
      'removed, and the rest moved up',
      [...five.slice(0, 2), ...five.slice(3).map((one) => ({ ...one, number: one.number - 1 }))],
      3,
      'out-of-order',
    ],
    [
      'swapped with the next',
      changed(({ number }) =>
        number === 3 ? { ...five[3], number } : number === 4 ? { ...five[2], number } : {},
      ),
      3,
      'out-of-order',
    ],
    ['given the seal before of another', only(3, { previous: five[0]?.mac ?? '' }), 3, 'out-of-order'],
    ['given a seal of its own', only(5, { mac: without.sign('anything') }), 5, 'altered'],
  ] as const)('%s', (_how, records, number, what) => {
    expect(checkAll(records)).toEqual({ system: 'corp', number, what });
  });

  it('said to be sealed with no key', () => {
    const fault = { system: 'corp', number: 4, what: 'without-key', count: 1 };
    expect(checkAll(only(4, { keyId: 'none' }))).toEqual(fault);
  });

  it('when the records of another system are put in their place', () => {
    const others = chainOf([1, 2, 3, 4, 5].map((number) => anEntry({ system: 'lab', note: { number } })));
    expect(checkAll(others)).toMatchObject({ number: 1, what: 'out-of-order' });
    const relabelled = others.map((record) => ({ ...record, system: 'corp' }));
    expect(checkAll(relabelled)).toMatchObject({ number: 1, what: 'out-of-order' });
  });

  it('when all of it is made again with another key, under the name of the right one', () => {
    const { keyId } = createHmacSigner(key);
    const forger = { ...createHmacSigner(Buffer.from('a key the forger made up for it!')), keyId };
    const forged = chainOf(
      five.map(() => anEntry({ code: 'ELSE' })),
      forger,
    );
    expect(checkAll(forged)).toMatchObject({ number: 1, what: 'out-of-order' });
  });

  it('when all of it is made again without a key', () => {
    const forged = chainOf(
      five.map(() => anEntry({ code: 'ELSE' })),
      without,
    );
    expect(checkAll(forged)).toEqual({ system: 'corp', number: 1, what: 'without-key', count: 5 });
  });

  it('when it goes on without the key from somewhere', () => {
    const forged = chainOf(
      [anEntry(), anEntry(), anEntry()],
      [createHmacSigner(key), createHmacSigner(key), without],
    );
    expect(checkAll(forged)).toMatchObject({ number: 3, what: 'without-key' });
  });

  it('when records are cut off the end, down to a head that was written down', () => {
    expect(checkAll(five.slice(0, 3))).toMatchObject({ number: 3, keyed: 3 });
    expect(checkAll(five.slice(0, 3), { anchors })).toEqual({ system: 'corp', number: 4, what: 'cut-off' });
    expect(checkAll([], { anchors })).toEqual({ system: 'corp', number: 1, what: 'cut-off' });
  });

  it('when whoever has the key made it again, by a head that was written down', () => {
    const again = chainOf(five.map(() => anEntry({ code: 'ELSE' })));
    expect(checkAll(again)).toMatchObject({ number: 5 });
    expect(checkAll(again, { anchors })).toEqual({ system: 'corp', number: 5, what: 'not-as-anchored' });
  });

  it('when what is sealed is no record at all', () => {
    const mac = without.sign(`${without.sign('genesis\ncorp')}\nnull`);
    const odd = { ...chainOf([anEntry()], without)[0], body: 'null', mac };
    expect(
      checkAll(
        chainOf([anEntry()], without).map((one) => ({ ...one, ...odd })),
        { keys: [] },
      ),
    ).toMatchObject({
      what: 'altered',
    });
  });
});
