import { spawnSync } from 'node:child_process';
import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { realRuntime } from '../../src/cli/start.js';
import type { Store } from '../../src/ports/store.js';
import { checkUpStore, openStore } from '../../src/stores/index.js';
import { openBestEngine } from '../../src/stores/sqlite.js';
import { createStoreLock, type StoreLock } from '../../src/use-cases/leases.js';
import { aClick, anApproval, aPerson, aSignal, aVote, noonMs } from '../support/an-approval.js';
import { captureLog } from '../support/stage/captured-log.js';
import { spawnChild } from './spawn-child.js';
import { createTemporaryFolder, type TemporaryFolder } from './temporary-folder.js';

let folder: TemporaryFolder;
beforeAll(async () => {
  folder = await createTemporaryFolder();
});
afterAll(() => folder.remove());

describe('a store in a file', () => {
  it('opens without a warning, whichever driver this Node has', () => {
    const store = new URL('../../dist/stores/index.js', import.meta.url).href;
    const script = `import { openStore } from '${store}'; await (await openStore(process.argv[1])).close();`;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script, folder.newFile()],
      { encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('keeps everything when it is closed and opened again', async () => {
    const file = folder.newFile();
    const before = await openStore(file);
    await fill(before);
    const kept = await everythingIn(before);
    await before.close();
    const after = await openStore(file);
    expect(await everythingIn(after)).toEqual(kept);
    await after.close();
  });

  it('is for the eyes of its own user only', async () => {
    const file = folder.newFile();
    const store = await openStore(file);
    await store.putNote('a', 'b');
    for (const name of [file, `${file}-wal`]) expect((await stat(name)).mode & 0o077).toBe(0);
    await store.close();
  });

  it('names the file it cannot open', async () => {
    const file = join(folder.path, 'no-such-folder', 'store.db');
    await expect(openStore(file)).rejects.toThrow(file);
  });

  it('waits for a running transaction before it closes', async () => {
    const file = folder.newFile();
    const store = await openStore(file);
    const work = store.inTransaction(async (transaction) => {
      await new Promise((resolve) => setImmediate(resolve));
      await transaction.putNote('a', 'b');
    });
    await store.close();
    await work;
    const again = await openStore(file);
    expect(await again.getNote('a')).toBe('b');
    await again.close();
  });

  it('refuses a second bot on the same file', async () => {
    const file = folder.newFile();
    const [one, two] = [await openStore(file), await openStore(file)];
    expect(await one.acquireBotLease('one', noonMs, 30_000)).toBe(true);
    expect(await two.acquireBotLease('two', noonMs + 1, 30_000)).toBe(false);
    await one.releaseBotLease('one');
    expect(await two.acquireBotLease('two', noonMs + 1, 30_000)).toBe(true);
    await Promise.all([one.close(), two.close()]);
  });

  it('refuses a second bot of the same host name and process id at once, as in two containers', async () => {
    const file = folder.newFile();
    const { log } = captureLog();
    const stores = [await openStore(file), await openStore(file)] as const;
    const [one, two] = stores.map((store) => createStoreLock({ ...realRuntime(log), store })) as [
      StoreLock,
      StoreLock,
    ];
    expect(await one.take()).toBe(true);
    expect(await two.take()).toBe(false);
    await one.renew();
    await one.release();
    expect(await two.take()).toBe(true);
    for (const store of stores) await store.close();
  });

  it('is free at once when the process that held it was killed, whatever its clock said', async () => {
    const file = folder.newFile();
    const child = spawnChild(new URL('./children/hold-store.mjs', import.meta.url), [file]);
    const found: unknown[] = [];
    for await (const line of child.lines) {
      const beside = await openStore(file);
      found.push(
        line,
        await beside.acquireBotLease('two', Date.now(), 30_000),
        await beside.getBotReplicaId(),
      );
      await beside.close();
      child.kill();
    }
    expect(found).toEqual(['held', false, 'one']);
    const store = await openStore(file);
    expect(await child.ended).toBe('SIGKILL');
    expect(await store.acquireBotLease('two', Date.now(), 30_000)).toBe(true);
    await store.close();
  });

  it('tells the bot that holds it when somebody removed its lock, under which another may start', async () => {
    const file = folder.newFile();
    const [one, two] = [await openStore(file), await openStore(file)];
    await one.acquireBotLease('one', noonMs, 30_000);
    await rm(`${file}.lock`);
    expect(await two.acquireBotLease('two', noonMs, 30_000)).toBe(true);
    expect(await one.acquireBotLease('one', noonMs, 30_000)).toBe(false);
    for (const store of [one, two]) await store.close();
  });

  it.each(['emptied', 'removed'])('says that it was %s, instead of beginning anew', async (how) => {
    const file = folder.newFile();
    const store = await openStore(file);
    await store.acquireBotLease('one', noonMs, 30_000);
    await store.close();
    await rm(file);
    if (how === 'emptied') await writeFile(file, '');
    await expect(openStore(file)).rejects.toThrow(`remove ${file}.lock`);
    expect(await checkUpStore(file, {})).toMatchObject([{ verdict: 'bad' }]);
    await rm(`${file}.lock`);
    await (await openStore(file)).close();
  });

  it('names the table and the row of a body that was damaged', async () => {
    const file = folder.newFile();
    const store = await openStore(file);
    await fill(store);
    await store.close();
    await change(file, "update approvals set body = '{' where id = 'approval-a'");
    const damaged = await openStore(file);
    await expect(damaged.findApproval('approval-a')).rejects.toThrow('approval-a in table approvals');
    await damaged.close();
  });

  it('does not touch a store that a newer version has used', async () => {
    const file = folder.newFile();
    await (await openStore(file)).close();
    await change(file, "insert into kysely_migration values ('9999-from-the-future', '2030-01-01')");
    await expect(openStore(file)).rejects.toThrow('newer one');
  });
});

describe('a transaction', () => {
  it('tells whoever bypasses it instead of waiting for itself for ever', async () => {
    const store = await openStore(':memory:');
    const work = store.inTransaction(async () => {
      await store.putNote('a', 'b');
    });
    await expect(work).rejects.toThrow('use the memory it is given');
    await store.close();
  });

  it('lets what it set going use the store once it is over', async () => {
    const store = await openStore(':memory:');
    let afterwards: Promise<void> | undefined;
    let over = () => {};
    const isOver = new Promise<void>((resolve) => {
      over = resolve;
    });
    await store.inTransaction(async () => {
      afterwards = isOver.then(() => store.putNote('a', 'b'));
    });
    over();
    await afterwards;
    expect(await store.getNote('a')).toBe('b');
    await store.close();
  });
});

async function fill(store: Store): Promise<void> {
  await store.addApproval(anApproval());
  await store.addVote('approval-a', aVote());
  await store.addClick(aClick());
  await store.addSignal(aSignal());
  await store.addCard('approval-a', { kind: 'channel', channel: 'C0' }, 10, noonMs);
  await store.blockLimiter('C0', noonMs + 5_000);
  await store.rememberPerson(aPerson(), noonMs);
  await store.putNote('a', 'b');
}

async function everythingIn(store: Store): Promise<readonly unknown[]> {
  return [
    await store.listOpenApprovals('command'),
    await store.isCodeTaken('K7F3'),
    await store.listVotes('approval-a'),
    await store.listUnfinishedClicks(),
    await store.listUnsettledSignals('command'),
    await store.listCards('approval-a'),
    await store.takeSlot('C0', { everyMs: 1_000, burst: 1 }, noonMs),
    await store.recallPerson(aPerson().id),
    await store.getNote('a'),
  ];
}

/** Does to a file what no bot does. */
async function change(file: string, text: string): Promise<void> {
  const database = await openBestEngine(file);
  database.prepare(text).run([]);
  database.close();
}
