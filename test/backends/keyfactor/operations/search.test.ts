import { describe, expect, it } from '@jest/globals';
import { KeyfactorClient } from '../../../../src/backends/keyfactor/client.js';
import {
  collectRows,
  hasTerms,
  NewestInstances,
  soughtByFilter,
  termsOf,
} from '../../../../src/backends/keyfactor/operations.js';
import { keyfactorServer } from '../../../../src/backends/keyfactor/settings.js';
import { instanceRow } from '../../../../src/backends/keyfactor/wire.js';
import { BackendError } from '../../../../src/ports/errors.js';

type Wanted = Parameters<Parameters<typeof collectRows>[0]>[0];

const rejected = () =>
  new BackendError('400', { code: 'rejected', system: 'corp', retryable: false, applied: 'no' });

describe('words of a text', () => {
  it.each([
    ['a "b" c*', ['a', 'b', 'c']],
    ['CORP\\ann 100%_x', ['CORP\\ann', '100', '_x']],
    ['tab\tand\u0000nul\u202eend', ['tab', 'and', 'nul', 'end']],
    [' ', []],
    ['1 2 3 4 5 6 7 8', ['1', '2', '3', '4', '5', '6']],
    ['x'.repeat(90), ['x'.repeat(60)]],
    // Percent-encoded a letter of another alphabet is six characters.
    [`${'я'.repeat(60)} ${'ю'.repeat(60)} ${'э'.repeat(60)}`, ['я'.repeat(60), 'ю'.repeat(56)]],
  ])('%j are %j', (text, terms) => {
    expect(termsOf(text)).toEqual(terms);
  });

  it('are looked for wherever they are', () => {
    expect(hasTerms('CORP\\Ann wants app1', ['APP1', 'ann'])).toBe(true);
    expect(hasTerms('CORP\\Ann wants app1', ['app2'])).toBe(false);
    expect(hasTerms(undefined, ['a'])).toBe(false);
  });
});

describe('collecting rows', () => {
  /** Answers the pages in this order, then empty ones. */
  const pagesOf = (pages: readonly (readonly string[])[], total?: number) => {
    const requested: (string | undefined)[] = [];
    return {
      asked: requested,
      read: async ({ page, queryString }: Wanted) => {
        requested.push(queryString);
        const ids = pages[page - 1] ?? [];
        return { rows: ids.map((id) => ({ id })), received: ids.length, total };
      },
    };
  };
  const all = () => true;

  it('takes a row once that moved to the next page meanwhile', async () => {
    const { read } = pagesOf(
      [
        ['e', 'd'],
        ['d', 'c'],
        ['b', 'a'],
      ],
      6,
    );
    const rows = await collectRows(read, { fits: all, count: 5 });
    expect(rows.map(({ id }) => id)).toEqual(['e', 'd', 'c', 'b', 'a']);
  });

  it('goes on while the total says that there are more', async () => {
    const { read, asked: requested } = pagesOf([['c'], ['b'], ['a']], 3);
    expect(await collectRows(read, { fits: all, count: 9 })).toHaveLength(3);
    expect(requested).toHaveLength(3);
  });

  it('stops when there are enough', async () => {
    const { read, asked: requested } = pagesOf([['c'], ['b'], ['a']], 3);
    await collectRows(read, { fits: all, count: 2 });
    expect(requested).toHaveLength(2);
  });

  it('stops when paging is ignored', async () => {
    const ids = ['a', 'b'];
    const { read, asked: requested } = pagesOf([ids, ids, ids], 9);
    expect(await collectRows(read, { fits: all, count: 9 })).toHaveLength(2);
    expect(requested).toHaveLength(2);
  });

  it('stops after very many rows', async () => {
    let reads = 0;
    const read = async ({ page, pageSize }: Wanted) => {
      reads += 1;
      const rows = Array.from({ length: pageSize }, (_, index) => ({ id: `${page}/${index}` }));
      return { rows, received: pageSize, total: undefined };
    };
    expect(await collectRows(read, { fits: () => false, count: 500 })).toEqual([]);
    expect(reads).toBe(10);
  });

  it('looks among all when the query is rejected, and then believes nothing', async () => {
    const requested: (string | undefined)[] = [];
    const read = async ({ queryString }: Wanted) => {
      requested.push(queryString);
      if (queryString !== undefined) throw rejected();
      return { rows: [{ id: 'a' }, { id: 'b' }], received: 2, total: 2 };
    };
    const fits = ({ id }: { readonly id: string }, requested: boolean) => requested || id === 'b';
    expect(await collectRows(read, { queryString: 'X -eq 1', fits, count: 5 })).toEqual([{ id: 'b' }]);
    expect(requested).toEqual(['X -eq 1', undefined]);
  });

  it('fails when even the whole list is rejected', async () => {
    const read = async () => {
      throw rejected();
    };
    await expect(collectRows(read, { queryString: 'X -eq 1', fits: all, count: 5 })).rejects.toThrow('400');
    await expect(collectRows(read, { fits: all, count: 5 })).rejects.toThrow('400');
  });
});

describe('a server that ignores queries and order', () => {
  const row = (id: string, change = {}) => ({
    Id: id,
    Status: 'Suspended',
    Title: 'CORP\\ann is enrolling',
    StartDate: '2026-01-05T09:00:00Z',
    ReferenceId: 1,
    Definition: { Id: 'd1', DisplayName: 'Web' },
    ...change,
  });
  const rows = [
    row('old', { StartDate: '2026-01-04T09:00:00Z' }),
    row('bo', { Title: 'CORP\\bo is enrolling' }),
    row('timer', { Title: 'Timer Service has found a certificate' }),
    row('failed', { Status: 'Failed' }),
    row('new', { StartDate: '2026-01-06T09:00:00Z' }),
    row('second', { ReferenceId: 9 }),
    row('third', { ReferenceId: 10 }),
    row('integer', { Status: 5, StartDate: '2026-01-03T09:00:00Z' }),
  ];
  const http: ConstructorParameters<typeof KeyfactorClient>[1] = {
    async send({ method }) {
      if (method === 'POST') throw new Error('Nothing is written here.');
      return { status: 200, headers: {}, body: JSON.stringify(rows) };
    },
    unexpected() {
      throw new Error('Everything is answered.');
    },
  };
  const server = keyfactorServer.parse({ name: 'corp', hostname: 'kf.example.com', auth: { kind: 'token' } });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const newest = new NewestInstances(new KeyfactorClient(server, http, quiet), () => 0);

  it('is checked, and put in order', async () => {
    const sought = soughtByFilter(
      { state: 'waiting', initiator: 'corp\\ann' },
      { terms: ['WEB'], definitionIds: ['d1'] },
    );
    expect(sought.queryString).toBe(
      'Status -eq "Suspended" AND InitiatingUserName -eq "corp\\ann" AND ((Title -contains "WEB") OR DefinitionId -eq "d1")',
    );
    const found = await newest.find({ ...sought, count: 9 });
    expect(found.map(({ id }) => id)).toEqual(['new', 'third', 'second', 'old', 'integer']);
  });

  it('is believed as little as possible when it was not asked', () => {
    const { fits } = soughtByFilter(
      { state: 'waiting', initiator: 'CORP\\ann' },
      { terms: [], definitionIds: [] },
    );
    const read = (change: object) => instanceRow.parse(row('a', change));
    expect(fits(read({}), false)).toBe(true);
    expect(fits(read({ Status: 5 }), false)).toBe(false);
    expect(fits(read({ Title: 'Renewal' }), false)).toBe(false);
    expect(fits(read({ Title: 'Renewal' }), true)).toBe(true);
  });
});
