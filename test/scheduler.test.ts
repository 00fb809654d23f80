import { describe, expect, it } from '@jest/globals';
import { createTicker } from '../src/scheduler.js';

/** The hours around which Berlin sets its clocks. */
const changes = [
  ['forth', '2026-03-29T01:00:00Z'],
  ['back', '2026-10-25T01:00:00Z'],
] as const;

/** Asks each second of a while, and gives the seconds at which it was due. */
function dueIn(isDue: (nowMs: number) => boolean, fromMs: number, seconds: number): readonly number[] {
  const offsets = Array.from({ length: seconds }, (_none, second) => second);
  return offsets.filter((second) => isDue(fromMs + second * 1_000));
}

describe('what is done every fifteen seconds', () => {
  it.each(changes)('is done as often in the hours around which clocks are set %s', (_way, instant) => {
    const isDue = createTicker('*/15 * * * * *', 'Europe/Berlin');
    const due = dueIn(isDue, Date.parse(instant) - 3_600_000, 7_200);
    expect(due).toEqual(Array.from({ length: 480 }, (_none, index) => index * 15));
  });

  it('goes on at once where a clock is set back, or forth', () => {
    const isDue = createTicker('*/15 * * * * *');
    const noon = Date.UTC(2026, 0, 15, 12);
    expect(dueIn(isDue, noon, 60)).toEqual([0, 15, 30, 45]);
    expect(dueIn(isDue, noon - 3_600_000, 60)).toEqual([0, 15, 30, 45]);
    expect(dueIn(isDue, noon + 86_400_000, 60)).toEqual([0, 15, 30, 45]);
  });

  it('is done once, and late, where seconds were slept through', () => {
    const isDue = createTicker('*/15 * * * * *');
    const noon = Date.UTC(2026, 0, 15, 12);
    expect([0, 0.9, 14, 47.3, 47.9, 59].map((at) => isDue(noon + at * 1_000))).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
    ]);
  });
});

it('does at an hour what is to be done at that hour of the place', () => {
  const isDue = createTicker('0 30 2 * * *', 'Europe/Berlin');
  const midnight = Date.parse('2026-07-01T00:29:50Z');
  expect(dueIn(isDue, midnight, 20)).toEqual([10]);
});
