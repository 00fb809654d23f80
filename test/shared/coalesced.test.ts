import { expect, it } from '@jest/globals';
import { coalesced } from '../../src/shared/async.js';

/** Waits for a moment that comes; whatever is tested keeps nobody waiting by itself. */
async function moment(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}

it('works at once, then once more for all that asked too soon', async () => {
  let runs = 0;
  const hint = coalesced(() => {
    runs += 1;
  }, 5);
  hint.ask();
  expect(runs).toBe(1);
  hint.ask();
  hint.ask();
  hint.ask();
  expect(runs).toBe(1);
  await moment();
  expect(runs).toBe(2);
});

it('does nothing once it is ended, though it was asked before', async () => {
  let runs = 0;
  const hint = coalesced(() => {
    runs += 1;
  }, 5);
  hint.ask();
  hint.ask();
  hint.end();
  hint.ask();
  await moment();
  expect(runs).toBe(1);
});
