import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningCountersign, runCountersign } from '../sandbox/demo/run-countersign.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';

let folder: string;
let sandbox: RunningCountersign;
let env: Record<string, string>;
const running: RunningCountersign[] = [];

const place = (name: string) => join(folder, name);
const settingsFile = () => place('countersign.sandbox.yml');
const storeFile = () => place('countersign.sandbox.db');

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-drill-'));
  sandbox = runCountersign(['sandbox', '--dir', folder, '--port', '0']);
  running.push(sandbox);
  await sandbox.prints(/Ctrl-C/);
  env = parseEnv(readFileSync(place('countersign.sandbox.env'), 'utf8')) as Record<string, string>;
}, 60_000);

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.process.kill('SIGKILL');
    await one.ended;
  }
  rmSync(folder, { recursive: true });
});

/** Types a command with the settings, and gives what it printed; it must end with 0 unless another code is expected. */
async function type(args: readonly string[], code = 0): Promise<string> {
  const one = runCountersign([...args, '--config', settingsFile()], env);
  running.push(one);
  expect([args, await one.ended, one.printed()]).toEqual([args, code, expect.any(String)]);
  return one.printed();
}

async function start(): Promise<RunningCountersign> {
  const bot = runCountersign(['start', '--config', settingsFile()], env);
  running.push(bot);
  await bot.prints(/Countersign is running/);
  return bot;
}

async function stop(bot: RunningCountersign): Promise<void> {
  bot.process.kill('SIGTERM');
  expect(await bot.ended).toBe(0);
}

/** Waits until a card was posted, as somebody in Slack sees it. */
async function cards(): Promise<number> {
  const page = /Slack +(http:\/\/\S+)/.exec(sandbox.printed())?.[1] ?? '';
  for (;;) {
    const text = await (await fetch(`${page}/_sim/messages?channel=C0PKI&as=U0ANA`)).text();
    const found = text.match(/shop\.keyexample\.com/g)?.length ?? 0;
    if (found > 0) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until the heads of the ledger that stand beside the store are others than these. */
async function anchorsAfter(before: string): Promise<string> {
  const file = `${storeFile()}.anchors`;
  for (;;) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (text !== before) return text;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the backup and restore drill of the runbook', () => {
  it('brings a bot back on the copy of a file, says what is held until somebody confirms, and proves the ledger', async () => {
    const first = await start();
    await cards();
    const anchors = await anchorsAfter('');
    await type(['store', 'backup', '--to', place('backup.db')]);
    await stop(first);
    // Something is on record after the backup: another start.
    const second = await start();
    await anchorsAfter(anchors);
    await stop(second);
    for (const end of ['', '-wal', '-shm']) {
      if (existsSync(`${storeFile()}${end}`)) renameSync(`${storeFile()}${end}`, place(`away.db${end}`));
    }
    copyFileSync(place('backup.db'), storeFile());
    expect(await type(['audit', 'verify'], 1)).toMatch(/the ledger was longer when its head was recorded/);
    const restored = await start();
    await restored.prints(/older than its last anchor/);
    expect(await type(['doctor'], 1)).toContain('confirm-restore');
    expect(await type(['store', 'confirm-restore'])).toContain('may be sent');
    expect(await type(['doctor'])).toContain('Nothing is wrong.');
    await stop(restored);
    expect(await cards()).toBeGreaterThan(0);
  }, 300_000);
});

describePostgres('the drill with a database', (server) => {
  it('copies it into a file with the bot stopped, and that file into an empty database on which a bot goes on', async () => {
    const [database, another] = [await server().newDatabase(), await server().newDatabase()];
    env.COUNTERSIGN_STORE_PASSWORD = server().password;
    useStore(database);
    const bot = await start();
    await cards();
    await stop(bot);
    await type(['store', 'copy', '--from', database, '--to', place('backup.db')]);
    await type(['store', 'copy', '--from', place('backup.db'), '--to', another]);
    useStore(another);
    expect(await type(['audit', 'verify'])).toMatch(/record/);
    const again = await start();
    expect(await type(['doctor'])).toContain('Nothing is wrong.');
    await stop(again);
  }, 300_000);
});

function useStore(address: string): void {
  const text = readFileSync(settingsFile(), 'utf8').replace(/^store: .*$/m, `store: ${address}`);
  writeFileSync(settingsFile(), text);
}
