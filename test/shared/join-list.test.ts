import { describe, expect, it } from '@jest/globals';
import { joinList, listSome } from '../../src/shared/text.js';

describe('words in a list', () => {
  it.each([
    [[], ''],
    [['Ana'], 'Ana'],
    [['Ana', 'Bo'], 'Ana and Bo'],
    [['Ana', 'Bo', 'Li'], 'Ana, Bo and Li'],
  ])('%j read %j', (phrase, text) => {
    expect(joinList(phrase)).toBe(text);
  });

  it.each([
    [0, '+3 more'],
    [1, 'a, +2 more'],
    [3, 'a, b, c'],
    [9, 'a, b, c'],
  ])('are counted after the first %d: %j', (most, text) => {
    expect(listSome(['a', 'b', 'c'], most)).toBe(text);
  });
});
