import { describe, expect, it } from '@jest/globals';
import { duration, parseDuration } from '../../src/shared/duration.js';
import { editDistance, nearMatch } from '../../src/shared/text.js';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['250ms', 250],
    ['15s', 15_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('reads %s', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(['', '15', 's', '1.5s', '-1s', '15 s', '15S', '1w', '1h30m', '9999999999s'])(
    'refuses "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('duration', () => {
  it('keeps within its limits', () => {
    const schema = duration({ minMs: 1_000, maxMs: 60_000 });
    expect(schema.parse('1m')).toBe(60_000);
    expect(schema.safeParse('2m').error?.issues[0]?.message).toBe('a duration of at least 1s and at most 1m');
    expect(schema.safeParse('999ms').success).toBe(false);
  });
});

describe('nearMatch', () => {
  it.each([
    ['hostnam', 'hostname'],
    ['quroum', 'quorum'],
    ['Channels', 'channels'],
    ['evry', 'every'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearMatch(word, ['name', 'hostname', 'quorum', 'channels', 'every'])).toBe(meant);
  });

  it('suggests nothing when nothing is near', () => {
    expect(nearMatch('colour', ['name', 'quorum'])).toBeUndefined();
    expect(nearMatch('x', [])).toBeUndefined();
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('oauht', 'oauth')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});
