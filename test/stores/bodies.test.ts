import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { bodies, packed, unpacked } from '../../src/stores/sql/bodies.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { type Copy, copyFile, loadDump, textIn, withDatabase } from './fixture/copies.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

/** Every path of property names that 9cc6796 wrote, by column; `[]` stands for the elements of a list. */
const storedProperties: Readonly<Record<string, readonly string[]>> = JSON.parse(
  textIn('stored-properties.json'),
);

/** Where a body stands: its column, its mapper, and the rows that hold it. */
function column<T>(
  name: string,
  body: {
    readonly form: { readonly paths: readonly string[] };
    read(id: string, text: string): T;
    write(value: T): string;
  },
  table: string,
  rows = '1 = 1',
) {
  const { paths } = body.form;
  return {
    name,
    known: new Set(paths),
    table,
    rows,
    writeAgain: (text: string) => body.write(body.read('one', text)),
  };
}

const columns = [
  column('approvals.body', bodies.approval, 'approvals'),
  column('changes.body', bodies.change, 'changes'),
  column('changes.twin_key', bodies.requestedChange, 'changes'),
  column('clicks.answer', bodies.clickReply, 'clicks', 'answer is not null'),
  column('clicks.body', bodies.click, 'clicks'),
  column('deliveries.notice_body (digest)', bodies.digest, 'deliveries', `subject like 'digest:%'`),
  column('deliveries.notice_body (follow-up)', bodies.followUp, 'deliveries', `subject like 'follow-up:%'`),
  column('deliveries.notice_body (notice)', bodies.notice, 'deliveries', `subject like 'notice:%'`),
  column('deliveries.target_body', bodies.target, 'deliveries'),
  column('dialogs.body', bodies.dialog, 'dialogs', `id not like 'text:%'`),
  column('failures.body', bodies.failure, 'failures'),
  column('incidents.body', bodies.incident, 'incidents'),
  column('link_requests.begun', bodies.linkRequestBegun, 'link_requests', 'begun is not null'),
  column('link_requests.body', bodies.linkRequest, 'link_requests'),
  column('links.body', bodies.link, 'links'),
  column('mutes.body', bodies.mute, 'mutes'),
  column('people.body', bodies.person, 'people'),
  column('receipts.body', bodies.receipt, 'receipts'),
  column('signals.body', bodies.signal, 'signals'),
  column('suspensions.body', bodies.suspension, 'suspensions'),
  column('votes.body', bodies.vote, 'votes'),
];

/** Texts the store keeps for others and never reads. */
const keptForOthers = [
  'dialogs.body (text:choice)',
  'dialogs.body (text:picker)',
  'ledger.body',
  'notes.value (ledger)',
  'notes.value (people-of)',
  'notes.value (silence)',
];

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

it('every column of 9cc6796 that holds property names has a mapper, or is a text kept for others', () => {
  expect([...columns.map(({ name }) => name), ...keptForOthers].sort()).toEqual(
    Object.keys(storedProperties).sort(),
  );
});

it.each(columns)('$name: the mapper knows every property name that 9cc6796 wrote', ({ name, known }) => {
  expect(pathsOfColumn(name).filter((path) => !known.has(withoutData(path)))).toEqual([]);
});

describe('the SQLite files of 9cc6796', () => holds((name) => copyFile(folder, name)));
describePostgres('the PostgreSQL databases of 9cc6796', (server) =>
  holds((name) => loadDump(server(), name)),
);

/** What must be so of every body in the stores of 9cc6796. */
function holds(copyOf: (name: string) => Promise<Copy>): void {
  const written = new Map<string, Set<string>>();

  it.each(['scenes', 'bodies'])('every body is written back as it was read: %s', async (name) => {
    await withDatabase(await copyOf(name), async (db) => {
      for (const { name: column, table, rows, writeAgain } of columns) {
        const texts = await sql<{ text: string }>`select ${sql.ref(nameOf(column))} as text
          from ${sql.table(table)} where ${sql.raw(rows)}`.execute(db);
        const paths = written.get(column) ?? new Set();
        written.set(column, paths);
        for (const { text } of texts.rows) {
          const again = writeAgain(text);
          expect(again).toBe(text);
          for (const path of pathsIn(JSON.parse(again))) paths.add(path);
        }
      }
    });
  });

  it('every property name of 9cc6796 is still written', () => {
    for (const { name } of columns) {
      const lost = pathsOfColumn(name).filter((path) => !written.get(name)?.has(path));
      expect([name, lost]).toEqual([name, []]);
    }
  });
}

function nameOf(column: string): string {
  return /\.(\w+)/.exec(column)?.[1] ?? '';
}

function pathsOfColumn(column: string): readonly string[] {
  return storedProperties[column] ?? [];
}

/** A path as a form lists it: lists are not told apart, and what stands below these is named by data. */
function withoutData(path: string): string {
  return path.replaceAll('[]', '').replace(/(\bidentities|\blinkedAs)\..*/, '$1');
}

function pathsIn(value: unknown, above = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => pathsIn(one, `${above}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = above === '' ? name : `${above}.${name}`;
    return [path, ...pathsIn(inner, path)];
  });
}

describe('a text that was packed', () => {
  const text =
    '{"kind":"decided","approval":{"instance":{"ref":{"system":"corp","id":"1"}},"id":"a","code":"KLAM","state":{"kind":"ended","ending":{"kind":"approved"}},"note":"für alle"}}';

  it.each([
    'z1:gwchtDVHQsmYnF9UACsdDcFBCGYmIhKFt4+jrxI5MQ0yLA9cuSmlHd5TpJCYk5OqVFsLAA==',
    'z2:I9SxxVPHJucXFcDqWUNwqIGZiYjk4e3j6KtEThyDDMsDt46V0g7vKVJIzMlJVaqtBQA=',
  ])('can be read for as long as there are stores: %s', (short) => {
    expect(unpacked(short)).toBe(text);
  });

  it('is packed anew in the newest way, and once only', () => {
    const short = packed(text);
    expect(packed('z1:gwchtDVHQsmYnF9UACsdDcFBCGYmIhKFt4+jrxI5MQ0yLA9cuSmlHd5TpJCYk5OqVFsLAA==')).toBe(short);
    expect(packed(short)).toBe(short);
    expect(packed('{}')).toBe('{}');
  });
});
