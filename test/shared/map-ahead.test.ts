import { describe, expect, it } from '@jest/globals';
import { mapAhead } from '../../src/shared/async.js';

const items = [5, 1, 4, 2, 3, 0, 6];

/** Takes as many turns as the item says. */
async function ticks(item: number): Promise<void> {
  for (let tick = 0; tick < item; tick += 1) await Promise.resolve();
}

describe('mapping ahead of whoever takes the results', () => {
  it('keeps the order and never works on more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const results: number[] = [];
    const all = mapAhead(3, items, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await ticks(item);
      running -= 1;
      return item * 10;
    });
    for await (const result of all) results.push(result);
    expect(results).toEqual([50, 10, 40, 20, 30, 0, 60]);
    expect(most).toBe(3);
  });

  it('begins no more than the limit while nobody takes a result', async () => {
    const begun: number[] = [];
    const all = mapAhead(2, items, async (item) => begun.push(item));
    await all.next();
    await ticks(50);
    expect(begun).toEqual([5, 1, 4]);
    await all.return();
  });

  it('waits for what was begun when somebody leaves early, and begins nothing more', async () => {
    const ended: number[] = [];
    const all = mapAhead(3, items, async (item) => {
      await ticks(item * 10);
      ended.push(item);
    });
    for await (const _first of all) break;
    expect([...ended].sort()).toEqual([1, 2, 4, 5]);
  });

  it('throws what went wrong in its turn, after the results before it', async () => {
    const results: number[] = [];
    const all = mapAhead(3, items, async (item) => {
      if (item === 4) throw new Error('four');
      return item;
    });
    await expect(
      (async () => {
        for await (const result of all) results.push(result);
      })(),
    ).rejects.toThrow('four');
    expect(results).toEqual([5, 1]);
  });

  it('takes an empty list', async () => {
    expect(await mapAhead(3, [], ticks).next()).toEqual({ done: true, value: undefined });
  });
});
