import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CompiledQuery, type KyselyPlugin, sql } from 'kysely';
import type { Store } from '../../src/ports/store.js';
import { openPostgres } from '../../src/stores/postgres.js';
import type { OpenDatabase } from '../../src/stores/sql/database.js';
import { createSqlStore } from '../../src/stores/sql/sql-store.js';
import { type OpenEngine, openBestEngine, openSqlite, openSqliteStore } from '../../src/stores/sqlite.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { approve, cardSaying, click, privateWord, submit, theCard } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { openStage } from '../support/stage/open-stage.js';
import { personas } from '../support/stage/personas.js';

/** Tables that grow with every approval, for as long as the store lives. */
const growing = [
  'approvals',
  'codes',
  'votes',
  'clicks',
  'dialogs',
  'signals',
  'changes',
  'incidents',
  'failures',
  'deliveries',
  'receipts',
  'ledger',
  'evidence',
];

/** Opens databases as the bot does, and keeps every statement they are asked. */
function recordingEngine() {
  const statements = new Map<string, readonly unknown[]>();
  const open: OpenEngine = async (file) => {
    const engine = await openBestEngine(file);
    return {
      ...engine,
      close: () => engine.close(),
      // A statement is prepared once and used again and again: what counts is that it is used.
      prepare(text) {
        const { reader, ...statement } = bound(engine.prepare(text));
        const used =
          <Result>(run: (values: Values) => Result) =>
          (values: Values): Result => {
            statements.set(text, values);
            return run(values);
          };
        return {
          reader,
          all: used(statement.all),
          run: used(statement.run),
          iterate: used(statement.iterate),
        };
      },
    };
  };
  return { open, statements };
}

/** Of an index that holds only some of the rows all may be read: those that are open, due or pending. */
const ofSome =
  /INDEX (approvals_open|approvals_open_number|approvals_remind|clicks_unfinished|deliveries_due|deliveries_digest|deliveries_given_up|signals_unsettled|incidents_open|clicks_finished|deliveries_notices|changes_over)\b/;

function isWholeRead(step: string): boolean {
  const [, table] = /^SCAN (\w+)/.exec(step) ?? [];
  const aliases: Readonly<Record<string, string>> = { last: 'deliveries', later: 'deliveries' };
  return growing.includes(aliases[table ?? ''] ?? table ?? '') && !ofSome.test(step);
}

type Values = Parameters<Statement['all']>[0];

type Statement = ReturnType<Awaited<ReturnType<OpenEngine>>['prepare']>;

function bound(statement: Statement): Statement {
  return {
    reader: statement.reader,
    all: (values) => statement.all(values),
    run: (values) => statement.run(values),
    iterate: (values) => statement.iterate(values),
  };
}

/** Lists the statements that would read a whole table that grows, however large it is by then. */
async function wholeReads(statements: ReadonlyMap<string, readonly unknown[]>): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-indexes-'));
  const database = await openSqlite({ file: join(folder, 'plans.db') });
  const engine = await openBestEngine(join(folder, 'plans.db'));
  try {
    return [...statements].flatMap(([text, values]) => {
      if (!/^\s*(select|insert|update|delete|with)\b/i.test(text)) return [];
      const plan = engine.prepare(`explain query plan ${text}`);
      const steps = plan.all(values).map((row) => String((row as { readonly detail: string }).detail));
      return steps.filter((step) => isWholeRead(step)).map((step) => `${step}: ${text}`);
    });
  } finally {
    engine.close();
    await database.close();
    rmSync(folder, { recursive: true });
  }
}

