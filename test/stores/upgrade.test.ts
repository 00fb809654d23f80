import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Dialect, Kysely, Migrator, SqliteDialect, sql } from 'kysely';
import type { Store } from '../../src/ports/store.js';
import { fingerprintOf } from '../../src/shared/fingerprint-of.js';
import { openStore } from '../../src/stores/index.js';
import { createConnections, createPostgresDriver, postgresDialect } from '../../src/stores/postgres.js';
import { createNestingGuard } from '../../src/stores/sql/database.js';
import { migrations } from '../../src/stores/sql/migrations/migrations.js';
import { openBestEngine } from '../../src/stores/sqlite.js';
import { anApproval, anInstance } from '../support/an-approval.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describe('a store from before there were commands', () => {
  it('knows which run each code names, and in which order they were given out', async () => {
    const file = folder.newFile();
    const database = await openBestEngine(file);
    await fillAsBefore(new SqliteDialect({ database }));
    await knowsCodes(await openStore(file));
  });
});

describePostgres('a PostgreSQL database from before there were commands', (server) => {
  it('knows which run each code names, and in which order they were given out', async () => {
    const url = new URL(await server().newDatabase());
    url.password = encodeURIComponent(server().password);
    await fillAsBefore(postgresDialect(createPostgresDriver(createConnections(url), createNestingGuard())));
    await knowsCodes(await openStore(url.href));
  });
});

async function knowsCodes(store: Store): Promise<void> {
  const { ref } = anApproval().instance;
  expect(await store.findByCode('Z9Z9')).toEqual(ref);
  expect(await store.findByCode('A1A1')).toEqual(ref);
  expect(await store.codeOf(ref)).toBe('A1A1');
  expect(await store.addCode('Z9Z9', { system: 'command', id: '2' })).toBe(false);
  // What stands beside the body since then was filled in from it.
  const { step, isAssigned, instance } = anApproval();
  const known = { ref, step, version: 1, isAssigned };
  expect([...(await store.listTracked(ref.system))]).toEqual([
    { id: 'first', ...known, fingerprint: instance.fingerprint },
    // The same as it comes to now, so that nothing is read anew because of the upgrade.
    { id: 'second', ...known, fingerprint: `${fingerprintOf(asListedBefore)} as listed` },
  ]);
  expect(await store.listOpenApprovals(ref.system, 'waiting')).toHaveLength(2);
  expect(await store.findApproval('first')).toEqual(anApproval({ id: 'first', code: 'Z9Z9' }));
  await store.close();
}

/** What a list showed; it stood in the fingerprint as it was, too long for an index. */
const asListedBefore = ['Suspended', 'approval-1', 0, randomBytes(6_000).toString('base64'), 1];

/** Writes two approvals of one run the way the first tables held them, the later code first. */
async function fillAsBefore(dialect: Dialect): Promise<void> {
  const db = new Kysely<unknown>({ dialect });
  const getMigrations = () => Promise.resolve({ ...migrations });
  const migrator = new Migrator({ db, provider: { getMigrations } });
  const { error } = await migrator.migrateTo('0001-first-tables');
  expect(error).toBeUndefined();
  const approvals = [
    anApproval({ id: 'first', code: 'Z9Z9' }),
    anApproval({
      id: 'second',
      code: 'A1A1',
      attempt: 2,
      instance: anInstance({ fingerprint: `${JSON.stringify(asListedBefore)} as listed` }),
    }),
  ];
  for (const { id, instance, step, attempt, version, ...rest } of approvals) {
    const body = JSON.stringify({ id, instance, step, attempt, version, ...rest });
    await sql`insert into approvals (id, system, instance_id, step, attempt, version, is_open, body)
      values (${id}, ${instance.ref.system}, ${instance.ref.id}, ${step}, ${attempt}, ${version}, 1, ${body})`.execute(
      db,
    );
  }
  for (const { id, code } of [...approvals].reverse()) {
    await sql`insert into codes values (${code}, ${id})`.execute(db);
  }
  await db.destroy();
}
