import { once } from 'node:events';
import { readdirSync, rmSync, watch } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type AuditCommand, audit, exportLedger, messagesOn, verdictLine } from '../../src/cli/audit.js';
import { createHmacSigner } from '../../src/crypto.js';
import { anchorText, nextRecord } from '../../src/domain/ledger.js';
import type { Store } from '../../src/ports/store.js';
import { openPlace, openStore } from '../../src/stores/index.js';
import { backupSqlite } from '../../src/stores/sqlite.js';
import { anEntry, key } from '../domain/ledger/a-chain.js';
import { createTemporaryFolder, type TemporaryFolder } from '../stores/temporary-folder.js';
import { noonMs } from '../support/an-approval.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

const env = { COUNTERSIGN_LEDGER_KEY: key.toString('base64') };

/** Makes a store with so many records about `corp` and one about the bot itself. */
async function filledFile(records = 5): Promise<string> {
  const file = folder.newFile();
  await fill(await openStore(file), records);
  return file;
}

async function fill(store: Store, records: number): Promise<void> {
  const signer = createHmacSigner(key);
  const entries = Array.from({ length: records }, (_, number) =>
    anEntry({ atMs: noonMs + number, note: { said: 'a "quoted", word' } }),
  );
  await store.inTransaction(async (repository) => {
    for (const entry of [...entries, anEntry({ system: '', kind: 'settings' })]) {
      await repository.appendLedger(entry.system, (head) => nextRecord(signer, entry, head));
    }
  });
  await store.close();
}

/** Names what lies beside a file and belongs to it. */
function beside(file: string): readonly string[] {
  return readdirSync(folder.path).filter((name) => name.startsWith(basename(file)));
}

/** Does something to a store that the bot never does. */
async function tamper(file: string, statement: string): Promise<void> {
  const { db, close } = await openPlace(file, { asItIs: true });
  await sql.raw(statement).execute(db);
  await close();
}

function command(change: Partial<AuditCommand>): Promise<number> {
  return audit({
    action: 'verify',
    from: undefined,
    heads: [],
    anchors: undefined,
    format: 'jsonl',
    since: undefined,
    system: undefined,
    chain: undefined,
    file: 'none.yml',
    env,
    ...change,
  });
}

async function headOf(file: string): Promise<string> {
  const store = await openStore(file);
  const [, head] = await store.listLedgerHeads();
  await store.close();
  return head ? anchorText(head) : '';
}

/** Says in the head of a database that changes go to a log beside it, as in the file a bot leaves when it ends. */
async function markAsLogged(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.fill(2, 18, 20);
  await writeFile(file, bytes);
}

/** Watches a folder; gives the files that were made or changed in it since. */
function watchFolder(path: string): () => Promise<readonly string[]> {
  const touched: string[] = [];
  const watcher = watch(path, (_event, name) => touched.push(name ?? ''));
  return async () => {
    const mark = join(path, 'mark');
    await writeFile(mark, '');
    while (!touched.includes('mark')) await once(watcher, 'change');
    watcher.close();
    rmSync(mark);
    return touched.slice(0, touched.indexOf('mark'));
  };
}

