import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type RunningCountersign, runCountersign } from '../sandbox/demo/run-countersign.js';

const running: RunningCountersign[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-sandbox-'));
});

afterEach(async () => {
  for (const one of running.splice(0)) {
    one.process.kill('SIGKILL');
    await one.ended;
  }
  rmSync(folder, { recursive: true });
});

function countersign(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const started = runCountersign(args, env);
  running.push(started);
  return started;
}

const file = (ending: string) => join(folder, `countersign.sandbox.${ending}`);
const environment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(parseEnv(readFileSync(file('env'), 'utf8')) as Record<string, string>));

/** Starts the simulators and waits until they say that they are there. */
async function openSandbox(env: Readonly<Record<string, string>> = {}): Promise<RunningCountersign> {
  const sandbox = countersign(['sandbox', '--dir', folder, '--port', '0'], env);
  await sandbox.prints(/Ctrl-C/);
  return sandbox;
}

describe('a rehearsal', () => {
  it('checks and starts a bot with the files it wrote, and that bot posts cards of both systems', async () => {
    const sandbox = await openSandbox();
    const env = environment();
    const checked = countersign(['settings', '--config', file('yml')], env);
    expect([await checked.ended, checked.printed()]).toEqual([0, expect.not.stringContaining('not read')]);
    const doctor = countersign(['doctor', '--config', file('yml')], env);
    expect([await doctor.ended, doctor.printed()]).toEqual([0, expect.not.stringContaining('✗')]);
    const bot = countersign(['start', '--config', file('yml')], env);
    await bot.prints(/Countersign is running/);
    await until(async () => (await fetch(readyUrl(sandbox))).status === 200);
    await until(async () => /shop\.keyexample\.com/.test(await messagesIn(sandbox, 'C0PKI')));
    await until(async () => /Leave of blarsen/.test(await messagesIn(sandbox, 'C0PLANT')));
    expect(existsSync(file('db'))).toBe(true);
    bot.process.kill('SIGTERM');
    expect(await bot.ended).toBe(0);
    sandbox.process.kill('SIGTERM');
    expect(await sandbox.ended).toBe(0);
    expect(sandbox.printed()).toMatch(/Stopping…\s+$/);
  }, 180_000);

  it('listens on this machine only, and shows its secrets to its owner only', async () => {
    await openSandbox();
    const { keyfactor, workTasks } = parse(readFileSync(file('yml'), 'utf8'));
    const addresses = [keyfactor[0].hostname, keyfactor[0].auth.tokenUrl, workTasks[0].baseUrl];
    for (const address of [...addresses, environment().SLACK_API_URL])
      expect(address).toContain('127.0.0.1:');
    expect(statSync(file('env')).mode & 0o077).toBe(0);
  });

  it('has other secrets at every start, and takes none from the environment', async () => {
    const given = {
      SLACK_BOT_TOKEN: 'xoxb-1-2-from-outside',
      KEYFACTOR_HOSTNAME: 'keyfactor.from-outside.example.com',
      COUNTERSIGN_LEDGER_KEY: 'from-outside',
    };
    const first = await openSandbox(given);
    const secrets = environment();
    expect(readFileSync(file('env'), 'utf8') + readFileSync(file('yml'), 'utf8')).not.toContain(
      'from-outside',
    );
    first.process.kill('SIGINT');
    expect(await first.ended).toBe(0);
    for (const ending of ['yml', 'env']) rmSync(file(ending));
    await openSandbox();
    const other = environment();
    expect(Object.keys(other)).toEqual(Object.keys(secrets));
    for (const [name, value] of Object.entries(secrets))
      expect([name, other[name]]).not.toEqual([name, value]);
  });

  it.each(['yml', 'env', 'db'])(
    'is refused where its .%s file is there already, which it leaves alone',
    async (ending) => {
      writeFileSync(file(ending), 'mine');
      const refused = countersign(['sandbox', '--dir', folder, '--port', '0']);
      expect(await refused.ended).toBe(1);
      expect(refused.printed()).toContain(`${file(ending)} is there already`);
      expect(refused.printed()).toContain('--dir DIR');
      expect(readFileSync(file(ending), 'utf8')).toBe('mine');
      const others = ['yml', 'env', 'db'].filter((one) => one !== ending);
      expect(others.filter((one) => existsSync(file(one)))).toEqual([]);
    },
  );

  it('is refused beside another one in the same folder', async () => {
    await openSandbox();
    const second = countersign(['sandbox', '--dir', folder, '--port', '0']);
    expect(await second.ended).toBe(1);
    expect(second.printed()).toContain(`${file('yml')} is there already`);
  });
});

/** Reads what is written in a channel, as the page does. */
async function messagesIn(sandbox: RunningCountersign, channel: string): Promise<string> {
  const page = /Slack +(http:\/\/\S+)/.exec(sandbox.printed())?.[1] ?? '';
  return (await fetch(`${page}/_sim/messages?channel=${channel}&as=U0ANA`)).text();
}

function readyUrl(sandbox: RunningCountersign): string {
  return /http:\/\/\S+\/readyz/.exec(sandbox.printed())?.[0] ?? '';
}

/** Asks again until it holds; the time limit of the test ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
