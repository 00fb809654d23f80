import { describe, expect, it } from '@jest/globals';
import { listAll } from '../../../src/backends/keyfactor/instances.js';
import { keyfactorServer } from '../../../src/backends/keyfactor/settings.js';
import { instanceRow } from '../../../src/backends/keyfactor/wire.js';

/** Answers the pages in this order, then empty ones. */
const listOf = (pages: readonly (readonly string[])[], total?: number) => {
  const requested: number[] = [];
  const client: Parameters<typeof listAll>[0] = {
    server: keyfactorServer.parse({
      name: 'corp',
      hostname: 'kf.example.com',
      auth: { kind: 'token' },
      pageSize: 2,
    }),
    async listOldest(_list, { page }) {
      const ids = pages[requested.length] ?? [];
      requested.push(page);
      return { rows: ids.map((Id) => instanceRow.parse({ Id })), received: ids.length, total };
    },
  };
  const ids = async () => {
    const { rows } = await listAll(client, { list: '/Workflow/Instances/AssignedToMe' });
    return rows.map(({ id }) => id);
  };
  return { asked: requested, ids };
};

describe('reading a list', () => {
  it.each<[string, readonly (readonly string[])[], number | undefined, readonly string[], readonly number[]]>(
    [
      ['ends at a short page without a total', [['a', 'b'], ['c']], undefined, ['a', 'b', 'c'], [1, 2]],
      ['ends at an empty page without a total', [['a', 'b'], []], undefined, ['a', 'b'], [1, 2]],
      [
        'goes by the total when pages are smaller than asked for',
        [['a'], ['b'], ['c']],
        3,
        ['a', 'b', 'c'],
        [1, 2, 3],
      ],
      ['takes each row once', [['a', 'b'], ['b', 'c'], []], undefined, ['a', 'b', 'c'], [1, 2, 3]],
      [
        'starts over when rows moved',
        [
          ['a', 'b'],
          ['b', 'd'],
          ['a', 'b'],
          ['c', 'd'],
        ],
        4,
        ['a', 'b', 'c', 'd'],
        [1, 2, 1, 2],
      ],
      [
        'stops when paging is ignored',
        [
          ['a', 'b'],
          ['a', 'b'],
          ['a', 'b'],
        ],
        undefined,
        ['a', 'b'],
        [1, 2],
      ],
      ['reads an empty list', [[]], 0, [], [1]],
    ],
  )('%s', async (_what, pages, total, ids, requested) => {
    const list = listOf(pages, total);
    expect([...(await list.ids())].sort()).toEqual([...ids].sort());
    expect(list.asked).toEqual(requested);
  });

  it('gives up reading again when the total is never reached', async () => {
    const list = listOf([['a', 'b'], [], ['a', 'b'], [], ['a', 'b'], [], ['a', 'b'], []], 3);
    expect(await list.ids()).toEqual(['a', 'b']);
    expect(list.asked).toHaveLength(6);
  });
});
