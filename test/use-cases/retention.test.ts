import { describe, expect, it } from '@jest/globals';
import { createHmacSigner, createSignerFinder } from '../../src/crypto.js';
import { entryOf, type LedgerEntry, type LedgerRecord, nextRecord } from '../../src/domain/ledger.js';
import { type PersonId, personKey } from '../../src/domain/person.js';
import { usualPreferences } from '../../src/domain/preferences.js';
import type { RetentionTimes } from '../../src/domain/retention.js';
import type { Store, Transaction } from '../../src/ports/store.js';
import { noteRestored, readLedger, verifyLedger } from '../../src/use-cases/ledger/verify.js';
import { forgetPerson, holdRun, type RetentionResult, removeOld } from '../../src/use-cases/retention.js';
import {
  anApproval,
  anInstance,
  aPerson,
  aPersonId,
  aSignal,
  aVote,
  noonMs,
} from '../support/an-approval.js';
import { openFreshStore } from '../support/fresh-store.js';
import { keepLog } from '../support/kept-log.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();
const day = 24 * 60 * 60_000;
const key = Buffer.from('the key of these tests, 32 bytes');
const signer = createHmacSigner(key);
const signerOf = createSignerFinder([key]);
const proofs = { signerOf, hasKey: true, anchors: [] };
const nowMs = noonMs + 100 * day;
const places = { inLog: true, inOperatorsChannel: false, inFile: false };

/** A store with so many records of a chain, a day apart, the first at noon of the first day. */
async function chainOf(records: number, overrides: (at: number) => Partial<LedgerEntry> = () => ({})) {
  const store = await openFreshStore();
  for (let at = 0; at < records; at += 1) await append(store, noonMs + at * day, overrides(at));
  return store;
}

function append(store: Store, atMs: number, overrides: Partial<LedgerEntry> = {}): Promise<void> {
  const entry: LedgerEntry = { system: 'corp', kind: 'ending', atMs, ...overrides };
  return store.appendLedger('corp', (head) => nextRecord(signer, entry, head));
}

/** Notes the heads as written down in the log, as the bot does. */
async function anchor(store: Store): Promise<void> {
  const heads = await store.listLedgerHeads();
  const numbers = Object.fromEntries(heads.map(({ system, number }) => [system, number]));
  await store.putNote('ledger:anchored/log', JSON.stringify({ atMs: nowMs, macs: {}, numbers }));
}

function contextOf(store: Store) {
  return { store, signer, log: keepLog(), now: () => nowMs, replicaId: 'bot-1' };
}

function remove(store: Store, times: RetentionTimes, isDryRun = false): Promise<RetentionResult> {
  const options = { times, signerOf, anchoring: places, anchor: () => anchor(store), isDryRun };
  return removeOld(contextOf(store), options);
}

const keep = (days: number) => ({ approvals: day, alerts: day, changes: day, ledger: days * day });

async function numbersOf(store: Store): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const { number } of readLedger(store, { system: 'corp' })) numbers.push(number);
  return numbers;
}

/** Changes the text of a record behind the back of the program. */
function tampered(store: Store, change: (body: string) => string, at: number): Store {
  return edited(store, at, ({ body }) => ({ body: change(body) }));
}

/** Changes columns of a record behind the back of the program. */
function edited(store: Store, at: number, change: (one: LedgerRecord) => Partial<LedgerRecord>): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === 'listLedger')
        return async (page: Parameters<Store['listLedger']>[0]) =>
          (await target.listLedger(page)).map((one) =>
            one.system === 'corp' && one.number === at ? { ...one, ...change(one) } : one,
          );
      if (name === 'lastCheckpoint')
        return async (system: string) => {
          const one = await target.lastCheckpoint(system);
          return one?.number === at ? { ...one, ...change(one) } : one;
        };
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A store that breaks at a transaction. Nine pack first; the eleventh is the second that removes. */
function dyingAt(store: Store, last: number): Store {
  let steps = 0;
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === 'inTransaction')
        return (work: (transaction: Transaction) => Promise<unknown>) => {
          steps += 1;
          if (steps === last) throw new Error('the roof fell in');
          return target.inTransaction(work);
        };
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function recordedRemovals(store: Store): Promise<readonly unknown[]> {
  const notes: unknown[] = [];
  for await (const record of readLedger(store, { system: '' }))
    if (record.kind === 'retention') notes.push(entryOf(record).note);
  return notes;
}

