import { describe, expect, it } from '@jest/globals';
import { dayName, formatSlackDate } from '../../../src/sandbox/slack/page/dates.js';

const atMs = Date.UTC(2026, 10, 20, 9, 5);
const reading = { nowMs: Date.UTC(2026, 10, 21, 8, 0), timeZone: 'UTC' };

describe('a date in a message', () => {
  it('is written in the order the format asks for', () => {
    expect(formatSlackDate('on {date_short} at {time}', atMs / 1000, reading)).toBe(
      'on 20 Nov 2026 at 09:05',
    );
  });

  it('is called yesterday by the pretty forms', () => {
    expect(formatSlackDate('{date_short_pretty}', atMs / 1000, reading)).toBe('yesterday');
  });

  it('tells how long ago it was', () => {
    expect(formatSlackDate('{ago}', atMs / 1000, reading)).toBe('23 hours ago');
  });

  it('leaves a placeholder it does not know', () => {
    expect(formatSlackDate('{moon}', atMs / 1000, reading)).toBe('{moon}');
  });

  it('heads the day it belongs to', () => {
    expect(dayName(atMs, reading)).toBe('Yesterday');
    expect(dayName(Date.UTC(2026, 10, 3), reading)).toBe('Tuesday 3 November');
  });
});
