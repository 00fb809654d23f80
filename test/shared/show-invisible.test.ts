import { describe, expect, it } from '@jest/globals';
import { showInvisible } from '../../src/shared/text.js';

describe('what cannot be seen', () => {
  it.each([
    ['text that can be seen stays', 'Größe 🔐 ok', 'Größe 🔐 ok'],
    ['line breaks and tabs stay', 'a\n\tb', 'a\n\tb'],
    ['a carriage return goes', 'a\r\nb', 'a\nb'],
    ['a mark that turns the direction is written out', 'a\u202eb', 'a[U+202E]b'],
    ['a zero-width space is written out', 'a\u200bb', 'a[U+200B]b'],
    ['a control is written out', 'a\u0000\u007fb', 'a[U+0000][U+007F]b'],
    ['a line separator is written out', 'a\u2028b', 'a[U+2028]b'],
    ['a tag character is written out', 'a\u{e0041}b', 'a[U+E0041]b'],
    ['the joiner in an emoji stays', '👩\u200d💻 👩🏽\u200d⚕️ 🏳️\u200d🌈', '👩\u200d💻 👩🏽\u200d⚕️ 🏳️\u200d🌈'],
    ['the non-joiner in a Persian name stays', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['the joiner in a Sinhala name stays', 'ශ්\u200dරී', 'ශ්\u200dරී'],
    ['a joiner between Latin letters is written out', 'pay\u200dpal', 'pay[U+200D]pal'],
    ['a joiner at the end is written out', 'می\u200c', 'می[U+200C]'],
    ['a second joiner is written out', 'می\u200c\u200cخ', 'می[U+200C][U+200C]خ'],
    ['half of a character is replaced', 'a\ud83db', 'a\ufffdb'],
  ])('%s', (_sentence, text, shown) => {
    expect(showInvisible(text)).toBe(shown);
  });
});
