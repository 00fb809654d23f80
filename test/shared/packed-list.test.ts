import { describe, expect, it } from '@jest/globals';
import { PackedList } from '../../src/shared/packed-list.js';

const listOf = (rows: readonly (readonly [string, number])[]) =>
  new PackedList(([id, at]: readonly [string, number]) => ({ id, at })).add(rows);

describe('a packed list', () => {
  it('gives its rows in the order in which they were added, as often as somebody goes through it', () => {
    const rows = Array.from({ length: 2_500 }, (_, at) => [`row "${at}"\n`, at] as const);
    const list = listOf(rows.slice(0, 1_200)).add(rows.slice(1_200));
    const expected = rows.map(([id, at]) => ({ id, at }));
    expect(list).toHaveLength(2_500);
    expect([...list]).toEqual(expected);
    expect([...list]).toEqual(expected);
  });

  it('may be empty', () => {
    expect(listOf([])).toHaveLength(0);
    expect([...listOf([])]).toEqual([]);
  });
});
