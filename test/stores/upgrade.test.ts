import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { openStore } from '../../src/stores/index.js';
import { migrations } from '../../src/stores/sql/migrations/migrations.js';
import { openBestEngine } from '../../src/stores/sqlite/engines.js';
import { anApproval } from '../support/an-approval.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describe('a store from before there were commands', () => {
  it('knows which run each code names, and in which order they were given out', async () => {
    const file = folder.newFile();
    await fillAsBefore(file);
    const store = await openStore(file);
    const { ref } = anApproval().instance;
    expect(await store.findByCode('Z9Z9')).toEqual(ref);
    expect(await store.findByCode('A1A1')).toEqual(ref);
    expect(await store.codeOf(ref)).toBe('A1A1');
    expect(await store.addCode('Z9Z9', { system: 'command', id: '2' })).toBe(false);
    expect(await store.findApproval('first')).toEqual(anApproval({ id: 'first', code: 'Z9Z9' }));
    await store.close();
  });
});

/** Writes two approvals of one run the way the first tables held them, the later code first. */
async function fillAsBefore(file: string): Promise<void> {
  const database = await openBestEngine(file);
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database }) });
  const getMigrations = () => Promise.resolve({ ...migrations });
  const migrator = new Migrator({ db, provider: { getMigrations } });
  const { error } = await migrator.migrateTo('0001-first-tables');
  expect(error).toBeUndefined();
  const approvals = [
    anApproval({ id: 'first', code: 'Z9Z9' }),
    anApproval({ id: 'second', code: 'A1A1', attempt: 2 }),
  ];
  for (const { id, instance, step, attempt, version, ...rest } of approvals) {
    const body = JSON.stringify({ id, instance, step, attempt, version, ...rest });
    database
      .prepare('insert into approvals values (null, ?, ?, ?, ?, ?, ?, 1, ?)')
      .run([id, instance.ref.system, instance.ref.id, step, attempt, version, body]);
  }
  for (const { id, code } of [...approvals].reverse()) {
    database.prepare('insert into codes values (?, ?)').run([code, id]);
  }
  await db.destroy();
}
