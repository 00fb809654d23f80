import { describe, expect, it } from '@jest/globals';
import { PageCache } from '../../../src/backends/keyfactor/wire.js';

/** Walks through pages that say something, and gives those that had to be read. */
function walk(cache: PageCache, texts: readonly string[], total = '100'): readonly string[] {
  const read: string[] = [];
  for (const [index, text] of texts.entries()) {
    const response = { status: 200, headers: { 'x-total-count': total }, body: text };
    cache.recall(index + 1, response, () => {
      read.push(text);
      return { rows: [], received: 1, total: Number(total) };
    });
  }
  return read;
}

describe('pages of a list that is walked through again', () => {
  it('are read once, and again as soon as they say something else', () => {
    const cache = new PageCache();
    expect(walk(cache, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(walk(cache, ['a', 'b', 'c'])).toEqual([]);
    expect(walk(cache, ['a', 'B', 'c'])).toEqual(['B']);
    expect(walk(cache, ['a', 'b', 'c'])).toEqual(['b']);
  });

  it('are read again when the list has become longer', () => {
    const cache = new PageCache();
    walk(cache, ['a', 'b'], '2');
    expect(walk(cache, ['a', 'b'], '3')).toEqual(['a', 'b']);
  });

  it('are forgotten once a walk has ended before them', () => {
    const cache = new PageCache();
    walk(cache, ['a', 'b']);
    walk(cache, ['a']);
    walk(cache, ['a']);
    expect(walk(cache, ['a', 'b'])).toEqual(['b']);
  });

  it('gives the very rows that were read before', () => {
    const cache = new PageCache();
    const response = { status: 200, headers: {}, body: '[]' };
    const read = () => ({ rows: [], received: 0, total: undefined });
    expect(cache.recall(1, response, read)).toBe(cache.recall(1, response, read));
  });
});