describe('cutting the ledger', () => {
  it('leaves a chain that proves what is left, and that the rest was cut', async () => {
    const store = await chainOf(50);
    await remove(store, keep(80));
    expect((await numbersOf(store)).slice(0, 2)).toEqual([21, 22]);
    const verdicts = await verifyLedger(store, proofs);
    expect(verdicts).toMatchObject([
      { system: '', number: 1 },
      { system: 'corp', number: 51, cut: { upTo: 20, by: 51, isProven: true } },
    ]);
    await store.close();
  });

  it('cuts again behind a second checkpoint, and goes on being added to', async () => {
    const store = await chainOf(50);
    await remove(store, keep(80));
    await append(store, nowMs);
    await remove(store, keep(70));
    expect((await numbersOf(store))[0]).toBe(31);
    const [, corp] = await verifyLedger(store, proofs);
    expect(corp).toMatchObject({ cut: { upTo: 30, isProven: true } });
    await store.close();
  });

  it('cuts more than is checked or removed at once', async () => {
    const store = await chainOf(510, (at) => ({ atMs: noonMs + at }));
    const rests: number[] = [];
    const rest = async (ms: number) => void rests.push(ms);
    const anchorNow = () => anchor(store);
    await removeOld(contextOf(store), {
      times: keep(80),
      signerOf,
      anchoring: places,
      anchor: anchorNow,
      rest,
    });
    expect(await numbersOf(store)).toEqual([511]);
    expect(rests.length).toBeGreaterThan(10);
    expect((await verifyLedger(store, proofs)).some((one) => 'what' in one)).toBe(false);
    await store.close();
  });

  it('removes nothing before the checkpoint is written down outside the store', async () => {
    const store = await chainOf(50);
    const options = { times: keep(80), signerOf, anchoring: places };
    const first = await removeOld(contextOf(store), options);
    expect(first).toMatchObject({
      uncut: [{ system: 'corp', result: { kind: 'not-anchored', checkpoint: 51 } }],
    });
    expect(await numbersOf(store)).toHaveLength(51);
    await anchor(store);
    await removeOld(contextOf(store), options);
    expect((await numbersOf(store))[0]).toBe(21);
    expect(await store.lastCheckpoint('corp')).toMatchObject({ number: 51 });
    await store.close();
  });

  it('is found out where more is missing than the checkpoint says', async () => {
    const store = await chainOf(50);
    await remove(store, keep(80));
    await store.cutLedger('corp', { upTo: 25, limit: 100 });
    expect((await verifyLedger(store, proofs))[1]).toMatchObject({ what: 'missing', number: 21 });
    await store.close();
  });

  it('is found out where somebody else cut, with no checkpoint or one that was edited', async () => {
    const store = await chainOf(50);
    await store.cutLedger('corp', { upTo: 5, limit: 100 });
    expect((await verifyLedger(store, proofs))[0]).toMatchObject({ what: 'missing', number: 1 });
    const other = await chainOf(50);
    await remove(other, keep(80));
    await other.cutLedger('corp', { upTo: 25, limit: 100 });
    const edited = tampered(other, (body) => body.replace('"upTo":20', '"upTo":25'), 51);
    const [, verdict] = await verifyLedger(edited, proofs);
    expect(verdict).toMatchObject({ what: 'not-as-cut' });
    const [record] = await other.listLedger({ system: 'corp', after: 25, limit: 1 });
    const forged = tampered(
      other,
      (body) =>
        body.replace('"upTo":20', '"upTo":25').replace(/"mac":"[0-9a-f]+"/, `"mac":"${record?.previous}"`),
      51,
    );
    expect((await verifyLedger(forged, proofs))[1]).toMatchObject({ what: 'altered', number: 51 });
    await store.close();
    await other.close();
  });

  it('is found out where the last record that was cut is not the one an anchor names', async () => {
    const store = await chainOf(50);
    await remove(store, keep(80));
    const anchors = [{ system: 'corp', number: 20, mac: 'f'.repeat(64) }];
    const [, verdict] = await verifyLedger(store, { ...proofs, anchors });
    expect(verdict).toMatchObject({ what: 'not-as-anchored', number: 20 });
    await store.close();
  });

  it('goes on after a crash between two steps, and is in order in between', async () => {
    const store = await chainOf(50);
    const options = { times: keep(80), signerOf, anchoring: places };
    await removeOld(contextOf(store), options);
    await anchor(store);
    await store.cutLedger('corp', { upTo: 20, limit: 7 });
    expect(await verifyLedger(store, proofs)).toMatchObject([{ cut: { upTo: 20, isProven: true } }]);
    await removeOld(contextOf(store), options);
    expect((await numbersOf(store))[0]).toBe(21);
    expect((await verifyLedger(store, proofs)).some((one) => 'what' in one)).toBe(false);
    await store.close();
  });

  it('keeps the records of a run whose approval is kept, and all after them', async () => {
    const { id } = anInstance().ref;
    const store = await chainOf(50, (at) => (at === 9 ? { instance: 'held' } : {}));
    await holdRun(contextOf(store), { system: 'corp', id: 'held' }, true);
    await remove(store, keep(80));
    expect((await numbersOf(store))[0]).toBe(10);
    await holdRun(contextOf(store), { system: 'corp', id: 'held' }, false);
    await remove(store, keep(80));
    expect((await numbersOf(store))[0]).toBe(21);
    expect(id).not.toBe('held');
    await store.close();
  });

  it('cuts no chain that is not in order', async () => {
    const store = await chainOf(50);
    const broken = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'listLedger')
          return async (page: Parameters<Store['listLedger']>[0]) =>
            (await target.listLedger(page)).filter((one) => one.number !== 7);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const result = await remove(broken, keep(80));
    expect(result).toMatchObject({
      uncut: [{ result: { kind: 'not-in-order', number: 7, what: 'missing' } }],
    });
    expect(await numbersOf(store)).toHaveLength(50);
    await store.close();
  });

  it.each([
    ['was made older than its seal says', 30, { atMs: noonMs }, 'altered'],
    ['was made younger than its seal says', 12, { atMs: nowMs }, 'altered'],
    ['was given to another run', 12, { instanceId: 'other' }, 'altered'],
    ['lost its seal', 12, { keyId: 'none' }, 'without-key'],
    ['names a key nobody has', 12, { keyId: '0123456789ab' }, 'unknown-key'],
  ])(
    'removes nothing, and says where, of a ledger of which a record %s in SQL',
    async (_how, at, to, what) => {
      const store = await chainOf(50);
      const aged = edited(store, at, () => to);
      const times = { ...keep(80), ledger: 75 * day };
      // Everything before is old; of the record itself only its column says so.
      if (at === 30) times.ledger = 71 * day;
      for (const isDryRun of [true, false])
        expect(await remove(aged, times, isDryRun)).toMatchObject({
          uncut: [{ system: 'corp', result: { kind: 'not-in-order', number: at, what } }],
        });
      expect(await numbersOf(store)).toHaveLength(50);
      expect(await store.lastCheckpoint('corp')).toBeUndefined();
      await store.close();
    },
  );

  it('removes nothing of a ledger of which a text was edited in SQL', async () => {
    const store = await chainOf(50, () => ({ code: 'K7F3' }));
    const result = await remove(
      tampered(store, (body) => body.replace('K7F3', 'L8G4'), 5),
      keep(80),
    );
    expect(result).toMatchObject({
      uncut: [{ result: { kind: 'not-in-order', number: 5, what: 'altered' } }],
    });
    expect(await numbersOf(store)).toHaveLength(50);
    await store.close();
  });

  it('removes nothing more where the checkpoint before was edited in SQL', async () => {
    const store = await chainOf(50);
    await remove(store, keep(80));
    await store.cutLedger('corp', { upTo: 25, limit: 100 });
    const [record] = await store.listLedger({ system: 'corp', after: 25, limit: 1 });
    const forged = tampered(
      store,
      (body) =>
        body.replace('"upTo":20', '"upTo":25').replace(/"mac":"[0-9a-f]+"/, `"mac":"${record?.previous}"`),
      51,
    );
    expect(await remove(forged, keep(70))).toMatchObject({
      uncut: [{ result: { kind: 'not-in-order', number: 51, what: 'altered' } }],
    });
    expect((await numbersOf(store))[0]).toBe(26);
    await store.close();
  });

  it('does not put records made without a key in place of those that had one, and cut them', async () => {
    const store = await chainOf(0);
    const plain = createHmacSigner(undefined);
    for (let at = 0; at < 50; at += 1)
      await store.appendLedger('corp', (head) =>
        nextRecord(plain, { system: 'corp', kind: 'ending', atMs: noonMs + at * day }, head),
      );
    await remove(store, keep(80));
    expect(await numbersOf(store)).toHaveLength(50);
    await store.close();
  });

  it('cuts what an earlier key sealed, where that is given', async () => {
    const store = await chainOf(50);
    const later = Buffer.from('a later key of these tests, 32 b');
    const context = { ...contextOf(store), signer: createHmacSigner(later) };
    const options = { times: keep(80), anchoring: places, anchor: () => anchor(store) };
    const uncut = await removeOld(context, { ...options, signerOf: createSignerFinder([later]) });
    expect(uncut).toMatchObject({
      uncut: [{ result: { kind: 'not-in-order', number: 1, what: 'unknown-key' } }],
    });
    await removeOld(context, { ...options, signerOf: createSignerFinder([later, key]) });
    expect((await numbersOf(store))[0]).toBe(21);
    await store.close();
  });

  it('keeps the records of a run that is put on hold while the checkpoint waits to be written down', async () => {
    const store = await chainOf(50, (at) => (at === 9 ? { instance: 'held' } : {}));
    const options = { times: keep(80), signerOf, anchoring: places };
    await removeOld(contextOf(store), options);
    await holdRun(contextOf(store), { system: 'corp', id: 'held' }, true);
    await anchor(store);
    await removeOld(contextOf(store), options);
    expect((await numbersOf(store))[0]).toBe(1);
    await remove(store, keep(80));
    expect((await numbersOf(store))[0]).toBe(10);
    expect((await verifyLedger(store, proofs)).some((one) => 'what' in one)).toBe(false);
    await store.close();
  });

  it('keeps the records of a run that is put on hold while the cut is under way', async () => {
    const store = await chainOf(50, (at) => (at === 9 ? { instance: 'held' } : {}));
    // Writing down is the last thing before the cut; the transaction after it is the first step.
    let isAnchored = false;
    const holding = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'inTransaction')
          return async (work: (transaction: Transaction) => Promise<unknown>) => {
            if (isAnchored) {
              isAnchored = false;
              await holdRun(contextOf(target), { system: 'corp', id: 'held' }, true);
            }
            return target.inTransaction(work);
          };
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const anchorNow = async () => {
      await anchor(store);
      isAnchored = true;
    };
    await removeOld(contextOf(holding), {
      times: keep(80),
      signerOf,
      anchoring: places,
      anchor: anchorNow,
    });
    expect((await numbersOf(store))[0]).toBe(1);
    await store.close();
  });

  it('cuts nothing that is sealed with a key it was not given', async () => {
    const store = await chainOf(50);
    await store.appendLedger('', (head) =>
      nextRecord(signer, { system: '', kind: 'settings', atMs: noonMs }, head),
    );
    const without = { ...contextOf(store), signer: createHmacSigner(undefined) };
    expect(await removeOld(without, { times: keep(80), signerOf, anchoring: places })).toEqual({
      kind: 'no-key',
    });
    expect(await numbersOf(store)).toHaveLength(50);
    await store.close();
  });

  it('does not make a start take the store for an old backup', async () => {
    const world = await worlds.open();
    const store = await chainOf(50);
    const [tenth] = await store.listLedger({ system: 'corp', after: 9, limit: 1 });
    if (!tenth) throw new Error('There are fifty records');
    await remove(store, keep(80));
    await noteRestored({ ...world.context, store }, [tenth]);
    expect(world.log.sentences('warn')).toEqual([]);
    await store.close();
  });
});

