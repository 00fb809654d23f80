import { expect, it } from '@jest/globals';
import { ChangedMeanwhile, type Store } from '../../../src/ports/store.js';
import { aClick, anApproval, aSignal, aVote, noonMs } from '../../support/an-approval.js';

/** What holds for transactions in every store. */
export function describeTransactions(store: () => Store): void {
  it('keeps everything of a transaction that succeeds, and gives back its result', async () => {
    const result = await store().inTransaction(async (transaction) => {
      await transaction.addApproval(anApproval());
      await transaction.addVote('approval-a', aVote());
      await transaction.addSignal(aSignal());
      await transaction.addCard('approval-a', { kind: 'channel', channel: 'C0' }, 10, noonMs);
      await transaction.takeSlot('C0', { everyMs: 1_000, burst: 1 }, noonMs);
      return 'done';
    });
    expect(result).toBe('done');
    expect(await store().listVotes('approval-a')).toHaveLength(1);
    expect(await store().findSignal('signal-1')).toBeDefined();
    expect(await store().countPending()).toBe(1);
  });

  it('keeps nothing of a transaction that fails', async () => {
    await store().addApproval(anApproval());
    const work = store().inTransaction(async (transaction) => {
      await transaction.saveApproval(anApproval(), 0, noonMs);
      await transaction.addVote('approval-a', aVote());
      await transaction.addClick(aClick());
      await transaction.addSignal(aSignal());
      await transaction.putNote('a', 'b');
      await transaction.addCard('approval-a', { kind: 'channel', channel: 'C0' }, 10, noonMs);
      throw new Error('the roof fell in');
    });
    await expect(work).rejects.toThrow('the roof fell in');
    expect(await store().findApproval('approval-a')).toEqual(anApproval());
    expect(await store().listVotes('approval-a')).toEqual([]);
    expect(await store().findClick('click-1')).toBeUndefined();
    expect(await store().findSignal('signal-1')).toBeUndefined();
    expect(await store().getNote('a')).toBeUndefined();
    expect(await store().countPending()).toBe(0);
  });

  it('takes everything back when a save came too late', async () => {
    await store().addApproval(anApproval());
    const work = store().inTransaction(async (transaction) => {
      await transaction.addVote('approval-a', aVote());
      await transaction.saveApproval(anApproval({ version: 7 }), 0, noonMs);
    });
    await expect(work).rejects.toThrow(ChangedMeanwhile);
    expect(await store().listVotes('approval-a')).toEqual([]);
  });

  it('sees its own writes', async () => {
    await store().inTransaction(async (transaction) => {
      await transaction.addApproval(anApproval());
      expect(await transaction.findApproval('approval-a')).toEqual(anApproval());
    });
  });

  it('runs one transaction after the other', async () => {
    await store().putNote('count', '0');
    const increment = () =>
      store().inTransaction(async (transaction) => {
        const before = Number(await transaction.getNote('count'));
        await new Promise((resolve) => setImmediate(resolve));
        await transaction.putNote('count', String(before + 1));
      });
    await Promise.all(Array.from({ length: 10 }, increment));
    expect(await store().getNote('count')).toBe('10');
  });

  it('works on after a failed transaction', async () => {
    const failed = store().inTransaction(() => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    await store().putNote('a', 'b');
    expect(await store().getNote('a')).toBe('b');
  });
}
