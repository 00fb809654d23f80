import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

const leaseMs = 30_000;

/** What holds in every store for rights that one run of the bot has at a time. */
export function describeLeases(store: () => Store): void {
  const acquire = (replicaId: string, nowMs: number, name = 'observe') =>
    store().acquireLease({ name, replicaId: replicaId, nowMs, leaseMs });

  it('gives a right to the first who asks, until the lease has ended', async () => {
    expect(await acquire('one', noonMs)).toEqual({ fence: 1 });
    expect(await acquire('two', noonMs + leaseMs - 1)).toBeUndefined();
    expect(await acquire('two', noonMs + leaseMs)).toEqual({ fence: 2 });
    expect(await acquire('one', noonMs + leaseMs + 1)).toBeUndefined();
  });

  it('gives away a right that ends later than anybody takes one, since a wrong clock took it', async () => {
    const yearMs = 365 * 24 * 3_600_000;
    await acquire('one', noonMs + yearMs);
    expect(await acquire('two', noonMs)).toEqual({ fence: 2 });
  });

  it('renews a right under the same fence', async () => {
    await acquire('one', noonMs);
    expect(await acquire('one', noonMs + 20_000)).toEqual({ fence: 1 });
    expect(await acquire('two', noonMs + leaseMs)).toBeUndefined();
    expect(await acquire('two', noonMs + 20_000 + leaseMs)).toEqual({ fence: 2 });
  });

  it('lets a right that was given back be taken at once, under a higher fence', async () => {
    await acquire('one', noonMs);
    await store().releaseLease('observe', 'one');
    expect(await acquire('two', noonMs + 1)).toEqual({ fence: 2 });
    await store().releaseLease('observe', 'two');
    expect(await acquire('two', noonMs + 2)).toEqual({ fence: 3 });
  });

  it('lets nobody give back what somebody else holds by now', async () => {
    await acquire('one', noonMs);
    await acquire('two', noonMs + leaseMs);
    await store().releaseLease('observe', 'one');
    expect(await acquire('three', noonMs + leaseMs + 1)).toBeUndefined();
  });

  it('keeps rights of different names apart', async () => {
    await acquire('one', noonMs);
    expect(await acquire('two', noonMs, 'deliver')).toEqual({ fence: 1 });
  });

  it('gives a right to one of several who ask at once', async () => {
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map((replicaId) => acquire(replicaId, noonMs)));
    expect(replies.filter((reply) => reply !== undefined)).toEqual([{ fence: 1 }]);
  });

  it('tells whether a right has gone to another replica', async () => {
    const fence = { name: 'observe', fence: 1 };
    expect(await store().stands(fence)).toBe(false);
    await acquire('one', noonMs);
    expect(await store().stands(fence)).toBe(true);
    expect(await store().inTransaction((transaction) => transaction.stands(fence))).toBe(true);
    await acquire('two', noonMs + leaseMs);
    expect(await store().stands(fence)).toBe(false);
  });

  it('lists who holds rights, and forgets those that ended', async () => {
    await acquire('one', noonMs, 'replica/one');
    await acquire('two', noonMs + 10, 'replica/two');
    await acquire('one', noonMs, 'observe/one');
    expect(await store().listLeaseReplicaIds('replica/', noonMs + leaseMs - 1)).toEqual(['one', 'two']);
    expect(await store().listLeaseReplicaIds('replica/', noonMs + leaseMs)).toEqual(['two']);
    await store().forgetLeases('replica/', noonMs + leaseMs + 1);
    expect(await store().listLeaseReplicaIds('replica/', noonMs)).toEqual(['two']);
    expect(await store().stands({ name: 'observe/one', fence: 1 })).toBe(true);
  });
}