describe('checking the ledger from the command line', () => {
  it('ends well when everything is in order, also while a bot has the store open', async () => {
    const file = await filledFile();
    const working = await openStore(file);
    expect(await command({ from: file })).toBe(0);
    await working.close();
  });

  it.each(['verify', 'export'])('by %s leaves a copy as it is, down to the last byte', async (action) => {
    const file = await filledFile();
    const copy = folder.newFile();
    await backupSqlite(file, copy);
    await markAsLogged(copy);
    const before = [await readFile(copy), beside(copy)];
    const touched = watchFolder(dirname(copy));
    expect(await command({ action, from: copy })).toBe(0);
    // Nothing is put beside it meanwhile either, so the right to read is enough.
    expect(await touched()).toEqual([]);
    expect([await readFile(copy), beside(copy)]).toEqual(before);
  });

  it('sees the newest record beside a bot that has the store, and takes no lock from it', async () => {
    const file = await filledFile();
    const working = await openStore(file);
    await working.acquireBotLease('one', noonMs, 30_000);
    const signer = createHmacSigner(key);
    await working.appendLedger('corp', (head) => nextRecord(signer, anEntry({ atMs: noonMs + 9 }), head));
    const [, head] = await working.listLedgerHeads();
    expect(head?.number).toBe(6);
    expect(await command({ from: file, heads: head ? [anchorText(head)] : [] })).toBe(0);
    expect(await working.acquireBotLease('one', noonMs, 30_000)).toBe(true);
    await working.close();
  });

  it('needs no table of this version but the ledger, and makes none', async () => {
    const file = await filledFile();
    await tamper(file, "delete from kysely_migration where name > '0008'");
    await tamper(file, 'drop table watched_runs');
    expect(await command({ from: file })).toBe(0);
    const { db, close } = await openPlace(file, { readOnly: true });
    const tables = (await db.introspection.getTables()).map(({ name }) => name);
    expect(tables).not.toContain('watched_runs');
    await close();
  });

  it.each([
    ['edits a record', "update ledger set body = replace(body, 'K7F3', 'K7F4') where number = 2"],
    ['removes one from the middle', 'delete from ledger where number = 2'],
    [
      'removes the last and leaves what was noted of it',
      "delete from ledger where number = 5 and system = 'corp'",
    ],
    ['moves records to another system', "update ledger set system = 'lab' where system = 'corp'"],
    ['removes a whole chain', "delete from ledger where system = ''"],
  ])('ends badly when somebody %s', async (_what, statement) => {
    const file = await filledFile();
    await tamper(file, statement);
    expect(await command({ from: file })).toBe(1);
  });

  it('finds a tail that was cut off with all that was noted of it, by a head or a file of heads', async () => {
    const file = await filledFile();
    const head = await headOf(file);
    await tamper(file, "delete from ledger where system = 'corp' and number > 3");
    await tamper(
      file,
      `update ledger_heads set number = 3, mac = (select mac from ledger where system = 'corp' and number = 3)
       where system = 'corp'`,
    );
    expect(await command({ from: file })).toBe(0);
    expect(await command({ from: file, heads: [head] })).toBe(1);
    const anchors = `${folder.newFile()}.anchors`;
    await writeFile(anchors, `2026-01-15T12:00:00.000Z ${head}\n`);
    expect(await command({ from: file, anchors })).toBe(1);
  });

  it('finds an older backup put in place of the store by the heads the bot wrote beside it', async () => {
    const file = await filledFile();
    const [system, number] = (await headOf(file)).split(':');
    await writeFile(`${file}.anchors`, `${system}:${Number(number) + 1}:${'a'.repeat(64)}\n`);
    expect(await command({ from: file })).toBe(1);
  });

  it('ends badly without the key, and with another one', async () => {
    const file = await filledFile();
    expect(await command({ from: file, env: {} })).toBe(1);
    const other = { COUNTERSIGN_LEDGER_KEY: Buffer.from('another key of some 32 bytes....').toString('hex') };
    expect(await command({ from: file, env: other })).toBe(1);
    const both = { ...other, COUNTERSIGN_LEDGER_KEY_PREVIOUS: env.COUNTERSIGN_LEDGER_KEY };
    expect(await command({ from: file, env: both })).toBe(0);
  });

  describe('where records stand without a seal in a chain that has been under a key', () => {
    async function brokenFile(): Promise<string> {
      const file = await filledFile(2);
      const store = await openStore(file);
      const plain = createHmacSigner(undefined);
      await store.appendLedger('corp', (head) => nextRecord(plain, anEntry(), head));
      await store.close();
      return file;
    }

    it('ends badly until somebody accepts that, on record', async () => {
      const file = await brokenFile();
      expect(await command({ from: file })).toBe(1);
      expect(await command({ from: file, action: 'accept', chain: 'corp' })).toBe(0);
      expect(await command({ from: file })).toBe(0);
      expect(await command({ from: file, action: 'accept', chain: 'corp' })).toBe(2);
    });

    it('accepts nothing without a key, without a name, or where nothing has lost its key', async () => {
      const file = await brokenFile();
      expect(await command({ from: file, action: 'accept', chain: 'corp', env: {} })).toBe(2);
      expect(await command({ from: file, action: 'accept' })).toBe(2);
      expect(await command({ from: file, action: 'accept', chain: '' })).toBe(2);
      expect(await command({ from: file })).toBe(1);
    });
  });

  it('says that it was asked wrongly', async () => {
    const file = await filledFile();
    expect(await command({ from: folder.newFile() })).toBe(2);
    expect(await command({ from: file, action: 'burn' })).toBe(2);
    expect(await command({ from: file, heads: ['corp:5'] })).toBe(2);
    expect(await command({ from: file, env: { COUNTERSIGN_LEDGER_KEY: 'short' } })).toBe(2);
    expect(await command({ from: file, action: 'export', format: 'xml' })).toBe(2);
    expect(await command({ from: file, action: 'export', since: 'yesterday' })).toBe(2);
    // An empty file would look like a system about which nothing is on record.
    expect(await command({ from: file, action: 'export', system: 'crop' })).toBe(2);
  });

  it('names the first bad record, and says what a good chain proves', () => {
    const proofs = { signerOf: () => undefined, hasKey: true, anchors: [] };
    expect(verdictLine({ system: 'corp', number: 3, what: 'altered' }, proofs)).toBe(
      'BAD  corp: record 3 does not match its seal: it was edited, moved, or written without the key',
    );
    const good = { system: '', number: 3, mac: 'x', keyed: 3 };
    expect(verdictLine(good, proofs)).toContain('nothing shows whether later ones were cut off');
    const anchors = [{ system: '', number: 2, mac: 'x' }];
    expect(verdictLine(good, { ...proofs, anchors })).toBe(
      'ok   the bot itself: 3 records, in order; 1 record came after the last head given',
    );
    expect(verdictLine({ ...good, keyed: 0 }, proofs)).toContain('proves nothing');
  });

  it('tells of records without a seal, also of those somebody accepted', () => {
    const proofs = { signerOf: () => undefined, hasKey: true, anchors: [] };
    const fault = { system: 'corp', number: 3, what: 'without-key', count: 4 } as const;
    expect(verdictLine(fault, proofs)).toMatch(
      /^BAD {2}corp: record 3 was written without the key, .*4 of them/,
    );
    const good = { system: 'corp', number: 9, mac: 'x', keyed: 5 };
    const broken = { ...good, breaks: [{ from: 3, to: 6, by: 7 }] };
    expect(messagesOn(broken)).toEqual([
      'note corp: records 3 to 6 were written without the key; record 7 says that someone accepted them',
    ]);
    expect(messagesOn({ ...good, breaks: [{ from: 3, to: 3, by: 4 }] })[0]).toContain('record 3 was written');
    expect(messagesOn({ ...good, vouchedBy: 4 })).toEqual([
      'note corp: records 1 to 3 have no seal of their own; record 4, of an older version, is sealed on top of them',
    ]);
    expect(messagesOn(good)).toEqual([]);
    expect(messagesOn(fault)).toEqual([]);
  });
});

