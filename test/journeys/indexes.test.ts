import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type OpenEngine, openBestEngine, openSqlite, openSqliteStore } from '../../src/stores/sqlite.js';
import { approve, cardSaying, click, privateWord, submit, theCard } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrolments.js';
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
  /USING (COVERING )?INDEX (approvals_open|approvals_open_number|approvals_remind|clicks_unfinished|deliveries_due|deliveries_digest|deliveries_given_up|signals_unsettled|incidents_open)\b/;

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

describe('a store that has grown for years', () => {
  it('is never read whole at rest, nor by a click, a command or a card', async () => {
    const engine = recordingEngine();
    const stage = await openStage('socket', {
      approvers: ['ana', 'li'],
      quorum: 2,
      receipts: 'all',
      alerts: {},
      undecided: { remind: ['1h'] },
      operators: ['ana'],
      openStore: (file) => openSqliteStore({ file, openEngine: engine.open }),
    });
    await askForCertificate(stage);
    await stage.observe();
    // What a start has to do once does not count.
    engine.statements.clear();
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
    await stage.close();
    expect(engine.statements.size).toBeGreaterThan(60);
    expect(await wholeReads(engine.statements)).toEqual([]);
  });
});
