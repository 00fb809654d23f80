import { expect, it } from '@jest/globals';
import type { ChangeRecord } from '../../../src/domain/change.js';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';
import { aChange, anExecution, aProposal } from './a-change.js';

/** What holds for changes on their way in every store. */
export function describeChanges(store: () => Store): void {
  it('gives a change back as it was proposed', async () => {
    await store().addChange(aProposal());
    expect(await store().findChange('change-1')).toEqual(aProposal());
    expect(await store().findChange('none')).toBeUndefined();
  });

  it('gives back a change that lacks all that may be absent', async () => {
    const { code: _code, responseUrl: _url, channel: _channel, ...bare } = aProposal();
    await store().addChange({ ...bare, change: anExecution() });
    expect(await store().findChange('change-1')).toEqual({ ...bare, change: anExecution() });
  });

  it('keeps how a change ended', async () => {
    await store().addChange(aChange({ phase: 'following' }));
    const over = aChange({
      phase: 'over',
      deadlineMs: noonMs + 10_000,
      outcome: { kind: 'done', started: { system: 'command', id: '2' } },
    });
    expect(await store().saveChange(over, 'following')).toBe(true);
    expect(await store().findChange('change-1')).toEqual(over);
  });

  it('refuses to write over a change under the same id', async () => {
    await store().addChange(aProposal());
    await expect(store().addChange(aProposal({ title: 'Other' }))).rejects.toThrow();
    expect(await store().findChange('change-1')).toEqual(aProposal());
  });

  it('tells the slower of two who confirm a proposal that it is too late', async () => {
    await store().addChange(aProposal());
    const clicks = ['bot-1', 'bot-2'].map((replicaId) =>
      store().saveChange(aChange({ replicaId: replicaId }), 'proposed'),
    );
    const saved = await Promise.all(clicks);
    expect(saved.filter((isSaved) => isSaved)).toHaveLength(1);
    const winner = saved[0] === true ? 'bot-1' : 'bot-2';
    expect(await store().findChange('change-1')).toEqual(aChange({ replicaId: winner }));
  });

  it('saves within a phase, too', async () => {
    await store().addChange(aChange({ phase: 'following' }));
    const found = aChange({ phase: 'following', started: { system: 'command', id: '2' } });
    expect(await store().saveChange(found, 'following')).toBe(true);
    expect(await store().findChange('change-1')).toEqual(found);
  });

  it('saves nothing over another phase, nor for a change that was never added', async () => {
    await store().addChange(aChange({ phase: 'over', outcome: { kind: 'unknown' } }));
    expect(await store().saveChange(aChange({ phase: 'sending' }), 'confirmed')).toBe(false);
    expect(await store().saveChange(aChange({ id: 'none' }), 'proposed')).toBe(false);
    expect((await store().findChange('change-1'))?.phase).toBe('over');
    expect(await store().findChange('none')).toBeUndefined();
  });

  it('lists what was confirmed and is not over, oldest first', async () => {
    const add = (id: string, phase: ChangeRecord['phase'], confirmedAtMs: number) =>
      store().addChange(aChange({ id, phase, confirmedAtMs }));
    await add('c', 'confirmed', noonMs + 3);
    await add('a', 'following', noonMs + 2);
    await add('b', 'sending', noonMs + 1);
    await add('d', 'over', noonMs);
    await store().addChange(aProposal({ id: 'e' }));
    expect((await store().listOpenChanges()).map(({ id }) => id)).toEqual(['b', 'a', 'c']);
  });

  it('lists confirmed changes that answer an activity, whichever run they name, and no others', async () => {
    const replies = (activityId: string, run = 'Leave WF#1001', system = 'plant') =>
      ({ kind: 'alert', instance: { system, id: run }, activityId, output: 'Approved' }) as const;
    await store().addChange(aChange({ id: 'a', change: replies('501') }));
    await store().addChange(
      aChange({ id: 'b', change: replies('501', 'Leave WF#1002'), confirmedAtMs: noonMs + 1 }),
    );
    await store().addChange(aChange({ id: 'c', change: replies('5012') }));
    await store().addChange(aChange({ id: 'd', change: replies('501', 'Leave WF#1001', 'other') }));
    await store().addChange(aProposal({ id: 'e', change: replies('501') }));
    await store().addChange(
      aChange({ id: 'f', change: { kind: 'pause', instance: { system: 'plant', id: '501' } } }),
    );
    expect((await store().listAnswersTo('plant', '501')).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(await store().listAnswersTo('plant', '%')).toEqual([]);
  });

  it('lists a change whole', async () => {
    await store().addChange(aChange());
    expect(await store().listOpenChanges()).toEqual([aChange()]);
  });

  it('keeps no change of a transaction that fails', async () => {
    await store().addChange(aProposal());
    const work = store().inTransaction(async (transaction) => {
      await transaction.saveChange(aChange(), 'proposed');
      await transaction.addChange(aProposal({ id: 'change-2' }));
      await transaction.addCode('Q2Q2', { system: 'command', id: '2' });
      throw new Error('the roof fell in');
    });
    await expect(work).rejects.toThrow('the roof fell in');
    expect(await store().findChange('change-1')).toEqual(aProposal());
    expect(await store().findChange('change-2')).toBeUndefined();
    expect(await store().isCodeTaken('Q2Q2')).toBe(false);
  });
}