describe('writing the ledger out', () => {
  /** Takes one line at a time and never more than a few; notes how many wait. */
  function slowReader() {
    const lines: string[] = [];
    let mostWaiting = 0;
    const to = new Writable({
      highWaterMark: 1_000,
      write(chunk, _encoding, done) {
        mostWaiting = Math.max(mostWaiting, to.writableLength);
        lines.push(String(chunk));
        setImmediate(done);
      },
    });
    return { to, lines, mostWaiting: () => mostWaiting };
  }

  async function exported(file: string, wanted: Partial<Parameters<typeof exportLedger>[1]>) {
    const store = await openStore(file);
    const reader = slowReader();
    const all = { format: 'jsonl', sinceMs: undefined, system: undefined, ...wanted } as const;
    const count = await exportLedger(store, all, reader.to);
    await new Promise<void>((resolve) => reader.to.end(resolve));
    await store.close();
    return { ...reader, count };
  }

  it('waits for a slow reader instead of filling the memory, however many records there are', async () => {
    const { count, lines, mostWaiting } = await exported(await filledFile(1_200), {});
    expect(count).toBe(1_201);
    expect(lines).toHaveLength(1_201);
    expect(mostWaiting()).toBeLessThan(3_000);
  });

  it('writes lines of JSON from which the seals can be checked', async () => {
    const { lines } = await exported(await filledFile(2), { system: 'corp', sinceMs: noonMs + 1 });
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '');
    expect(createHmacSigner(key).sign(`${line.previous}\n${line.body}`)).toBe(line.mac);
    expect(line).toMatchObject({
      system: 'corp',
      number: 2,
      at: '2026-01-15T12:00:00.001Z',
      entry: { code: 'K7F3' },
    });
  });

  it('writes CSV with a head, quotes doubled, and nothing a spreadsheet would run', async () => {
    const { lines } = await exported(await filledFile(1), { format: 'csv', system: 'corp' });
    expect(lines[0]).toBe('system,number,at,kind,instance,person,body,previous,mac,key_id\n');
    expect(lines[1]).toContain('"corp","1","2026-01-15T12:00:00.000Z","decision","",""');
    expect(lines[1]).toContain('\\""quoted\\""');
    const store = await openStore(':memory:');
    const entry = anEntry({ instance: '=cmd()' });
    await store.appendLedger('corp', (head) => nextRecord(createHmacSigner(key), entry, head));
    const reader = slowReader();
    await exportLedger(store, { format: 'csv', sinceMs: undefined, system: undefined }, reader.to);
    await new Promise<void>((resolve) => reader.to.end(resolve));
    await store.close();
    expect(reader.lines[1]).toContain(`"'=cmd()"`);
  });
});

