import { beforeEach, expect, it } from '@jest/globals';
import type { Delivery, Notice } from '../../../src/domain/notification.js';
import type { Target } from '../../../src/domain/policy.js';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, aPersonId, noonMs } from '../../support/an-approval.js';

const channel: Target = { kind: 'channel', channel: 'C0PKI' };
const person: Target = { kind: 'person', person: aPersonId() };
const message = { channel: 'C0PKI', ts: '1768478400.000100' };

/** What holds in every store for where cards are wanted and which message shows them. */
export function describeCards(store: () => Store): void {
  const claim = async (nowMs: number): Promise<readonly Delivery[]> =>
    await store().claimDueDeliveries({ nowMs, limit: 100, leaseMs: 30_000, claim: `c${nowMs}` });
  const claimOne = async (nowMs: number): Promise<Delivery> => {
    const [delivery, ...more] = await claim(nowMs);
    if (!delivery || more.length > 0) throw new Error('Expected exactly one due delivery');
    return delivery;
  };

  beforeEach(async () => {
    await store().addApproval(anApproval());
  });

  it('wants a new card in the version its approval has, once per place', async () => {
    await store().saveApproval(anApproval(), 0, noonMs);
    await store().addCard('approval-a', channel, 10, noonMs);
    await store().addCard('approval-a', channel, 5, noonMs + 1);
    await store().addCard('approval-a', person, 10, noonMs);
    const cards = await store().listCards('approval-a');
    expect(cards.map(({ target }) => target)).toEqual([channel, person]);
    expect(cards[0]).toMatchObject({
      subject: { kind: 'card', approvalId: 'approval-a' },
      wantedVersion: 2,
      shownVersion: 0,
      priority: 10,
      dueAtMs: noonMs,
      attempts: 0,
      mayHavePosted: false,
    });
    expect(cards[0]).not.toHaveProperty('message');
    expect(cards[0]).not.toHaveProperty('claim');
  });

  it('wants no card of an approval that was never put', async () => {
    await expect(store().addCard('nobody', channel, 10, noonMs)).rejects.toThrow('nobody');
    await expect(store().adoptCard('nobody', message, noonMs)).rejects.toThrow('nobody');
  });

  it('queues a notice once per key and place', async () => {
    const notice: Notice = { kind: 'outcome', approval: anApproval() };
    await store().addNotice('outcome:a', notice, person, noonMs);
    await store().addNotice('outcome:a', notice, person, noonMs + 1);
    await store().addNotice('outcome:a', notice, channel, noonMs);
    const due = await claim(noonMs);
    expect(due.map(({ target }) => target)).toEqual([person, channel]);
    expect(due[0]).toMatchObject({ subject: { kind: 'notice', notice }, wantedVersion: 1, shownVersion: 0 });
  });

  it('never says a notice twice that was said', async () => {
    const notice: Notice = { kind: 'outcome', approval: anApproval() };
    await store().addNotice('outcome:a', notice, channel, noonMs);
    const { id, wantedVersion } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: wantedVersion });
    await store().addNotice('outcome:a', notice, channel, noonMs + 1);
    expect(await claim(noonMs + 60_000)).toEqual([]);
    expect(await store().findCardByMessage(message)).toBeUndefined();
  });

  it('gives the message of a notice once it was posted, and none of one that was given up', async () => {
    const notice: Notice = { kind: 'outcome', approval: anApproval() };
    expect(await store().findNoticeMessage('outcome:a')).toBe('none');
    await store().addNotice('outcome:a', notice, channel, noonMs);
    expect(await store().findNoticeMessage('outcome:a')).toBe('not-yet');
    const { id, wantedVersion } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: wantedVersion });
    expect(await store().findNoticeMessage('outcome:a')).toEqual(message);
    await store().addNotice('outcome:b', notice, channel, noonMs);
    const other = await claimOne(noonMs);
    await store().giveUpDelivery(other.id, { error: 'refused', nowMs: noonMs, version: 1 });
    expect(await store().findNoticeMessage('outcome:b')).toBe('none');
  });

  it('has a notice edited that another takes the place of', async () => {
    const notice: Notice = { kind: 'outcome', approval: anApproval() };
    await store().addNotice('outcome:a', notice, channel, noonMs);
    const { id, wantedVersion } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: wantedVersion });
    const next: Notice = { kind: 'outcome-unknown', approval: anApproval() };
    await store().replaceNotice('outcome:a', next, channel, noonMs + 1);
    expect(await claimOne(noonMs + 1)).toMatchObject({ id, message, subject: { notice: next } });
  });

  it('finds a card by its message', async () => {
    await store().addCard('approval-a', channel, 10, noonMs);
    expect(await store().findCardByMessage(message)).toBeUndefined();
    const { id } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: 1 });
    expect(await store().findCardByMessage(message)).toMatchObject({ id, message, shownVersion: 1 });
    expect(await store().findCardByMessage({ ...message, channel: 'C0OTHER' })).toBeUndefined();
  });

  it('makes three changes one due delivery of the last version', async () => {
    await store().addCard('approval-a', channel, 10, noonMs);
    const { id } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: 1 });
    for (const version of [1, 2, 3]) {
      await store().saveApproval(anApproval({ version }), 20, noonMs + version);
    }
    expect(await store().countPending()).toBe(1);
    expect(await claimOne(noonMs + 3)).toMatchObject({
      wantedVersion: 4,
      shownVersion: 1,
      message,
      priority: 20,
    });
  });

  it('keeps the more urgent of two wishes until the card is shown', async () => {
    await store().addCard('approval-a', channel, 10, noonMs);
    const { id } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: 1 });
    await store().saveApproval(anApproval(), 0, noonMs);
    await store().saveApproval(anApproval({ version: 2 }), 20, noonMs);
    expect((await claimOne(noonMs)).priority).toBe(0);
  });

  it('makes every copy due when an approval changes, and no card of another', async () => {
    await store().addApproval(anApproval({ id: 'approval-b', code: 'B', attempt: 2 }));
    await store().addCard('approval-b', channel, 10, noonMs + 1_000);
    await store().addCard('approval-a', channel, 10, noonMs + 1_000);
    await store().addCard('approval-a', person, 10, noonMs + 1_000);
    await store().saveApproval(anApproval(), 0, noonMs);
    expect((await claim(noonMs)).map(({ target }) => target)).toEqual([channel, person]);
  });

  it('keeps a copy of a card true that nobody knew of', async () => {
    await store().addCard('approval-a', channel, 10, noonMs);
    await claimOne(noonMs);
    await store().adoptCard('approval-a', message, noonMs + 1);
    await store().adoptCard('approval-a', message, noonMs + 2);
    expect(await claimOne(noonMs + 2)).toMatchObject({
      target: channel,
      message,
      wantedVersion: 1,
      shownVersion: 0,
    });
    expect(await store().findCardByMessage(message)).toBeDefined();
    expect(await store().listCards('approval-a')).toHaveLength(2);
  });

  it('adopts no message that a card knows to be its own', async () => {
    await store().addCard('approval-a', channel, 10, noonMs);
    const { id } = await claimOne(noonMs);
    await store().markDelivered(id, { message, version: 1 });
    await store().adoptCard('approval-a', message, noonMs);
    expect(await store().listCards('approval-a')).toHaveLength(1);
    expect(await store().countPending()).toBe(0);
  });

  it('gives an adopted message to the delivery that turns out to have posted it', async () => {
    await store().addCard('approval-a', channel, 10, noonMs);
    const { id } = await claimOne(noonMs);
    await store().adoptCard('approval-a', message, noonMs);
    await store().markDelivered(id, { message, version: 1 });
    expect(await store().listCards('approval-a')).toHaveLength(1);
    expect((await store().findCardByMessage(message))?.id).toBe(id);
  });
}
