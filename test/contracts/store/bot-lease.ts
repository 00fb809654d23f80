import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

/** What holds in every store for being the one running bot. */
export function describeBotLease(store: () => Store): void {
  it('tells who holds the right', async () => {
    expect(await store().getBotReplicaId()).toBeUndefined();
    await store().acquireBotLease('one', noonMs, 30_000);
    expect(await store().getBotReplicaId()).toBe('one');
  });

  it('refuses a second bot', async () => {
    expect(await store().acquireBotLease('one', noonMs, 30_000)).toBe(true);
    expect(await store().acquireBotLease('two', noonMs + 29_999, 30_000)).toBe(false);
  });

  it('lets a second bot have what is shared once the lease of the first has ended, or is a wrong clock’s', async () => {
    // Whoever holds a file lives, whatever the clock says.
    const { isShared } = store();
    await store().acquireBotLease('one', noonMs, 30_000);
    expect(await store().acquireBotLease('two', noonMs + 30_000, 30_000)).toBe(isShared);
    expect(await store().acquireBotLease('one', noonMs + 30_001, 30_000)).toBe(!isShared);
    const yearMs = 365 * 24 * 3_600_000;
    expect(await store().acquireBotLease('three', noonMs - yearMs, 30_000)).toBe(isShared);
  });

  it('lets the running bot renew its lease', async () => {
    await store().acquireBotLease('one', noonMs, 30_000);
    expect(await store().acquireBotLease('one', noonMs + 20_000, 30_000)).toBe(true);
    expect(await store().acquireBotLease('two', noonMs + 40_000, 30_000)).toBe(false);
  });

  it('lets the next bot start at once when the right was given back', async () => {
    await store().acquireBotLease('one', noonMs, 30_000);
    await store().releaseBotLease('two');
    expect(await store().acquireBotLease('two', noonMs + 1, 30_000)).toBe(false);
    await store().releaseBotLease('one');
    expect(await store().acquireBotLease('two', noonMs + 2, 30_000)).toBe(true);
  });
}
