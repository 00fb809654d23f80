import { beforeEach, describe, expect, it } from '@jest/globals';
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

  describe('a card nobody has touched for a day', () => {
    const hourMs = 60 * 60_000;
    const show = async () => {
      // A store with a clock of its own knows only that this was long ago.
      const wantedAtMs = Date.now() - 48 * hourMs;
      await store().addCard('approval-a', pki, 10, wantedAtMs);
      const claims = {
        nowMs: Date.now(),
        limit: 100,
        leaseMs: 30_000,
        claim: 'claim-1',
        except: ['C0OTHER'],
      };
      const [first] = await store().claimDueDeliveries(claims);
      await store().markDelivered(first?.id ?? '', { message, version: 1, claim: 'claim-1' });
    };

    it('is claimed for a check once, noted as gone, and put up anew', async () => {
      await show();
      const nowMs = Date.now() + 48 * hourMs;
      const idle = await store().claimIdleCard(nowMs);
      if (store().isShared && !idle) return;
      expect(idle).toMatchObject({ message, wasNotFound: false });
      expect(await store().claimIdleCard(nowMs)).toBeUndefined();
      if (!idle) return;
      await store().noteCardCheck(idle, 'not-found', nowMs);
      expect(await store().countNotFound(pki)).toBe(1);
      expect(await store().listMissingCards()).toMatchObject([{ copies: [{ isNotFound: true }] }]);
      expect(await store().hasOtherCard('approval-a', idle.delivery.id)).toBe(false);
      await store().renewCard(idle, 'anew', nowMs);
      expect(await store().countNotFound(pki)).toBe(0);
      expect(await store().countUnpostedCards()).toMatchObject([{ count: 1 }]);
    });

    it('whose place takes no posts is listed as missing, with its place, and has its message still', async () => {
      await show();
      const [delivery] = await store().listCards('approval-a');
      if (!delivery) throw new Error('The card is gone');
      await store().tryCardAgain({ delivery, message, wasNotFound: true }, noonMs);
      expect(await store().listMissingCards()).toMatchObject([{ copies: [{ wasShown: true }] }]);
      expect(await store().listLostPlaces()).toMatchObject([{ target: pki }]);
      expect(await store().findCardByMessage(message)).toBeDefined();
    });
  });
}
