import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

/** What holds in every store for being the one running bot. */
export function describeBotLease(store: () => Store): void {
  it('tells who holds the right', async () => {
    expect(await store().botHolder()).toBeUndefined();
    await store().holdBot('one', noonMs, 30_000);
    expect(await store().botHolder()).toBe('one');
  });

  it('refuses a second bot until the lease of the first has ended', async () => {
    expect(await store().holdBot('one', noonMs, 30_000)).toBe(true);
    expect(await store().holdBot('two', noonMs + 29_999, 30_000)).toBe(false);
    expect(await store().holdBot('two', noonMs + 30_000, 30_000)).toBe(true);
    expect(await store().holdBot('one', noonMs + 30_001, 30_000)).toBe(false);
  });

  it('lets the running bot renew its lease', async () => {
    await store().holdBot('one', noonMs, 30_000);
    expect(await store().holdBot('one', noonMs + 20_000, 30_000)).toBe(true);
    expect(await store().holdBot('two', noonMs + 40_000, 30_000)).toBe(false);
  });

  it('lets the next bot start at once when the right was given back', async () => {
    await store().holdBot('one', noonMs, 30_000);
    await store().releaseBot('two');
    expect(await store().holdBot('two', noonMs + 1, 30_000)).toBe(false);
    await store().releaseBot('one');
    expect(await store().holdBot('two', noonMs + 2, 30_000)).toBe(true);
  });
}