describe('removing what is old', () => {
  const over = (id: string) =>
    anApproval({
      id,
      code: id,
      instance: anInstance({ ref: { ...anInstance().ref, id } }),
      waitingSinceMs: noonMs,
      state: {
        kind: 'ended',
        atMs: noonMs,
        ending: { kind: 'denied', now: { status: { kind: 'rejected', raw: 'Rejected' } } },
      },
    });

  it('says in a dry run what would go, removes nothing, and puts nothing on record', async () => {
    const store = await openFreshStore();
    for (let at = 0; at < 45; at += 1) await store.addApproval(over(`a${at}`));
    const dry = await remove(store, { approvals: 30 * day }, true);
    expect(dry).toMatchObject({ kind: 'done' });
    expect(dry.kind === 'done' && dry.removed.get('approvals')).toEqual({ items: 45, rows: 0 });
    expect(await store.findApproval('a44')).toBeDefined();
    expect(await store.listLedgerHeads()).toEqual([]);
    const done = await remove(store, { approvals: 30 * day });
    expect(done.kind === 'done' && done.removed.get('approvals')?.items).toBe(45);
    expect(await store.findApproval('a44')).toBeUndefined();
    const [record] = await store.listLedger({ system: '', after: 0, limit: 9 });
    expect(record?.body).toContain('"removed":{"approvals":45}');
    await store.close();
  });

  it('leaves everything where nothing is set', async () => {
    const store = await openFreshStore();
    await store.addApproval(over('a'));
    await remove(store, {});
    expect(await store.findApproval('a')).toBeDefined();
    await store.close();
  });

  it('is left to whoever is at it', async () => {
    const store = await openFreshStore();
    await store.addApproval(over('a'));
    await store.acquireLease({ name: 'retention', replicaId: 'bot-2', nowMs, leaseMs: 60_000 });
    expect(await remove(store, { approvals: day })).toEqual({ kind: 'busy' });
    expect(await store.findApproval('a')).toBeDefined();
    await store.close();
  });

  it('that breaks between two steps has removed whole approvals, and the next time removes the rest', async () => {
    const store = await openFreshStore();
    for (let at = 0; at < 50; at += 1) {
      await store.addApproval(over(`a${at}`));
      await store.addVote(`a${at}`, aVote());
    }
    const dying = dyingAt(store, 11);
    await expect(remove(dying, { approvals: day })).rejects.toThrow('the roof fell in');
    const left = [];
    for (let at = 0; at < 50; at += 1) {
      const approval = await store.findApproval(`a${at}`);
      const votes = await store.listVotes(`a${at}`);
      expect(votes).toHaveLength(approval ? 1 : 0);
      if (approval) left.push(approval);
    }
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(50);
    const rest = await remove(store, { approvals: day });
    expect(rest.kind === 'done' && rest.removed.get('approvals')?.items).toBe(left.length);
    await store.close();
  });

  it('that breaks between two steps is on record all the same, once, from the next time on', async () => {
    const store = await openFreshStore();
    for (let at = 0; at < 50; at += 1) await store.addApproval(over(`a${at}`));
    const dying = dyingAt(store, 11);
    await expect(remove(dying, { approvals: day })).rejects.toThrow('the roof fell in');
    let left = 0;
    for (let at = 0; at < 50; at += 1) if (await store.findApproval(`a${at}`)) left += 1;
    expect(left).toBeLessThan(50);
    await remove(store, { approvals: 30 * day });
    await remove(store, { approvals: 30 * day });
    expect(await recordedRemovals(store)).toEqual([
      { removed: { approvals: 50 - left }, kept: { approvals: day } },
      { removed: { approvals: left }, kept: { approvals: 30 * day } },
    ]);
    await store.close();
  });

  it('that breaks while the ledger is cut has the records that are gone on record the next time', async () => {
    const store = await chainOf(510, (at) => ({ atMs: noonMs + at }));
    let cuts = 0;
    const dying = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name === 'inTransaction')
          return async (work: (transaction: Transaction) => Promise<unknown>) => {
            if (cuts === 1) throw new Error('the roof fell in');
            const done = await target.inTransaction(work);
            if (done === 500) cuts += 1;
            return done;
          };
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await expect(remove(dying, keep(80))).rejects.toThrow('the roof fell in');
    expect(await numbersOf(store)).toHaveLength(11);
    await remove(store, {});
    expect(await recordedRemovals(store)).toMatchObject([{ removed: { ledger: 500 } }]);
    await remove(store, keep(80));
    expect(await recordedRemovals(store)).toMatchObject([
      { removed: { ledger: 500 } },
      { removed: { ledger: 10 } },
    ]);
    await store.close();
  });
});

