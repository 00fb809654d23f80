import { expect, it } from '@jest/globals';
import type { Incident, Mute } from '../../../../src/domain/incident.js';
import { ChangedMeanwhile, type Store } from '../../../../src/ports/store.js';
import { aPersonId, noonMs } from '../../../support/an-approval.js';
import { anIncident } from '../../../support/an-incident.js';

const over = { kind: 'resolved', atMs: noonMs, how: { kind: 'quiet' } } as const;
const mute: Mute = { key: 'key-1', untilMs: noonMs + 60_000, person: aPersonId(), name: 'Ada Okafor' };

/** What holds for incidents, and for what nobody wants to hear of, in every store. */
export function describeIncidents(store: () => Store): void {
  const kept = async (id = 'incident-1'): Promise<Incident | undefined> => store().findIncident(id);

  it('gives an incident back as it was added', async () => {
    const owner = { person: aPersonId(), name: 'Ada Okafor', atMs: noonMs };
    await store().addIncident(anIncident({ owner }));
    expect(await kept()).toEqual(anIncident({ owner }));
    expect(await kept('none')).toBeUndefined();
  });

  it('gives out the code of an incident once, and refuses one that was given out', async () => {
    await store().addIncident(anIncident());
    expect(await store().isCodeTaken('KA17')).toBe(true);
    const other = anIncident({ id: 'incident-2', key: 'key-2' });
    await expect(store().addIncident(other)).rejects.toThrow();
    expect(await kept('incident-2')).toBeUndefined();
  });

  it('leaves a run the code of its own', async () => {
    const [sample] = anIncident().samples;
    if (!sample) throw new Error('This incident has a sample');
    await store().addCode(sample.code, sample.ref);
    await store().addIncident(anIncident());
    expect(await store().codeOf(sample.ref)).toBe(sample.code);
  });

  it('finds the open incident of a key, and none that is over', async () => {
    const { key } = anIncident();
    await store().addIncident(anIncident());
    expect(await store().findOpenIncident(key)).toEqual(anIncident());
    expect(await store().findOpenIncident('other')).toBeUndefined();
    await store().saveIncident(anIncident({ state: over }), noonMs);
    expect(await store().findOpenIncident(key)).toBeUndefined();
  });

  it('has one open incident of a key, however many add one at once', async () => {
    const rivals = ['a', 'b', 'c'].map((id) => anIncident({ id, code: `K${id}` }));
    const added = await Promise.allSettled(rivals.map((one) => store().addIncident(one)));
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store().listOpenIncidents('command')).toHaveLength(1);
  });

  it('has room for another incident of a key once the first is over', async () => {
    await store().addIncident(anIncident());
    await store().saveIncident(anIncident({ state: over }), noonMs);
    const next = anIncident({ id: 'incident-2', code: 'KA18' });
    await store().addIncident(next);
    expect(await store().findOpenIncident(next.key)).toEqual(next);
  });

  it('lists open incidents of a system, oldest first', async () => {
    for (const id of ['b', 'a', 'c']) {
      await store().addIncident(anIncident({ id, code: `K${id}`, key: id }));
    }
    await store().addIncident(anIncident({ id: 'x', code: 'KX', key: 'x', system: 'other' }));
    await store().saveIncident(anIncident({ id: 'a', code: 'Ka', key: 'a', state: over }), noonMs);
    expect((await store().listOpenIncidents('command')).map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('saves under the next version, and refuses what was changed meanwhile', async () => {
    await store().addIncident(anIncident());
    const saved = await store().saveIncident(anIncident({ count: 2 }), noonMs);
    expect(saved).toEqual({ ...anIncident({ count: 2 }), version: 2 });
    expect(await kept()).toEqual(saved);
    const late = store().saveIncident(anIncident({ count: 7 }), noonMs);
    await expect(late).rejects.toBeInstanceOf(ChangedMeanwhile);
    expect(await kept()).toEqual(saved);
  });

  it('refuses to save an incident that was never added', async () => {
    await expect(store().saveIncident(anIncident(), noonMs)).rejects.toBeInstanceOf(ChangedMeanwhile);
  });

  it('lets one of two who save at once win', async () => {
    await store().addIncident(anIncident());
    const saves = [2, 3].map((count) => store().saveIncident(anIncident({ count }), noonMs));
    const done = await Promise.allSettled(saves);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await kept())?.version).toBe(2);
  });

  it('gives a mute back, also when it is over, and the later one in place of the earlier', async () => {
    await store().putMute(mute);
    expect(await store().findMute('key-1')).toEqual(mute);
    const longer = { ...mute, untilMs: noonMs + 120_000, name: 'Bo Tran' };
    await store().putMute(longer);
    expect(await store().findMute('key-1')).toEqual(longer);
    expect(await store().findMute('key-2')).toBeUndefined();
  });

  it('ends a mute, and does nothing where there is none', async () => {
    await store().putMute(mute);
    await store().putMute({ ...mute, key: 'key-2' });
    await store().removeMute('key-1');
    await store().removeMute('key-1');
    expect(await store().findMute('key-1')).toBeUndefined();
    expect(await store().findMute('key-2')).toBeDefined();
  });

  it('keeps nothing of a transaction that fails', async () => {
    const work = store().inTransaction(async (transaction) => {
      await transaction.addIncident(anIncident());
      await transaction.putMute(mute);
      throw new Error('the roof fell in');
    });
    await expect(work).rejects.toThrow('the roof fell in');
    expect(await kept()).toBeUndefined();
    expect(await store().findMute('key-1')).toBeUndefined();
    expect(await store().isCodeTaken('KA17')).toBe(false);
  });
}
