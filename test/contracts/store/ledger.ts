import { expect, it } from '@jest/globals';
import { createHmacSigner } from '../../../src/crypto.js';
import type { LedgerEntry } from '../../../src/domain/ledger.js';
import { nextRecord } from '../../../src/domain/ledger.js';
import type { Store, Transaction } from '../../../src/ports/store.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';

const signer = createHmacSigner(Buffer.from('the key of a contract, 32 bytes.'));

function anEntry(overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  return { system: 'corp', kind: 'decision', atMs: noonMs, ...overrides };
}

/** Adds an entry to the ledger of a store. */
function add(transaction: Transaction, overrides: Partial<LedgerEntry> = {}): Promise<void> {
  const entry = anEntry(overrides);
  return transaction.appendLedger(entry.system, (head) => nextRecord(signer, entry, head));
}

/** What holds for the ledger in every store. */
export function describeLedger(store: () => Store): void {
  it('gives records back as they were made, in the order of their chain', async () => {
    const person = { ...aPersonId(), name: "Ada'; drop table ledger; --" };
    const first = nextRecord(signer, anEntry({ person, instance: 'run-1' }), undefined);
    await store().appendLedger('corp', () => first);
    await add(store(), { kind: 'signal' });
    const records = await store().listLedger({ system: 'corp', after: 0, limit: 10 });
    expect(records).toEqual([first, nextRecord(signer, anEntry({ kind: 'signal' }), first)]);
  });

  it('counts every system by itself, and knows the head of each', async () => {
    await add(store());
    await add(store());
    await add(store(), { system: 'lab' });
    await add(store(), { system: '' });
    expect(await store().listLedgerSystems()).toEqual(['', 'corp', 'lab']);
    expect((await store().listLedgerHeads()).map(({ system, number }) => [system, number])).toEqual([
      ['', 1],
      ['corp', 2],
      ['lab', 1],
    ]);
    const [, last] = await store().listLedger({ system: 'corp', after: 0, limit: 10 });
    expect((await store().listLedgerHeads())[1]).toMatchObject({ mac: last?.mac, keyId: signer.keyId });
  });

  it('finds the last record of a chain that was sealed with a key, whatever was added without one', async () => {
    const plain = createHmacSigner(undefined);
    const addPlain = (system: string) =>
      store().appendLedger(system, (head) => nextRecord(plain, anEntry({ system }), head));
    await addPlain('corp');
    expect(await store().lastSigned('corp')).toBeUndefined();
    await add(store());
    await add(store());
    await addPlain('corp');
    expect(await store().lastSigned('corp')).toMatchObject({ number: 3, keyId: signer.keyId });
    expect(await store().lastSigned('lab')).toBeUndefined();
  });

  it('gives as many as wanted, after a number and since a time', async () => {
    for (const minute of [1, 2, 3, 4]) await add(store(), { atMs: noonMs + minute });
    const numbers = async (page: {
      readonly after: number;
      readonly sinceMs?: number;
      readonly limit: number;
    }) => (await store().listLedger({ system: 'corp', ...page })).map(({ number }) => number);
    expect(await numbers({ after: 1, limit: 2 })).toEqual([2, 3]);
    expect(await numbers({ after: 0, sinceMs: noonMs + 3, limit: 10 })).toEqual([3, 4]);
    expect(await numbers({ after: 4, limit: 10 })).toEqual([]);
  });

  it('gives the records of one run, the latest first', async () => {
    for (const note of [1, 2, 3]) await add(store(), { instance: 'run-1', note: { note } });
    await add(store(), { instance: 'run-2' });
    await add(store(), { instance: 'run-1', system: 'lab' });
    const ref = { system: 'corp', id: 'run-1' };
    const numbers = async (page: { readonly offset: number; readonly limit: number }) =>
      (await store().listLedgerOf(ref, page)).map(({ number }) => number);
    expect(await numbers({ offset: 0, limit: 2 })).toEqual([3, 2]);
    expect(await numbers({ offset: 2, limit: 2 })).toEqual([1]);
  });

  it('forgets a record with the transaction it was part of', async () => {
    await add(store());
    const failed = store().inTransaction(async (transaction) => {
      await add(transaction);
      throw new Error('the roof fell in');
    });
    await expect(failed).rejects.toThrow('the roof fell in');
    await add(store(), { kind: 'ending' });
    const records = await store().listLedger({ system: 'corp', after: 0, limit: 10 });
    expect(records.map(({ number, kind }) => [number, kind])).toEqual([
      [1, 'decision'],
      [2, 'ending'],
    ]);
  });

  it('makes no two records on one head, however many are added at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, note) =>
        store().inTransaction((transaction) => add(transaction, { note: { note } })),
      ),
    );
    const records = await store().listLedger({ system: 'corp', after: 0, limit: 100 });
    expect(records.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(records.slice(1).map(({ previous }) => previous)).toEqual(
      records.slice(0, -1).map(({ mac }) => mac),
    );
  });

  it('has no way to change a record, and takes out none but the first of a chain', () => {
    const named = Object.keys(store()).filter((name) => /ledger/i.test(name));
    expect(named.sort()).toEqual([
      'appendLedger',
      'cutLedger',
      'listLedger',
      'listLedgerBy',
      'listLedgerHeads',
      'listLedgerOf',
      'listLedgerSystems',
    ]);
  });
}
