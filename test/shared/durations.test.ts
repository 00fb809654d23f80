import { describe, expect, it } from '@jest/globals';
import { duration, durationPattern, parseDuration } from '../../src/shared/duration.js';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['15s', 15_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0s', 0],
  ])('%s is %d milliseconds', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(['', '15', 's', '1.5h', '-1s', ' 15s', '15 s', '15S', '15sec', '1h30m', '1234567890s'])(
    'is not %j',
    (text) => {
      expect(durationPattern.test(text)).toBe(false);
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('a duration in the settings', () => {
  const complaint = (limits: Parameters<typeof duration>[0], value: unknown) =>
    duration(limits)
      .safeParse(value)
      .error?.issues.map(({ message }) => message);

  it('is read as milliseconds', () => {
    expect(duration().parse('15s')).toBe(15_000);
    expect(duration({ minMs: 0 }).parse('0s')).toBe(0);
    expect(duration({ minMs: 1_000, maxMs: 60_000 }).parse('1m')).toBe(60_000);
  });

  it('takes its default as a person would write it', () => {
    expect(duration().prefault('10m').parse(undefined)).toBe(600_000);
  });

  it.each([
    ['is more than nothing', {}, '0s', 'a duration of at least 1ms'],
    ['is not shorter than the least', { minMs: 5_000 }, '4s', 'a duration of at least 5s'],
    [
      'is not longer than the most',
      { minMs: 60_000, maxMs: 7_200_000 },
      '3h',
      'a duration of at least 1m and at most 2h',
    ],
    ['is a text', {}, 15, 'a duration such as 15s or 10m'],
    ['has a unit', {}, '15', 'a duration: a whole number and ms, s, m, h or d'],
  ])('%s', (_sentence, limits, value, message) => {
    expect(complaint(limits, value)).toEqual([message]);
  });
});
