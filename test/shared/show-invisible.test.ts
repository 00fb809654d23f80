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
    ['a letter that is only a gap is written out', 'a\u3164b\uffa0c\u115fd', 'a[U+3164]b[U+FFA0]c[U+115F]d'],
    ['an empty braille pattern is written out', 'a\u2800b', 'a[U+2800]b'],
    ['a variation selector behind a letter is written out', 'a\ufe0fb\u{e0100}', 'a[U+FE0F]b[U+E0100]'],
    ['a grapheme joiner is written out', 'a\u034fb', 'a[U+034F]b'],
    ['the selector of an emoji and of a keycap stays', '⚠️ 1️⃣ ❤\ufe0e', '⚠️ 1️⃣ ❤\ufe0e'],
    ['the selector of a Han or Mongolian letter stays', '葛\u{e0100} ᠠ\u180b', '葛\u{e0100} ᠠ\u180b'],
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
