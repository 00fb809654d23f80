import { beforeEach, expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, aSignal, noonMs } from '../../support/an-approval.js';

/** What holds for signals in every store. */
export function describeSignals(store: () => Store): void {
  beforeEach(async () => {
    await store().addApproval(anApproval());
  });

  it('gives a signal back as it was claimed', async () => {
    const signal = aSignal({ deadlineMs: noonMs + 10_000 });
    expect(await store().addSignal(signal)).toBe(true);
    expect(await store().findSignal(signal.id)).toEqual(signal);
    expect(await store().findSignal('none')).toBeUndefined();
  });

  it('lets an instance be told one thing at a time', async () => {
    await store().addSignal(aSignal());
    expect(await store().addSignal(aSignal({ id: 'signal-2' }))).toBe(false);
    expect(await store().findSignal('signal-2')).toBeUndefined();
  });

  it('lets exactly one of several claims at once win', async () => {
    const claims = ['a', 'b', 'c'].map((id) => store().addSignal(aSignal({ id })));
    expect((await Promise.all(claims)).filter((won) => won)).toHaveLength(1);
  });

  it('lets another instance and another system be told at the same time', async () => {
    await store().addSignal(aSignal());
    const other = aSignal({ id: 'other-id', instance: { system: 'command', id: '2' } });
    const elsewhere = aSignal({ id: 'elsewhere', instance: { ...aSignal().instance, system: 'two' } });
    expect(await store().addSignal(other)).toBe(true);
    expect(await store().addSignal(elsewhere)).toBe(true);
  });

  it('frees an instance once its signal is settled', async () => {
    await store().addSignal(aSignal());
    await store().saveSignal(aSignal({ phase: 'sending', sends: 1 }));
    expect(await store().addSignal(aSignal({ id: 'signal-2' }))).toBe(false);
    await store().saveSignal(aSignal({ phase: 'settled', sends: 1 }));
    expect(await store().addSignal(aSignal({ id: 'signal-2' }))).toBe(true);
    expect(await store().findSignal('signal-1')).toEqual(aSignal({ phase: 'settled', sends: 1 }));
  });

  it('refuses to save a signal nobody claimed', async () => {
    await expect(store().saveSignal(aSignal())).rejects.toThrow('never added');
  });

  it('lists what is not settled in one system, oldest first', async () => {
    const at = (id: string, claimedAtMs: number) =>
      aSignal({ id, claimedAtMs, instance: { system: 'command', id } });
    await store().addSignal(at('late', noonMs + 2));
    await store().addSignal(at('early', noonMs));
    await store().addSignal(at('over', noonMs + 1));
    await store().saveSignal({ ...at('over', noonMs + 1), phase: 'settled' });
    await store().addSignal(aSignal({ id: 'elsewhere', instance: { system: 'other', id: '1' } }));
    expect((await store().listUnsettledSignals('command')).map(({ id }) => id)).toEqual(['early', 'late']);
  });

  it("hands a signal over when its holder's lease has ended, and not before", async () => {
    await store().addSignal(aSignal({ leaseUntilMs: noonMs + 30_000 }));
    expect(await store().takeSignal('signal-1', 'bot-2', noonMs + 29_999, 5_000)).toBeUndefined();
    const taken = aSignal({ replicaId: 'bot-2', leaseUntilMs: noonMs + 35_000 });
    expect(await store().takeSignal('signal-1', 'bot-2', noonMs + 30_000, 5_000)).toEqual(taken);
    expect(await store().findSignal('signal-1')).toEqual(taken);
    expect(await store().takeSignal('signal-1', 'bot-1', noonMs + 30_001, 5_000)).toBeUndefined();
  });

  it('lets the holder take its own signal again at any time', async () => {
    await store().addSignal(aSignal());
    const again = await store().takeSignal('signal-1', 'bot-1', noonMs + 1, 60_000);
    expect(again?.leaseUntilMs).toBe(noonMs + 60_001);
  });

  it('lets nobody take a signal that is settled or was never claimed', async () => {
    await store().addSignal(aSignal());
    await store().saveSignal(aSignal({ phase: 'settled' }));
    expect(await store().takeSignal('signal-1', 'bot-1', noonMs, 5_000)).toBeUndefined();
    expect(await store().takeSignal('none', 'bot-1', noonMs, 5_000)).toBeUndefined();
  });
}
