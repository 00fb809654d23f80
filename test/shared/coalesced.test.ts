import { expect, it } from '@jest/globals';
import { coalesced } from '../../src/shared/coalesced.js';

it('works at once, then once more for all calls that came too soon', async () => {
  let runs = 0;
  let tell = (): void => {};
  const second = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const hint = coalesced(() => {
    runs += 1;
    if (runs === 2) tell();
  }, 5);
  hint();
  expect(runs).toBe(1);
  hint();
  hint();
  hint();
  expect(runs).toBe(1);
  // The timer of the function keeps nobody waiting, so that of the test does.
  const patience = setTimeout(() => {}, 5_000);
  await second;
  clearTimeout(patience);
  expect(runs).toBe(2);
});
