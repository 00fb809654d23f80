import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { store as runStore, type StoreCommand } from '../../src/cli/store.js';
import { copyStore } from '../../src/stores/copy.js';
import { openPlace, openStore, type PlaceOptions } from '../../src/stores/index.js';
import { backupSqlite } from '../../src/stores/sqlite.js';
import { anApproval, noonMs } from '../support/an-approval.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

const copy = (from: string, to: string, places: PlaceOptions = {}) =>
  copyStore({ from, to, replicaId: 'copier', places });

describe('copying a store', () => {
  it('is refused while a bot works on either, and nothing is copied', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    const source = await openStore(from);
    await source.acquireBotLease('bot-1', Date.now(), 30_000);
    expect(await copy(from, to)).toEqual({ kind: 'in-use', place: from, replicaId: 'bot-1' });
    expect(existsSync(to)).toBe(false);
    await source.releaseBotLease('bot-1');
    const target = await openStore(to);
    await target.acquireBotLease('bot-2', Date.now(), 30_000);
    expect(await copy(from, to)).toEqual({ kind: 'in-use', place: to, replicaId: 'bot-2' });
    expect(await target.listOpenApprovals()).toEqual([]);
    await Promise.all([source.close(), target.close()]);
  });

  it('is refused while several bots share either', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    const source = await openStore(from);
    const place = { name: 'replica/bot-3', replicaId: 'bot-3', nowMs: Date.now(), leaseMs: 30_000 };
    await source.acquireLease(place);
    expect(await copy(from, to)).toEqual({ kind: 'in-use', place: from, replicaId: 'bot-3' });
    await source.releaseLease(place.name, place.replicaId);
    expect(await copy(from, to)).toMatchObject({ kind: 'copied' });
    await source.close();
  });

  it('does not make up a store that is not there', async () => {
    const from = folder.newFile();
    expect(await copy(from, folder.newFile())).toEqual({ kind: 'not-there', place: from });
    expect(existsSync(from)).toBe(false);
  });

  it('is refused when the other one remembers anything', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    const target = await openStore(to);
    await target.putNote('a', 'c');
    expect(await copy(from, to)).toEqual({ kind: 'not-empty', place: to });
    expect(await target.getNote('a')).toBe('c');
    await target.close();
  });

  it('leaves both ready for a bot', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    await copy(from, to);
    for (const place of [from, to]) {
      const store = await openStore(place);
      expect(await store.acquireBotLease('bot-1', Date.now(), 30_000)).toBe(true);
      await store.close();
    }
  });

  it('copies every table there is', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    expect(await copy(from, to)).toMatchObject({ kind: 'copied' });
    expect(await everyRowOf(to)).toEqual(await everyRowOf(from));
  });
});

describePostgres('copying to and from a PostgreSQL database', (server) => {
  it('brings everything there and back', async () => {
    const [from, url, back] = [await filledFile(), await server().newDatabase(), folder.newFile()];
    const places = { password: server().password };
    const there = await copy(from, url, places);
    expect(there).toMatchObject({ kind: 'copied' });
    expect(await everyRowOf(url, places)).toEqual(await everyRowOf(from));
    expect(await copy(url, back, places)).toEqual(there);
    expect(await everyRowOf(back)).toEqual(await everyRowOf(from));
  });

  it('goes on counting from where it was', async () => {
    const [from, url] = [await filledFile(), await server().newDatabase()];
    const places = { password: server().password };
    await copy(from, url, places);
    const store = await openStore(url, places);
    await store.addApproval(anApproval({ id: 'next', code: 'NEXT', attempt: 9_999 }));
    await store.addCard('next', { kind: 'channel', channel: 'C0' }, 10, noonMs);
    expect(await store.listCards('next')).toMatchObject([{ id: '251' }]);
    await store.close();
  });

  it('leaves the database empty when it fails half-way', async () => {
    const [from, url] = [await filledFile(), await server().newDatabase()];
    const places = { password: server().password };
    await (await openStore(url, places)).close();
    await server().run(url, 'alter table notes add constraint odd check (length(value) > 5)');
    await expect(copy(from, url, places)).rejects.toThrow('odd');
    await server().run(url, 'alter table notes drop constraint odd');
    expect(await copy(from, url, places)).toMatchObject({ kind: 'copied' });
  });
});

describe('backing a file up', () => {
  it('writes a copy while a bot works, for the eyes of its own user only', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    const working = await openStore(from);
    expect(await backupSqlite(from, to)).toBe('written');
    await working.putNote('later', 'x');
    await working.close();
    expect((await stat(to)).mode & 0o077).toBe(0);
    const kept = await openStore(to);
    expect(await kept.getNote('v1')).toBe('v1');
    expect(await kept.getNote('later')).toBeUndefined();
    await kept.close();
  });

  it('never writes over a file', async () => {
    const [from, to] = [await filledFile(), await filledFile()];
    expect(await backupSqlite(from, to)).toBe('exists');
    expect(await everyRowOf(to)).toEqual(await everyRowOf(from));
  });

  it('leaves nothing behind when it fails', async () => {
    const to = folder.newFile();
    await expect(backupSqlite(folder.path, to)).rejects.toThrow();
    expect(existsSync(to)).toBe(false);
  });
});

describe('the command', () => {
  const command = (change: Partial<StoreCommand>) =>
    runStore({ action: undefined, from: undefined, to: undefined, file: 'none.yml', env: {}, ...change });

  it('says with its exit code how it went', async () => {
    const [from, to] = [await filledFile(), folder.newFile()];
    expect(await command({})).toBe(2);
    expect(await command({ action: 'copy', from })).toBe(2);
    expect(await command({ action: 'backup' })).toBe(2);
    expect(await command({ action: 'copy', from, to })).toBe(0);
    expect(await command({ action: 'copy', from, to })).toBe(1);
    expect(await command({ action: 'backup', from, to })).toBe(1);
    expect(await command({ action: 'backup', from, to: folder.newFile() })).toBe(0);
    expect(await command({ action: 'backup', from: 'postgres://db/x', to: folder.newFile() })).toBe(1);
  });
});

/** Makes a store with more rows in every table than are copied at once, by the database's own list of tables. */
async function filledFile(): Promise<string> {
  const file = folder.newFile();
  const { db, close } = await openPlace(file);
  for (const { name, columns } of await db.introspection.getTables()) {
    const names = sql.join(columns.map((column) => sql.ref(column.name)));
    const rowOf = (number: number) =>
      sql`(${sql.join(columns.map(({ dataType }) => (/text/i.test(dataType) ? `v${number}` : number)))})`;
    const rows = sql.join(Array.from({ length: 250 }, (_, index) => rowOf(index + 1)));
    if (name !== 'bot_lease') await sql`insert into ${sql.table(name)} (${names}) values ${rows}`.execute(db);
  }
  await close();
  return file;
}

/** Reads a whole database by its own list of tables, so that no table can be forgotten. */
async function everyRowOf(place: string, places: PlaceOptions = {}) {
  const database = await openPlace(place, places);
  const { db } = database;
  const names = (await db.introspection.getTables()).map(({ name }) => name);
  const tables: Record<string, readonly unknown[]> = {};
  for (const name of names.filter((one) => one !== 'bot_lease').sort()) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    expect(rows).toHaveLength(250);
    tables[name] = rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
  }
  await database.close();
  return tables;
}