describe('forgetting a person', () => {
  it('removes what is known of them, and records their member id without a name', async () => {
    const store = await openFreshStore();
    await store.rememberPerson(aPerson(), noonMs);
    await store.openHome(aPersonId(), { nowMs: noonMs, isAnew: true });
    const result = await forgetPerson(contextOf(store), aPersonId());
    expect(result).toMatchObject({ kind: 'forgotten', rows: { profiles: 1, homes: 1, links: 0 } });
    expect(await store.recallPerson(aPersonId())).toBeUndefined();
    expect(await store.findHome(aPersonId())).toBeUndefined();
    const [record] = await store.listLedger({ system: '', after: 0, limit: 9 });
    expect(record).toMatchObject({ kind: 'forgotten', person: 'T0EXAMPLE/U0ADA' });
    expect(record?.body).not.toContain(aPerson().name);
    await store.close();
  });

  it('removes how they want their messages, and the notes that name them', async () => {
    const store = await openFreshStore();
    const [person, other] = [aPersonId(), aPersonId('U0BO')];
    for (const id of [person, other]) {
      await store.putPreferences({ person: id, ...usualPreferences }, undefined);
      await store.putNote(`reminded/${personKey(id)}`, String(noonMs));
    }
    await store.putNote(`nudged-by/${personKey(person)}`, JSON.stringify({ [personKey(other)]: noonMs }));
    const byOther = JSON.stringify({ [personKey(person)]: noonMs, 'T0EXAMPLE/U0CY': noonMs });
    await store.putNote(`nudged-by/${personKey(other)}`, byOther);
    const learned = (...people: readonly PersonId[]) => JSON.stringify({ atMs: noonMs, people });
    await store.putNote('people-of/PKI/S1', learned(other, person));
    await store.putNote('people-of/PKI/S2', learned(other));
    const result = await forgetPerson(contextOf(store), person);
    expect(result).toMatchObject({ kind: 'forgotten', rows: { preferences: 1, notes: 4 } });
    expect(await store.findPreferences(person)).toBeUndefined();
    for (const key of ['reminded', 'nudged-by'])
      expect(await store.getNote(`${key}/${personKey(person)}`)).toBeUndefined();
    expect(await store.getNote('people-of/PKI/S1')).toBeUndefined();
    expect(await store.getNote('people-of/PKI/S2')).toBeDefined();
    expect(await store.findPreferences(other)).toBeDefined();
    expect(await store.getNote(`reminded/${personKey(other)}`)).toBe(String(noonMs));
    expect(await store.getNote(`nudged-by/${personKey(other)}`)).toBe(
      JSON.stringify({ 'T0EXAMPLE/U0CY': noonMs }),
    );
    await store.close();
  });

  it('of whom nothing is stored is said to be so, and is not on record', async () => {
    const store = await openFreshStore();
    expect(await forgetPerson(contextOf(store), aPersonId())).toEqual({ kind: 'nothing-stored' });
    expect(await store.listLedger({ system: '', after: 0, limit: 9 })).toEqual([]);
    await store.close();
  });

  it('is refused while a suspension, an open vote or a held decision of theirs stands', async () => {
    const store = await openFreshStore();
    const person = aPersonId();
    await store.rememberPerson(aPerson(), noonMs);
    await store.suspend({ person, name: 'Ada', receipt: 'R1', atMs: noonMs });
    await store.addApproval(anApproval());
    await store.addVote('approval-a', aVote());
    await store.addSignal(aSignal({ approvalId: 'approval-a', phase: 'claimed' }));
    expect(await forgetPerson(contextOf(store), person)).toEqual({
      kind: 'still-needed',
      why: ['suspension', 'vote', 'decision'],
    });
    expect(await store.recallPerson(person)).toBeDefined();
    await store.close();
  });
});
