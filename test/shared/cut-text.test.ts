import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutEncoded, cutText } from '../../src/shared/text.js';

const encode = (character: string) => (character === '&' ? '&amp;' : character);

describe('a text that is cut', () => {
  it.each([
    ['stays whole if it fits', 'abc', 3, 'abc'],
    ['ends in an ellipsis', 'abcd', 3, 'ab…'],
    ['is an ellipsis where only that fits', 'abcd', 1, '…'],
    ['is nothing where nothing fits', 'abcd', 0, ''],
    ['is nothing if it was nothing', '', 0, ''],
    ['loses a character of two units whole', 'a🔐b', 3, 'a…'],
    ['keeps a character of two units whole', 'a🔐bc', 4, 'a🔐…'],
  ])('%s', (_sentence, text, maxLength, cut) => {
    expect(cutText(text, maxLength)).toBe(cut);
  });

  it('never loses half of what a character was written as', () => {
    expect(cutEncoded('a&b', 7, encode)).toBe('a&amp;b');
    expect(cutEncoded('a&b', 6, encode)).toBe('a…');
    expect(cutEncoded('a&bc', 7, encode)).toBe('a&amp;…');
  });

  it('fits, begins as it did, and is never torn', () => {
    const anyText = fc.string({ unit: fc.constantFrom('a', '&', '🔐'), maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, maxLength) => {
        const cut = cutText(text, maxLength);
        expect(cut.length).toBeLessThanOrEqual(maxLength);
        expect(cut).not.toMatch(/\p{Cs}/u);
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
        if (text.length <= maxLength) expect(cut).toBe(text);
      }),
    );
  });
});