describePostgres('the ledger in a database', (server) => {
  /** Makes a database with records, and a role that may do so much there; gives the address for that role. */
  async function addressFor(role: string, rights: readonly string[]): Promise<string> {
    const url = new URL(await server().newDatabase());
    await fill(await openStore(url.href, { password: server().password }), 5);
    await server().run(url.href, `create role ${role} login password 'reads'`);
    for (const right of rights) await server().run(url.href, `grant ${right} to ${role}`);
    url.username = role;
    url.password = 'reads';
    return url.href;
  }

  it('is checked and written out by a role that may only read its two tables', async () => {
    const from = await addressFor('auditor', ['select on ledger, ledger_heads']);
    expect(await command({ from })).toBe(0);
    expect(await command({ from, action: 'export' })).toBe(0);
  });

  it('names the right that is lacking, with the statement that grants it', async () => {
    const from = await addressFor('half_an_auditor', ['select on ledger_heads']);
    await expect(command({ from })).rejects.toThrow(
      /half_an_auditor may not read ledger.*GRANT SELECT ON public.ledger TO half_an_auditor/s,
    );
  });

  it('is read in transactions in which the server lets nothing be written, whoever reads', async () => {
    const url = await server().newDatabase();
    const { password } = server();
    await fill(await openStore(url, { password }), 1);
    const store = await openStore(url, { password, readOnly: true });
    await expect(store.putNote('key', 'value')).rejects.toThrow(/read-only transaction/);
    await expect(store.inTransaction((one) => one.putNote('key', 'value'))).rejects.toThrow(
      /read-only transaction/,
    );
    await store.close();
    expect(await command({ from: url, env: { ...env, COUNTERSIGN_STORE_PASSWORD: password } })).toBe(0);
  });
});
