import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesPattern } from '../../src/shared/text.js';

describe('a pattern', () => {
  it.each([
    ['web', 'web', true],
    ['Web', 'wEB', true],
    ['web', 'we', false],
    ['we', 'web', false],
    ['', '', true],
    ['', '*', true],
    ['anything', '*', true],
    ['anything', '**', true],
    ['web-1', 'web*', true],
    ['web', 'web*', true],
    ['a-web', '*web', true],
    ['a-web-1', '*web', false],
    ['a-web-1', '*web*', true],
    ['a', 'a*a', false],
    ['aa', 'a*a', true],
    ['abcab', 'ab*ab', true],
    ['aba', 'ab*ba', false],
    ['one two three', 'one*two*three', true],
    ['one three two', 'one*two*three', false],
    ['abab', '*ab*ab', true],
    ['ab', '*ab*ab', false],
    ['a.b', 'a?b', false],
    ['axb', 'a.b', false],
    ['a(b', 'a(*', true],
    ['KEYEXAMPLE\\rkim', 'KEYEXAMPLE\\*', true],
  ])('%j is fitted by %j: %j', (text, pattern, fits) => {
    expect(matchesPattern(text, pattern)).toBe(fits);
  });

  it('fits exactly what the same regular expression fits', () => {
    const few = fc.stringMatching(/^[ab*]{0,8}$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[ab]{0,10}$/), few, (text, pattern) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        expect(matchesPattern(text, pattern)).toBe(expression.test(text));
      }),
    );
  });

  it('is decided at once, however many stars it has', () => {
    expect(matchesPattern('a'.repeat(10_000), `${'*a'.repeat(500)}*b`)).toBe(false);
  });
});
