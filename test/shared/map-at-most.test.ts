import { describe, expect, it } from '@jest/globals';
import { mapAtMost } from '../../src/shared/async.js';

describe('mapping with a limit', () => {
  it('keeps the order and never works on more than the limit at once', async () => {
    let running = 0;
    let most = 0;
    const results = await mapAtMost(3, [5, 1, 4, 2, 3, 0, 6], async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let tick = 0; tick < item; tick += 1) await Promise.resolve();
      running -= 1;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30, 0, 60]);
    expect(most).toBe(3);
  });

  it('takes an empty list', async () => {
    expect(await mapAtMost(3, [], async () => 1)).toEqual([]);
  });
});
