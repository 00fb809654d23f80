import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { openPostgresStore } from '../../../src/stores/postgres.js';
import { anApproval, aSignal } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';
import { describePostgres } from '../../support/postgres/describe-postgres.js';

const hourMs = 3_600_000;
const leaseMs = 30_000;

/** A bot with a clock of its own. */
interface ClockedBot {
  readonly store: Store;
  readonly now: () => number;
}

describePostgres('bots whose clocks differ by an hour', (server) => {
  let right: ClockedBot;
  let fast: ClockedBot;
  beforeEach(async () => {
    const url = await server().newDatabase();
    const open = async (now: () => number): Promise<ClockedBot> => ({
      store: await openPostgresStore({ url, password: server().password, ownClock: now }),
      now,
    });
    right = await open(() => Date.now());
    fast = await open(() => Date.now() + hourMs);
  });
  afterEach(async () => {
    await right.store.close();
    await fast.store.close();
  });

  const claim = ({ store, now }: ClockedBot, claimedAs: string) =>
    store.claimDueDeliveries({ nowMs: now(), limit: 10, leaseMs, claim: claimedAs });
  const want = async ({ store, now }: ClockedBot, channel: string) => {
    await store.addApproval(anApproval());
    await store.addCard('approval-a', { kind: 'channel', channel }, 10, now());
  };

  it('agree on who is the one bot', async () => {
    expect(await right.store.acquireBotLease('right', right.now(), leaseMs)).toBe(true);
    expect(await fast.store.acquireBotLease('fast', fast.now(), leaseMs)).toBe(false);
    await right.store.releaseBotLease('right');
    expect(await fast.store.acquireBotLease('fast', fast.now(), leaseMs)).toBe(true);
    expect(await right.store.acquireBotLease('right', right.now(), leaseMs)).toBe(false);
  });

  it('agree on who holds a lease, and take over from one that has ended', async () => {
    const acquire = ({ store, now }: ClockedBot, replicaId: string, forMs: number) =>
      store.acquireLease({ name: 'observe', replicaId: replicaId, nowMs: now(), leaseMs: forMs });
    expect(await acquire(right, 'right', leaseMs)).toEqual({ fence: 1 });
    expect(await acquire(fast, 'fast', leaseMs)).toBeUndefined();
    expect(await acquire(right, 'right', -1)).toEqual({ fence: 1 });
    expect(await acquire(fast, 'fast', leaseMs)).toEqual({ fence: 2 });
    expect(await acquire(right, 'right', leaseMs)).toBeUndefined();
  });

  it('agree on who works on a signal', async () => {
    await right.store.addApproval(anApproval());
    await right.store.addSignal(aSignal({ leaseUntilMs: 0 }));
    expect(await fast.store.takeSignal('signal-1', 'fast', fast.now(), leaseMs)).toBeDefined();
    expect(await right.store.takeSignal('signal-1', 'right', right.now(), leaseMs)).toBeUndefined();
  });

  it('deliver at once what the other wants said', async () => {
    await want(fast, 'C0');
    expect(await claim(right, 'right')).toHaveLength(1);
    await want(right, 'C1');
    expect(await claim(fast, 'fast')).toHaveLength(1);
  });

  it('say at once in a thread what the other wants said there', async () => {
    const incident = anIncident();
    await right.store.addIncident(incident);
    await right.store.addAlert(incident.id, { kind: 'channel', channel: 'C0' }, right.now());
    await claim(right, 'right');
    const say = ({ store, now }: ClockedBot) =>
      store.wantFollowUp(incident.id, 'more', { kind: 'more' }, now());
    await say(fast);
    const [followUp] = await claim(right, 'right');
    expect(followUp?.subject).toMatchObject({ kind: 'follow-up' });
    await right.store.markDelivered(followUp?.id ?? '', {
      message: { channel: 'C0', ts: '2' },
      version: 1,
      claim: followUp?.claim,
    });
    await say(fast);
    expect(await claim(right, 'right')).toHaveLength(1);
  });

  it('leave what the other is delivering alone', async () => {
    await want(right, 'C0');
    await claim(right, 'right');
    expect(await claim(fast, 'fast')).toEqual([]);
  });

  it('share a lane, and keep it closed for as long as the chat asked', async () => {
    const rateLimit = { everyMs: 60_000, burst: 1 };
    expect(await fast.store.takeSlot('C0', rateLimit, fast.now())).toBe(0);
    const waitMs = await right.store.takeSlot('C0', rateLimit, right.now());
    expect(waitMs).toBeGreaterThan(50_000);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    await fast.store.blockLimiter('C1', fast.now() + 10_000);
    const blockedMs = await right.store.takeSlot('C1', rateLimit, right.now());
    expect(blockedMs).toBeGreaterThan(5_000);
    expect(blockedMs).toBeLessThanOrEqual(11_000);
  });
});
