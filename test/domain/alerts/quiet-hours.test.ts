import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type QuietHours, quietUntil } from '../../../src/domain/quiet-hours.js';

const minuteMs = 60_000;

function hours(from: string, to: string, timeZone: string): QuietHours {
  const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to), timeZone };
}

describe('quiet hours', () => {
  it.each<[string, string, string, string, string, string | undefined]>([
    ['before they begin', '22:00', '06:00', 'UTC', '2026-01-15T21:59:59.999Z', undefined],
    ['as they begin', '22:00', '06:00', 'UTC', '2026-01-15T22:00:00Z', '2026-01-16T06:00:00Z'],
    ['before midnight', '22:00', '06:00', 'UTC', '2026-01-15T23:59:30Z', '2026-01-16T06:00:00Z'],
    ['after midnight', '22:00', '06:00', 'UTC', '2026-01-16T00:00:00Z', '2026-01-16T06:00:00Z'],
    ['in their last moment', '22:00', '06:00', 'UTC', '2026-01-16T05:59:59.999Z', '2026-01-16T06:00:00Z'],
    ['as they end', '22:00', '06:00', 'UTC', '2026-01-16T06:00:00Z', undefined],
    ['at noon, within a day', '11:30', '12:45', 'UTC', '2026-01-15T12:00:00Z', '2026-01-15T12:45:00Z'],
    ['in the evening, within a day', '11:30', '12:45', 'UTC', '2026-01-15T20:00:00Z', undefined],
    ['by another clock', '22:00', '06:00', 'Europe/Berlin', '2026-01-15T21:30:00Z', '2026-01-16T05:00:00Z'],
    [
      'by a clock at half an hour',
      '22:00',
      '06:00',
      'Asia/Kolkata',
      '2026-01-15T17:00:00Z',
      '2026-01-16T00:30:00Z',
    ],
    ['all but a minute', '00:01', '00:00', 'UTC', '2026-01-15T00:01:00Z', '2026-01-16T00:00:00Z'],
    // 29 March 2026: at 02:00 the clocks of Berlin go to 03:00.
    [
      'as clocks go forward',
      '22:00',
      '06:00',
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-03-29T04:00:00Z',
    ],
    [
      'that end in the hour left out',
      '22:00',
      '02:30',
      'Europe/Berlin',
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'that begin in the hour left out',
      '02:30',
      '05:00',
      'Europe/Berlin',
      '2026-03-29T01:00:00Z',
      '2026-03-29T03:00:00Z',
    ],
    // 25 October 2026: at 03:00 the clocks of Berlin go to 02:00.
    ['as clocks go back', '22:00', '06:00', 'Europe/Berlin', '2026-10-24T21:00:00Z', '2026-10-25T05:00:00Z'],
    [
      'that end in the hour told twice',
      '22:00',
      '02:30',
      'Europe/Berlin',
      '2026-10-24T23:59:00Z',
      '2026-10-25T00:30:00Z',
    ],
    [
      'in that hour’s second half',
      '22:00',
      '02:30',
      'Europe/Berlin',
      '2026-10-25T01:10:00Z',
      '2026-10-25T01:30:00Z',
    ],
    ['with nothing between', '08:00', '08:00', 'UTC', '2026-01-15T08:00:00Z', undefined],
  ])('%s: %s to %s in %s', (_, from, to, zone, now, until) => {
    const expected = until === undefined ? undefined : Date.parse(until);
    expect(quietUntil(hours(from, to, zone), Date.parse(now))).toBe(expected);
  });

  it('end when they say so, are over then, and last until then', () => {
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
    const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(minute, minute, zone, moment, (fromMinute, toMinute, timeZone, nowMs) => {
        const quiet = { fromMinute, toMinute, timeZone };
        const untilMs = quietUntil(quiet, nowMs);
        if (untilMs === undefined) return;
        expect(untilMs).toBeGreaterThan(nowMs);
        expect(untilMs % minuteMs).toBe(0);
        expect(quietUntil(quiet, untilMs)).toBeUndefined();
        expect(quietUntil(quiet, untilMs - 1)).toBe(untilMs);
      }),
      { numRuns: 50 },
    );
  });
});
