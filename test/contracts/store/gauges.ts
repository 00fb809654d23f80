import { beforeEach, expect, it } from '@jest/globals';
import type { Target } from '../../../src/domain/policy.js';
import { targetKey } from '../../../src/domain/policy.js';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, anInstance, noonMs } from '../../support/an-approval.js';

const pki: Target = { kind: 'channel', channel: 'C0PKI' };
const ops: Target = { kind: 'channel', channel: 'C0OPS' };
const message = { channel: 'C0PKI', ts: '1768478400.000100' };

/** What holds in every store for what is counted for whoever watches the bot. */
export function describeGauges(store: () => Store): void {
  const claim = async () => {
    const claims = { nowMs: noonMs, limit: 100, leaseMs: 30_000, claim: 'claim-1' };
    return (await store().claimDueDeliveries(claims)).map(({ id }) => id);
  };
  const giveUp = async (id: string) => {
    const how = { error: 'channel-gone', nowMs: noonMs, version: 1 };
    await store().giveUpDelivery(id, how);
  };
  const addNotice = (key: string, target: Target) =>
    store().addNotice(key, { kind: 'outcome', approval: anApproval() }, target, noonMs);

  beforeEach(async () => {
    await store().addApproval(anApproval());
  });

  it('counts what is wanted and not shown, by kind, and when the first of it is due', async () => {
    await store().addCard('approval-a', pki, 10, noonMs + 500);
    await store().addCard('approval-a', ops, 10, noonMs);
    await addNotice('outcome:a', pki);
    const counts = await store().countOutbox();
    expect(counts.find(({ kind }) => kind === 'card')?.pending).toBe(2);
    expect(counts.find(({ kind }) => kind === 'notice')?.pending).toBe(1);
    expect(counts.find(({ kind }) => kind === 'alert')).toBeUndefined();
    const due = counts.map(({ oldestDueAtMs }) => typeof oldestDueAtMs);
    expect(due).toEqual(['number', 'number']);
  });

  it('lists an open approval of which no card is shown, with every copy that is not', async () => {
    await store().addCard('approval-a', pki, 10, noonMs);
    await store().addCard('approval-a', ops, 10, noonMs);
    const [first = ''] = await claim();
    await giveUp(first);
    const [missingCards] = await store().listMissingCards();
    expect(missingCards?.approvalId).toBe('approval-a');
    expect(missingCards?.copies).toEqual([
      expect.objectContaining({ place: targetKey(pki), isWanted: false, error: 'channel-gone' }),
      expect.objectContaining({ place: targetKey(ops), isWanted: true, attempts: 0, mayHavePosted: false }),
    ]);
  });

  it('lists an approval for which no place was chosen, without copies', async () => {
    expect(await store().listMissingCards()).toEqual([{ approvalId: 'approval-a', copies: [] }]);
  });

  it('lists no approval with a card, and none that is over', async () => {
    const instance = anInstance({ ref: { system: 'command', id: 'other' } });
    const ended = { kind: 'ended', ending: { kind: 'not-visible' }, atMs: noonMs } as const;
    await store().addApproval(anApproval({ id: 'over', code: 'OVER', instance, state: ended }));
    await store().addCard('approval-a', pki, 10, noonMs);
    const [card = ''] = await claim();
    await store().markDelivered(card, { message, version: 1 });
    expect(await store().listMissingCards()).toEqual([]);
  });

  it('lists an approval again whose card was given up after it had been shown', async () => {
    await store().addCard('approval-a', pki, 10, noonMs);
    const [card = ''] = await claim();
    await store().markDelivered(card, { message, version: 1 });
    await store().saveApproval(anApproval(), 0, noonMs);
    await store().giveUpDelivery(card, { error: 'refused', nowMs: noonMs, version: 2 });
    const [missingCards] = await store().listMissingCards();
    expect(missingCards?.copies).toMatchObject([{ error: 'refused', wasShown: true }]);
  });

  it('lists places that are gone, until something was shown there again', async () => {
    await addNotice('one', ops);
    const [first = ''] = await claim();
    await giveUp(first);
    expect(await store().listLostPlaces()).toEqual([{ target: ops, sinceMs: noonMs }]);
    await addNotice('two', ops);
    const [second = ''] = await claim();
    await store().markDelivered(second, { message: { ...message, channel: 'C0OPS' }, version: 1 });
    expect(await store().listLostPlaces()).toEqual([]);
  });
}
