import { describe, expect, it } from '@jest/globals';
import { parseMoment } from '../../src/shared/duration.js';

const noon = Date.UTC(2026, 0, 15, 12);

describe('a moment', () => {
  it.each([
    '2026-01-15T12:00:00',
    '2026-01-15T12:00:00.000',
    '2026-01-15T12:00',
    '2026-01-15 12:00:00',
    '1/15/2026 12:00:00 PM',
    '2026-01-15T12:00:00Z',
    '2026-01-15T13:00:00+01:00',
    '2026-01-15T06:30:00-0530',
    'Thu, 15 Jan 2026 12:00:00 GMT',
  ])('%s is noon in UTC, wherever the bot runs', (text) => {
    const zone = process.env.TZ;
    try {
      for (const TZ of ['America/New_York', 'Asia/Kolkata', 'UTC']) {
        process.env.TZ = TZ;
        expect(parseMoment(text)).toBe(noon);
      }
    } finally {
      process.env.TZ = zone ?? '';
      if (zone === undefined) delete process.env.TZ;
    }
  });

  it('of a day alone is its midnight in UTC', () => {
    expect(parseMoment('2026-01-15')).toBe(Date.UTC(2026, 0, 15));
  });

  it('is none where nobody could say which', () => {
    expect(parseMoment('soon')).toBeUndefined();
  });
});