/** Plays what a bot does at rest, by a click, a command, a card and at night; what a start does once does not count. */
async function playEverything(
  openStore: (file: string) => Promise<Store>,
  statements: Map<string, readonly unknown[]>,
): Promise<void> {
  const stage = await openStage('socket', {
    approvers: ['ana', 'li'],
    quorum: 2,
    receipts: 'all',
    alerts: {},
    undecided: { remind: ['1h'] },
    operators: ['ana'],
    retention: { approvals: '7d', alerts: '7d', changes: '7d', ledger: '7d' },
    openStore,
  });
  await askForCertificate(stage);
  await stage.observe();
  statements.clear();
  for (let seconds = 0; seconds < 60; seconds += 15) {
    await stage.observeAfter(15_000);
    await stage.bot().takeUp();
  }
  await stage.observeAfter(3_600_000);
  await stage.slack.openHome(personas.ana.id);
  await approve(stage, 'ana', theCard(stage), 'fine');
  await cardSaying(stage, /1 of 2/);
  await click(stage, 'ana', theCard(stage), 'withdraw');
  await privateWord(stage, 'ana', /withdrawn/);
  await approve(stage, 'ana', theCard(stage), 'fine after all');
  await cardSaying(stage, /1 of 2/);
  await click(stage, 'li', theCard(stage), 'ask');
  await submit(stage, 'li', 'What for?');
  await cardSaying(stage, /What for\?/);
  await type(stage, 'sam', 'mine');
  await privateWord(stage, 'sam', /app\.keyexample/);
  await type(stage, 'ana', 'approvals');
  await privateWord(stage, 'ana', /Waiting for your decision|Nothing waits/);
  await approve(stage, 'li', theCard(stage), 'fine');
  await cardSaying(stage, /Approved by/);
  await stage.observeAfter(15_000);
  await stage.observeAfter(25 * 3_600_000);
  await stage.observeAfter(20 * 24 * 3_600_000);
  await stage.bot().removeOld();
  await stage.close();
}

describe('a store that has grown for years', () => {
  it('is never read whole at rest, at night, nor by a click, a command or a card', async () => {
    const engine = recordingEngine();
    await playEverything((file) => openSqliteStore({ file, openEngine: engine.open }), engine.statements);
    expect(engine.statements.size).toBeGreaterThan(60);
    expect(removals(engine.statements)).toEqual(removedTables);
    expect(await wholeReads(engine.statements)).toEqual([]);
  });
});

/** What a night removes from; that it is in the story keeps it from being left out of the check. */
const removedTables = [
  'approvals',
  'clicks',
  'deliveries',
  'evidence',
  'ledger',
  'notes',
  'receipts',
  'signals',
  'votes',
];

function removals(statements: ReadonlyMap<string, readonly unknown[]>): readonly string[] {
  const tables = [...statements.keys()].flatMap((text) => /^delete from "(\w+)"/.exec(text)?.[1] ?? []);
  return [...new Set(tables)].filter((table) => removedTables.includes(table)).sort();
}

/** Has a database keep every statement it is asked, whichever engine it is. */
function recorded(database: OpenDatabase): {
  readonly database: OpenDatabase;
  readonly statements: Map<string, readonly unknown[]>;
} {
  const statements = new Map<string, readonly unknown[]>();
  const { db } = database;
  const recording: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      const { sql: text, parameters } = db.getExecutor().compileQuery(node, queryId);
      statements.set(text, parameters);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { database: { ...database, db: db.withPlugin(recording) }, statements };
}

