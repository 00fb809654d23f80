import { beforeEach, expect, it } from '@jest/globals';
import type { Delivery } from '../../../src/domain/notification.js';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, noonMs } from '../../support/an-approval.js';

const leaseMs = 30_000;
const inC0: (ts: string) => { channel: string; ts: string } = (ts) => ({ channel: 'C0', ts });

/** What holds in every store for deliveries being handed out and taken back. */
export function describeClaims(store: () => Store): void {
  const want = (channel: string, priority: number, dueAtMs: number) =>
    store().addCard('approval-a', { kind: 'channel', channel }, priority, dueAtMs);
  const claim = (nowMs: number, claimedAs = `claim-${nowMs}`, limit = 100) =>
    store().claimDueDeliveries({ nowMs, limit, leaseMs, claim: claimedAs });
  const tryPosting = (id: string, claimedAs: string, nowMs = noonMs) =>
    store().markTrying(id, { claim: claimedAs, isPost: true, nowMs, leaseMs });
  const wantAndClaim = async (): Promise<Delivery> => {
    await want('C0', 10, noonMs);
    const [delivery] = await claim(noonMs, 'mine');
    if (!delivery) throw new Error('Nothing was due');
    return delivery;
  };

  beforeEach(async () => {
    await store().addApproval(anApproval());
  });

  it('hands out the most urgent first, then the longest due, then the oldest', async () => {
    await want('third', 10, noonMs - 5);
    await want('fifth', 20, noonMs - 50);
    await want('second', 0, noonMs);
    await want('first', 0, noonMs - 1);
    await want('fourth', 10, noonMs - 5);
    await want('later', 0, noonMs + 1);
    const [two, rest] = [await claim(noonMs, 'a', 2), await claim(noonMs, 'b')];
    const names = [...two, ...rest].map(({ target }) => target.kind === 'channel' && target.channel);
    expect(names).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
  });

  it('hides what is claimed until the lease has ended', async () => {
    expect(await wantAndClaim()).toMatchObject({ claim: 'mine', attempts: 0, dueAtMs: noonMs + leaseMs });
    expect(await claim(noonMs + leaseMs - 1)).toEqual([]);
    expect(await claim(noonMs + leaseMs, 'other')).toMatchObject([{ claim: 'other', attempts: 0 }]);
  });

  it('hands each delivery to one of two workers who ask at once', async () => {
    for (const channel of ['a', 'b', 'c']) await want(channel, 10, noonMs);
    const [one, two] = await Promise.all([claim(noonMs, 'one', 2), claim(noonMs, 'two', 2)]);
    expect(new Set([...one, ...two].map(({ id }) => id)).size).toBe(3);
  });

  it('does not let go of a claimed card when its approval changes', async () => {
    const { id } = await wantAndClaim();
    await store().saveApproval(anApproval(), 0, noonMs + 1);
    expect(await claim(noonMs + 2)).toEqual([]);
    await store().markDelivered(id, { message: inC0('1'), version: 1 });
    expect(await claim(noonMs + 2)).toMatchObject([{ id, wantedVersion: 2, shownVersion: 1, attempts: 0 }]);
  });

  it('is done with a card that shows what is wanted', async () => {
    const { id } = await wantAndClaim();
    await tryPosting(id, 'mine');
    await store().markDelivered(id, { message: inC0('1'), version: 1 });
    expect(await store().countPending()).toBe(0);
    expect(await store().nextDueMs()).toBeUndefined();
    const [card] = await store().listCards('approval-a');
    expect(card).toMatchObject({ shownVersion: 1, attempts: 0, mayHavePosted: false, message: inC0('1') });
    expect(card).not.toHaveProperty('claim');
  });

  it('remembers that a post was about to be tried', async () => {
    const { id } = await wantAndClaim();
    await tryPosting(id, 'mine');
    expect(await claim(noonMs + leaseMs)).toMatchObject([{ id, mayHavePosted: true }]);
  });

  it('never forgets that a post was lost, even when a later one succeeded', async () => {
    const { id } = await wantAndClaim();
    await tryPosting(id, 'mine');
    await store().postponeDelivery(id, {
      dueAtMs: noonMs + 1,
      error: 'lost',
      wasTried: true,
      mayHavePosted: true,
    });
    const [again] = await claim(noonMs + 1, 'again');
    await tryPosting(again?.id ?? '', 'again');
    await store().markDelivered(id, { message: inC0('2'), version: 1 });
    expect(await store().listCards('approval-a')).toMatchObject([{ mayHavePosted: true }]);
  });

  it('takes back at once what a dead bot was delivering', async () => {
    const { id } = await wantAndClaim();
    await tryPosting(id, 'mine');
    await store().reclaimDeliveries(noonMs + 1);
    expect(await claim(noonMs + 1, 'again')).toMatchObject([{ id, mayHavePosted: true }]);
    expect(await tryPosting(id, 'mine')).toBe(false);
  });

  it('counts waiting for a turn as no attempt', async () => {
    const { id } = await wantAndClaim();
    await store().postponeDelivery(id, {
      dueAtMs: noonMs + 1,
      error: 'turn',
      wasTried: false,
      mayHavePosted: false,
    });
    expect(await claim(noonMs + 1)).toMatchObject([{ id, attempts: 0 }]);
  });

  it('lets nobody post under a claim that went to somebody else or is over', async () => {
    const { id } = await wantAndClaim();
    await claim(noonMs + leaseMs, 'other');
    expect(await tryPosting(id, 'mine')).toBe(false);
    await store().markDelivered(id, { message: inC0('1'), version: 1 });
    expect(await tryPosting(id, 'other')).toBe(false);
  });

  it('tries a postponed delivery again at the time it was given', async () => {
    const { id } = await wantAndClaim();
    await store().postponeDelivery(id, {
      dueAtMs: noonMs + 5,
      error: 'throttled',
      wasTried: true,
      mayHavePosted: false,
    });
    expect(await store().nextDueMs()).toBe(noonMs + 5);
    expect(await claim(noonMs + 4)).toEqual([]);
    expect(await claim(noonMs + 5)).toMatchObject([{ id, mayHavePosted: false, attempts: 1 }]);
    await store().postponeDelivery(id, {
      dueAtMs: noonMs + 9,
      error: 'no answer',
      wasTried: true,
      mayHavePosted: true,
    });
    expect(await claim(noonMs + 9)).toMatchObject([{ id, mayHavePosted: true, attempts: 2 }]);
  });

  it('never tries a delivery again that was given up', async () => {
    const { id } = await wantAndClaim();
    await store().giveUpDelivery(id, { error: 'channel is archived', nowMs: noonMs + 1, version: 1 });
    await store().postponeDelivery(id, {
      dueAtMs: noonMs,
      error: 'late',
      wasTried: false,
      mayHavePosted: false,
    });
    expect(await claim(noonMs + 10 * leaseMs)).toEqual([]);
    expect(await store().countPending()).toBe(0);
  });

  it('tries a card that was given up once more when there is something new to show', async () => {
    const { id } = await wantAndClaim();
    await store().giveUpDelivery(id, { error: 'refused', nowMs: noonMs + 1, version: 1 });
    await store().saveApproval(anApproval(), 0, noonMs + 2);
    expect(await claim(noonMs + 2)).toMatchObject([{ id, wantedVersion: 2, attempts: 0 }]);
  });

  it('tells when the next delivery is due and how many are wanted', async () => {
    expect(await store().nextDueMs()).toBeUndefined();
    expect(await store().countPending()).toBe(0);
    await want('a', 10, noonMs + 7);
    await want('b', 10, noonMs + 3);
    expect(await store().nextDueMs()).toBe(noonMs + 3);
    await claim(noonMs + 3);
    expect(await store().nextDueMs()).toBe(noonMs + 7);
    expect(await store().countPending()).toBe(2);
  });

  it('counts the lease of a claim anew when its turn has come', async () => {
    const { id } = await wantAndClaim();
    expect(await tryPosting(id, 'mine', noonMs + leaseMs - 1)).toBe(true);
    expect(await claim(noonMs + leaseMs, 'other')).toEqual([]);
    expect(await claim(noonMs + 2 * leaseMs - 1, 'other')).toMatchObject([{ id }]);
  });

  it('keeps the card of whoever came after, and the one of before as a copy', async () => {
    const { id } = await wantAndClaim();
    await claim(noonMs + leaseMs, 'other');
    await store().markDelivered(id, { message: inC0('late'), version: 1, claim: 'mine' });
    await store().markDelivered(id, { message: inC0('right'), version: 1, claim: 'other' });
    await store().markDelivered(id, { message: inC0('later'), version: 1, claim: 'mine' });
    const cards = await store().listCards('approval-a');
    expect(cards.map(({ message }) => message?.ts)).toEqual(['right', 'late', 'later']);
    expect(await store().countPending()).toBe(2);
  });

  it('shows a card again that was edited under a claim that is over', async () => {
    const { id } = await wantAndClaim();
    await store().markDelivered(id, { message: inC0('1'), version: 1, claim: 'mine' });
    await store().saveApproval(anApproval(), 0, noonMs + 1);
    await claim(noonMs + 1, 'frozen');
    await store().saveApproval(anApproval({ version: 2 }), 0, noonMs + leaseMs);
    await claim(noonMs + 1 + leaseMs, 'next');
    await store().markDelivered(id, { message: inC0('1'), version: 3, claim: 'next' });
    expect(await store().countPending()).toBe(0);
    await store().markDelivered(id, { message: inC0('1'), version: 2, claim: 'frozen' });
    expect(await claim(noonMs + 2 * leaseMs, 'last')).toMatchObject([{ id, wantedVersion: 3 }]);
  });

  it('shows a card again when nobody knows what an edit did under a claim that is over', async () => {
    const { id } = await wantAndClaim();
    await store().markDelivered(id, { message: inC0('1'), version: 1, claim: 'mine' });
    const until = { dueAtMs: noonMs + 5, error: 'unknown', mayHavePosted: false, claim: 'frozen' };
    await store().postponeDelivery(id, { ...until, wasTried: false });
    expect(await store().countPending()).toBe(0);
    await store().postponeDelivery(id, { ...until, wasTried: true });
    expect(await store().countPending()).toBe(1);
  });

  it('lets nobody postpone or give up what somebody else has taken over', async () => {
    const { id } = await wantAndClaim();
    await claim(noonMs + leaseMs, 'other');
    const until = { dueAtMs: noonMs, error: 'late', wasTried: true, mayHavePosted: true, claim: 'mine' };
    await store().postponeDelivery(id, until);
    await store().giveUpDelivery(id, { error: 'late', nowMs: noonMs, version: 1, claim: 'mine' });
    expect(await tryPosting(id, 'other')).toBe(true);
    expect(await store().countPending()).toBe(1);
  });
}
