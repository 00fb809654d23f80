import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearMatch } from '../../src/shared/text.js';

describe('the candidate somebody most likely meant', () => {
  const keys = ['approvers', 'routes', 'people', 'zones'];
  it.each([
    ['approver', 'approvers'],
    ['APPROVERS', 'approvers'],
    ['zonse', 'zones'],
    ['ruotes', 'routes'],
    ['poeple', 'people'],
    ['keyfactor', undefined],
    ['', undefined],
  ])('for %j is %j', (word, meant) => {
    expect(nearMatch(word, keys)).toBe(meant);
  });

  it('is nobody where there are no candidates', () => {
    expect(nearMatch('zones', [])).toBeUndefined();
  });
});

describe('the edits between two words', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', '', 3],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j are %d', (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits);
  });

  it('are as many in both directions, and at most the longer word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});