/** A million rows and more of what is over, as years of approvals leave them. */
const history = [
  `insert into approvals (id, system, instance_id, step, attempt, version, is_open, state, fingerprint, is_assigned, body)
    select 'a' || n, 'corp', 'r' || n, 'Step', 1, 3, 0, 'ended', 'f' || n, 0, '{}' from generate_series(1, 75000) n`,
  `insert into codes (code, system, instance_id, approval_id)
    select 'C' || n, 'corp', 'r' || n, 'a' || n from generate_series(1, 75000) n`,
  `insert into votes (approval_id, person, revision, at_ms, body)
    select 'a' || n, 'T0/U' || n % 50, 1, n, '{}' from generate_series(1, 75000) n`,
  `insert into signals (id, approval_id, system, instance_id, phase, holder, lease_until_ms, claimed_at_ms, body)
    select 's' || n, 'a' || n, 'corp', 'r' || n, 'settled', '', 0, n, '{}' from generate_series(1, 75000) n`,
  `insert into deliveries (subject, target, approval_id, target_body, status, priority, wanted_version, shown_version,
      wanted_at_ms, due_at_ms, attempts, may_have_posted, channel, ts)
    select 'card:a' || n, 'C0PKI', 'a' || n, '{}', 'done', 5, 3, 3, n, n, 0, 0, 'C0PKI', 'c' || n
    from generate_series(1, 75000) n`,
  `insert into deliveries (subject, target, notice_body, target_body, status, priority, wanted_version, shown_version,
      wanted_at_ms, due_at_ms, attempts, may_have_posted, channel, ts)
    select 'notice:' || n, 'U' || n % 500, '{}', '{}', 'done', 5, 1, 1, n, n, 0, 0, 'D' || n % 500, 'n' || n
    from generate_series(1, 75000) n`,
  `insert into clicks (id, at_ms, body, answer, finished_at_ms)
    select 'k' || n, n, '{}', '{}', n from generate_series(1, 75000) n`,
  `insert into receipts (code, at_ms, body) select 'R' || n, n, '{}' from generate_series(1, 75000) n`,
  `insert into evidence (sha256, body) select 'e' || n, '' from generate_series(1, 75000) n`,
  `insert into ledger (system, number, at_ms, kind, instance_id, person, body, previous, mac, key_id)
    select 'corp', 1000000 + n, n, 'vote', 'r' || n / 4, 'T0/U' || n % 50, '{}', '', '', 'none'
    from generate_series(1, 260000) n`,
  `insert into changes (id, person, system, twin_key, phase, instance_id, proposed_at_ms, confirmed_at_ms, body)
    select 'g' || n, 'T0/U' || n % 50, 'corp', 't' || n, 'over', 'r' || n, n, n, '{}'
    from generate_series(1, 25000) n`,
  `insert into incidents (id, system, key, version, is_open, body)
    select 'i' || n, 'corp', 'k' || n, 2, 0, '{}' from generate_series(1, 10000) n`,
  `insert into failures (system, instance_id, incident_id, is_open, body)
    select 'corp', 'x' || n, 'i' || n / 3, 0, '{}' from generate_series(1, 30000) n`,
  `insert into dialogs (id, at_ms, body) select 'd' || n, n, '{}' from generate_series(1, 500) n`,
];

/** Adds rows so many at a time, as no statement of ours may take longer. */
async function generate(db: OpenDatabase['db'], rows: string): Promise<void> {
  const last = Number(/series\(1, (\d+)\)/.exec(rows)?.[1]);
  for (let from = 1; from <= last; from += 25_000) {
    const part = `series(${from}, ${Math.min(last, from + 24_999)})`;
    await sql.raw(rows.replace(/series\(1, \d+\)/, part)).execute(db);
  }
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Lists the parts of a plan that read a table that grows, or all of an index on it. */
function wholeReadsIn(node: PlanNode): readonly string[] {
  const { 'Relation Name': table = '', 'Node Type': kind, 'Index Name': index = '' } = node;
  const isGrowing = growing.includes(table) && table !== 'dialogs';
  const isBare =
    kind.startsWith('Index') && node['Index Cond'] === undefined && !ofSome.test(`INDEX ${index}`);
  const own = isGrowing && (kind === 'Seq Scan' || isBare) ? [`${kind} ${table} ${index}`] : [];
  return [...own, ...(node.Plans ?? []).flatMap(wholeReadsIn)];
}

describePostgres('a PostgreSQL database that has grown for years', (server) => {
  it('is never read whole at rest, at night, nor by a click, a command or a card', async () => {
    const url = await server().newDatabase();
    const { password } = server();
    const { database, statements } = recorded(await openPostgres({ url, password }));
    await playEverything(async () => createSqlStore(database), statements);
    expect(statements.size).toBeGreaterThan(60);
    expect(removals(statements)).toEqual(removedTables);
    const { db, close } = await openPostgres({ url, password });
    for (const rows of history) await generate(db, rows);
    await sql`analyze`.execute(db);
    const found: string[] = [];
    for (const [text, parameters] of statements) {
      if (!/^\s*(select|insert|update|delete|with)\b/i.test(text)) continue;
      const explained = CompiledQuery.raw(`explain (format json) ${text}`, [...parameters]);
      const [row] = (
        await db.executeQuery<{ readonly 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(explained)
      ).rows;
      for (const read of row ? wholeReadsIn(row['QUERY PLAN'][0]?.Plan as PlanNode) : [])
        found.push(`${read}: ${text}`);
    }
    await close();
    expect(found).toEqual([]);
  }, 180_000);
});
