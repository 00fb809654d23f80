import { describe, expect, it } from '@jest/globals';
import { createPageMemory, type PageMemory } from '../../../src/backends/keyfactor/instances/page-memory.js';

/** Walks through pages that say something, and gives those that had to be read. */
function walk(memory: PageMemory, texts: readonly string[], total = '100'): readonly string[] {
  const read: string[] = [];
  for (const [index, text] of texts.entries()) {
    const answer = { status: 200, headers: { 'x-total-count': total }, body: text };
    memory.recall(index + 1, answer, () => {
      read.push(text);
      return { rows: [], received: 1, total: Number(total) };
    });
  }
  return read;
}

describe('pages of a list that is walked through again', () => {
  it('are read once, and again as soon as they say something else', () => {
    const memory = createPageMemory();
    expect(walk(memory, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(walk(memory, ['a', 'b', 'c'])).toEqual([]);
    expect(walk(memory, ['a', 'B', 'c'])).toEqual(['B']);
    expect(walk(memory, ['a', 'b', 'c'])).toEqual(['b']);
  });

  it('are read again when the list has become longer', () => {
    const memory = createPageMemory();
    walk(memory, ['a', 'b'], '2');
    expect(walk(memory, ['a', 'b'], '3')).toEqual(['a', 'b']);
  });

  it('are forgotten once a walk has ended before them', () => {
    const memory = createPageMemory();
    walk(memory, ['a', 'b']);
    walk(memory, ['a']);
    walk(memory, ['a']);
    expect(walk(memory, ['a', 'b'])).toEqual(['b']);
  });

  it('gives the very rows that were read before', () => {
    const memory = createPageMemory();
    const answer = { status: 200, headers: {}, body: '[]' };
    const read = () => ({ rows: [], received: 0, total: undefined });
    expect(memory.recall(1, answer, read)).toBe(memory.recall(1, answer, read));
  });
});
