import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

const rateLimit = { everyMs: 1_000, burst: 3 };

/** What holds for lanes in every store. */
export function describeRateLimits(store: () => Store): void {
  const slots = async (count: number, nowMs: number, limiter = 'C0') => {
    const waits: number[] = [];
    for (let tick = 0; tick < count; tick++) waits.push(await store().takeSlot(limiter, rateLimit, nowMs));
    return waits;
  };

  it('lets a burst through at once, then one turn each so often', async () => {
    expect(await slots(4, noonMs)).toEqual([0, 0, 0, 1_000]);
    expect(await slots(1, noonMs + 400)).toEqual([600]);
    expect(await slots(2, noonMs + 1_000)).toEqual([0, 1_000]);
  });

  it('charges nothing for asking in vain', async () => {
    await slots(3, noonMs);
    await slots(20, noonMs + 1);
    expect(await slots(1, noonMs + 1_000)).toEqual([0]);
  });

  it('saves up no more than one burst', async () => {
    await slots(3, noonMs);
    expect(await slots(4, noonMs + 3_600_000)).toEqual([0, 0, 0, 1_000]);
  });

  it('gives turns one by one where no burst is allowed', async () => {
    const strict = { everyMs: 1_200, burst: 1 };
    expect(await store().takeSlot('views', strict, noonMs)).toBe(0);
    expect(await store().takeSlot('views', strict, noonMs + 200)).toBe(1_000);
    expect(await store().takeSlot('views', strict, noonMs + 1_200)).toBe(0);
  });

  it('keeps lanes apart', async () => {
    await slots(3, noonMs);
    expect(await slots(1, noonMs, 'C1')).toEqual([0]);
  });

  it('gives no more turns than allowed to those who ask at once', async () => {
    const waits = await Promise.all([1, 2, 3, 4, 5].map(() => store().takeSlot('C0', rateLimit, noonMs)));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(3);
  });

  it('closes a lane until the time the chat asked for', async () => {
    await store().blockLimiter('C0', noonMs + 30_000);
    expect(await slots(1, noonMs)).toEqual([30_000]);
    expect(await slots(1, noonMs + 30_000)).toEqual([0]);
  });

  it('lets a shorter closure not shorten a longer one', async () => {
    await slots(1, noonMs);
    await store().blockLimiter('C0', noonMs + 30_000);
    await store().blockLimiter('C0', noonMs + 1_000);
    expect(await slots(1, noonMs)).toEqual([30_000]);
  });

  it('does not stay shut when the clock was set back', async () => {
    await slots(3, noonMs);
    expect((await slots(1, noonMs - 3_600_000))[0]).toBeLessThanOrEqual(rateLimit.everyMs);
  });

  it('goes on at its pace when the clock was set back', async () => {
    await slots(3, noonMs);
    const backMs = noonMs - 3_600_000;
    expect(await slots(1, backMs)).toEqual([1_000]);
    expect(await slots(2, backMs + 1_000)).toEqual([0, 1_000]);
  });
}
