import { describe, expect, it } from '@jest/globals';
import { PageCache } from '../../../src/backends/keyfactor/wire.js';

/** Walks through pages that say something, and gives those that had to be read. */
async function walk(
  cache: PageCache<string>,
  texts: readonly string[],
  total = '100',
): Promise<readonly string[]> {
  const read: string[] = [];
  for (const [index, text] of texts.entries()) {
    const response = { status: 200, headers: { 'x-total-count': total }, body: text };
    await cache.recall(index + 1, response, async () => {
      read.push(text);
      return text;
    });
  }
  return read;
}

describe('pages of a list that is walked through again', () => {
  it('are read once, and again as soon as they say something else', async () => {
    const cache = new PageCache<string>();
    expect(await walk(cache, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(await walk(cache, ['a', 'b', 'c'])).toEqual([]);
    expect(await walk(cache, ['a', 'B', 'c'])).toEqual(['B']);
    expect(await walk(cache, ['a', 'b', 'c'])).toEqual(['b']);
  });

  it('are read again when the list has become longer', async () => {
    const cache = new PageCache<string>();
    await walk(cache, ['a', 'b'], '2');
    expect(await walk(cache, ['a', 'b'], '3')).toEqual(['a', 'b']);
  });

  it('are forgotten once a walk has ended before them', async () => {
    const cache = new PageCache<string>();
    await walk(cache, ['a', 'b']);
    await walk(cache, ['a']);
    await walk(cache, ['a']);
    expect(await walk(cache, ['a', 'b'])).toEqual(['b']);
  });

  it('gives the very things that were kept before', async () => {
    const cache = new PageCache<object>();
    const response = { status: 200, headers: {}, body: '[]' };
    const read = async () => ({});
    expect(await cache.recall(1, response, read)).toBe(await cache.recall(1, response, read));
  });

  it('are read again once their text means something else', async () => {
    const cache = new PageCache<object>();
    const response = { status: 200, headers: {}, body: '[]' };
    const read = async () => ({});
    expect(await cache.recall(1, response, read, 1)).not.toBe(await cache.recall(1, response, read, 2));
  });
});
