import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeError } from '../../../src/log.js';
import type { Store } from '../../../src/ports/store.js';
import { openPostgresStore } from '../../../src/stores/postgres.js';
import { aClick } from '../../support/an-approval.js';
import { describeOwnPostgres, describePostgres } from '../../support/postgres/describe-postgres.js';

const endOthers =
  'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';

describeOwnPostgres('a database that is lost', (server) => {
  let url: string;
  let store: Store;
  beforeEach(async () => {
    url = await server().newDatabase();
    store = await openPostgresStore({ url, password: server().password });
  });
  afterEach(() => store.close());

  it('keeps everything that was acknowledged before the server was killed', async () => {
    const safe: string[] = [];
    const write = async (): Promise<void> => {
      for (;;) {
        const id = `click-${safe.length + 1}`;
        await store.addClick(aClick({ id }));
        safe.push(id);
      }
    };
    const writing = write();
    // Whatever it was doing: a write that got no answer throws.
    const broken = expect(writing).rejects.toThrow();
    while (safe.length < 100) await new Promise((resolve) => setImmediate(resolve));
    await server().crash();
    await broken;
    await server().startAgain();
    const kept = new Set((await store.listUnfinishedClicks()).map(({ id }) => id));
    expect(safe.filter((id) => !kept.has(id))).toEqual([]);
  });

  it('refuses a write within seconds while the server is away, and names it without the password', async () => {
    await server().crash();
    const before = performance.now();
    const write = store.addClick(aClick());
    await expect(write).rejects.toThrow(`The store ${url} cannot be reached`);
    expect(performance.now() - before).toBeLessThan(6_000);
    const error: unknown = await write.catch((reason: unknown) => reason);
    expect(JSON.stringify(describeError(error))).not.toContain(server().password);
    await server().startAgain();
    expect(await store.findClick('click-1')).toBeUndefined();
  });

  it('is waited for while the server starts again', async () => {
    await store.putNote('a', 'b');
    await server().crash();
    const [note, written] = [store.getNote('a'), store.addClick(aClick())];
    await server().startAgain();
    expect(await note).toBe('b');
    expect(await written).toBe('written');
  });

  it('is asked again when a question got no answer', async () => {
    await store.putNote('a', 'b');
    // The connection stays in the pool, which does not know yet that it has ended.
    const requested = Promise.all(Array.from({ length: 200 }, () => store.getNote('a')));
    await server().run(url, endOthers);
    expect(new Set(await requested)).toEqual(new Set(['b']));
  });

  it('takes a transaction back whose connection ended, and says so to whoever began it', async () => {
    const work = store.inTransaction(async (transaction) => {
      await transaction.putNote('a', 'b');
      await server().run(url, endOthers);
      await transaction.putNote('c', 'd');
    });
    await expect(work).rejects.toThrow();
    expect(await store.getNote('a')).toBeUndefined();
    expect(await store.getNote('c')).toBeUndefined();
  });

  it('survives that a connection ends between two statements of a transaction', async () => {
    const work = store.inTransaction(async (transaction) => {
      await transaction.putNote('a', 'b');
      await server().run(url, endOthers);
      // Time for the news to arrive while nobody asks for anything.
      for (let slots = 0; slots < 50; slots++) await new Promise((resolve) => setImmediate(resolve));
      return 'done';
    });
    await expect(work).rejects.toThrow();
    expect(await store.getNote('a')).toBeUndefined();
  });
});

describePostgres('a database', (server) => {
  it('refuses a wrong password at once, without showing it', async () => {
    const url = await server().newDatabase();
    const before = performance.now();
    const opening = openPostgresStore({ url, password: 'a wrong one' });
    await expect(opening).rejects.toThrow(`The store ${url} cannot be reached`);
    expect(performance.now() - before).toBeLessThan(1_500);
    const error: unknown = await opening.catch((reason: unknown) => reason);
    expect(describeError(error)).toMatchObject({ message: expect.stringContaining('authentication failed') });
    expect(JSON.stringify(describeError(error))).not.toContain('a wrong one');
  });

  it('says at once which variable is missing where the server asks for a password', async () => {
    const url = await server().newDatabase();
    const since = performance.now();
    await expect(openPostgresStore({ url })).rejects.toThrow('COUNTERSIGN_STORE_PASSWORD is not set');
    expect(performance.now() - since).toBeLessThan(1_500);
  });

  it('that asks for a password keeps no command waiting, once it has said so', async () => {
    const url = await server().newDatabase();
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    const before = sockets();
    await expect(openPostgresStore({ url })).rejects.toThrow('COUNTERSIGN_STORE_PASSWORD is not set');
    // The server would close it after a minute, which is longer than a test may take.
    while (sockets() > before) await new Promise(setImmediate);
    expect(sockets()).toBeLessThanOrEqual(before);
  });

  it('takes a password from its address as well', async () => {
    const url = new URL(await server().newDatabase());
    url.password = encodeURIComponent(server().password);
    const store = await openPostgresStore({ url: url.href });
    await store.close();
  });

  it('is brought up to date by two bots that start at once', async () => {
    const url = await server().newDatabase();
    const open = () => openPostgresStore({ url, password: server().password });
    const stores = await Promise.all([open(), open(), open()]);
    for (const store of stores) await store.putNote('a', 'b');
    for (const store of stores) await store.close();
  });

  it('is left as it was when it cannot be brought up to date', async () => {
    const url = await server().newDatabase();
    await server().run(url, 'create table signals (id text)');
    await expect(openPostgresStore({ url, password: server().password })).rejects.toThrow(
      'cannot be brought',
    );
    const tables = await server().run(
      url,
      "select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%'",
    );
    expect(tables).toEqual([{ tablename: 'signals' }]);
  });

  it('that a newer version has used is not touched', async () => {
    const url = await server().newDatabase();
    await (await openPostgresStore({ url, password: server().password })).close();
    await server().run(url, "insert into kysely_migration values ('9999-from-the-future', '2030-01-01')");
    await expect(openPostgresStore({ url, password: server().password })).rejects.toThrow('newer one');
  });

  it('keeps everything when it is closed and opened again, and waits for work before it closes', async () => {
    const url = await server().newDatabase();
    const store = await openPostgresStore({ url, password: server().password });
    const work = store.inTransaction(async (transaction) => {
      await new Promise((resolve) => setImmediate(resolve));
      await transaction.putNote('a', 'b');
    });
    await store.close();
    await work;
    const again = await openPostgresStore({ url, password: server().password });
    expect(await again.getNote('a')).toBe('b');
    await again.close();
  });

  it('tells whoever bypasses a transaction', async () => {
    const store = await openPostgresStore({ url: await server().newDatabase(), password: server().password });
    const work = store.inTransaction(async () => {
      await store.putNote('a', 'b');
    });
    await expect(work).rejects.toThrow('use the memory it is given');
    expect(await store.getNote('a')).toBeUndefined();
    await store.close();
  });
});
