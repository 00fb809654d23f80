import { expect, it } from '@jest/globals';
import { priorities } from '../../../src/domain/notification.js';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, noonMs } from '../../support/an-approval.js';

const pki = { kind: 'channel', channel: 'C0PKI' } as const;
const web = { kind: 'channel', channel: 'C0WEB' } as const;

/** Digests, and the cards they stand for. */
export function describeDigests(store: () => Store): void {
  it('counts cards that were never posted, by place', async () => {
    await store().addApproval(anApproval());
    expect(await store().countUnpostedCards()).toEqual([]);
    await store().addCard('approval-a', pki, priorities.newCard, noonMs);
    await store().addCard('approval-a', web, priorities.newCard, noonMs);
    expect(await store().countUnpostedCards()).toEqual([
      { target: pki, count: 1 },
      { target: web, count: 1 },
    ]);
    const [due] = await store().claimDueDeliveries({ nowMs: noonMs, limit: 1, leaseMs: 1_000, claim: 'a' });
    await store().markDelivered(due?.id ?? '', {
      message: { channel: 'C0PKI', ts: '1.1' },
      version: 1,
      claim: 'a',
    });
    expect(await store().countUnpostedCards()).toEqual([{ target: web, count: 1 }]);
  });

  it('keeps a digest until its count is zero, as one message', async () => {
    await store().wantDigest({ id: 'd1', target: pki, count: 12 }, noonMs);
    await store().wantDigest({ id: 'd1', target: pki, count: 7 }, noonMs + 1);
    expect(await store().listLiveDigests()).toEqual([
      { id: 'd1', target: pki, count: 7, countedAtMs: noonMs + 1, isPosted: false },
    ]);
    const due = await store().claimDueDeliveries({ nowMs: noonMs + 1, limit: 9, leaseMs: 1_000, claim: 'a' });
    expect(due.map(({ subject }) => subject)).toEqual([{ kind: 'digest', count: 7 }]);
    await store().wantDigest({ id: 'd1', target: pki, count: 0 }, noonMs + 2);
    expect(await store().listLiveDigests()).toEqual([]);
  });

  it('finds the digest that stands for a card, once it is posted and until the card is', async () => {
    await store().addApproval(anApproval());
    await store().addCard('approval-a', pki, priorities.newCard, noonMs);
    await store().wantDigest({ id: 'd1', target: pki, count: 12 }, noonMs);
    expect(await store().findDigestFor('approval-a')).toBeUndefined();
    const [digest, card] = await store().claimDueDeliveries({
      nowMs: noonMs,
      limit: 9,
      leaseMs: 1_000,
      claim: 'a',
    });
    const message = { channel: 'C0PKI', ts: '1.1' };
    await store().markDelivered(digest?.id ?? '', { message, version: 1, claim: 'a' });
    expect(await store().listLiveDigests()).toMatchObject([{ isPosted: true }]);
    expect(await store().findDigestFor('approval-a')).toEqual(message);
    expect(await store().findDigestFor('another')).toBeUndefined();
    await store().markDelivered(card?.id ?? '', {
      message: { channel: 'C0PKI', ts: '1.2' },
      version: 1,
      claim: 'a',
    });
    expect(await store().findDigestFor('approval-a')).toBeUndefined();
    expect(await store().isDigestFor('approval-a', message)).toBe(true);
    expect(await store().isDigestFor('another', message)).toBe(false);
    expect(await store().isDigestFor('approval-a', { channel: 'C0PKI', ts: '1.2' })).toBe(false);
  });
}
