import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { audit } from '../../src/cli/audit.js';
import { start } from '../../src/cli/start.js';
import { createHmacSigner } from '../../src/crypto.js';
import { nextRecord } from '../../src/domain/ledger.js';
import { createSlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import { openStore } from '../../src/stores/index.js';
import { anEntry, key } from '../domain/ledger/a-chain.js';

let folder: string;
let file: string;
let storeFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  file = join(folder, 'countersign.yml');
  storeFile = join(folder, 'countersign.db');
  const example = parse(readFileSync('docs/countersign.example.yml', 'utf8'));
  const operations = { port: 0 };
  writeFileSync(file, stringify({ ...example, store: storeFile, operations, keyfactor: [corp] }));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const corp = { name: 'corp-pki', hostname: '127.0.0.1', auth: { kind: 'token' } };
const bare = {
  SLACK_BOT_TOKEN: 'xoxb-1-2-abcdefghijkl',
  SLACK_APP_TOKEN: 'xapp-1-A0-1-abcdefghijkl',
  KEYFACTOR_AUTH_ACCESS_TOKEN: 'a-token-of-many-characters',
};
const withKey = { ...bare, COUNTERSIGN_LEDGER_KEY: key.toString('base64') };

/** Adds records to the chain of `corp`, each with the key or without. */
async function fill(signers: readonly ('key' | 'none')[]): Promise<void> {
  const store = await openStore(storeFile);
  for (const one of signers) {
    const signer = createHmacSigner(one === 'key' ? key : undefined);
    await store.appendLedger('corp', (head) => nextRecord(signer, anEntry(), head));
  }
  await store.close();
}

/** Runs what an operator types and gives the exit code, and what was written to the terminal as an error. */
async function run(work: () => Promise<number>): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = (text: string | Uint8Array) => said.push(String(text)) > 0;
  try {
    return { code: await work(), said: said.join('') };
  } finally {
    process.stderr.write = write;
  }
}

const starting = (env: Readonly<Record<string, string>>) =>
  run(() => start({ file, env, allowsLoopback: true, exit: () => {} }));

describe('a start on a ledger that has been under a key', () => {
  it('without the key ends with 2, and says up to which record it was sealed and what to do', async () => {
    await fill(['key', 'key']);
    const { code, said } = await starting(bare);
    expect(code).toBe(2);
    expect(said).toMatch(/COUNTERSIGN_LEDGER_KEY.*corp.*record 2.*set the key again/s);
  });

  it('with records that have no seal ends with 2, names the first and how to accept them', async () => {
    await fill(['key', 'none', 'none']);
    const { code, said } = await starting(withKey);
    expect(code).toBe(2);
    expect(said).toMatch(/corp, record 2.*without the key.*countersign audit accept corp/s);
    expect(await audited('verify')).toBe(1);
    expect(await audited('accept')).toBe(0);
    expect(await audited('verify')).toBe(0);
  });

  function audited(action: string): Promise<number> {
    const nothing = { heads: [], anchors: undefined, since: undefined, system: undefined };
    const chain = action === 'accept' ? 'corp' : undefined;
    return audit({ action, from: storeFile, ...nothing, chain, format: 'jsonl', file, env: withKey });
  }
});

describe('what a start loads', () => {
  /** Lists the addresses of all that is loaded along with some modules. */
  function loadedWith(...modules: readonly string[]): string {
    const hook =
      "import { writeSync } from 'node:fs'; export const load = (url, context, next) => (writeSync(1, url + ' '), next(url, context));";
    const asUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
    const registration = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hook))});`;
    const imports = modules.map((module) => `await import(${JSON.stringify(module)});`).join('\n');
    const args = ['--import', asUrl(registration), '--input-type=module', '-e', imports];
    return execFileSync(process.execPath, args, { encoding: 'utf8' });
  }

  it('is neither the parser of requests nor the list of public suffixes, until one is needed', () => {
    const started = loadedWith('./dist/bot.js', './dist/cli/start.js', './dist/backends/keyfactor/index.js');
    expect(started).toContain('dist/backends/keyfactor/facts.js');
    expect(started).not.toMatch(/asn1|peculiar|reflect-metadata|tldts/);
    expect(loadedWith('./dist/backends/keyfactor/signing-request.js')).toMatch(/asn1/);
  });
});

describe('a start that fails', () => {
  const lastLine = async (env: Readonly<Record<string, string>> = withKey) => {
    const lines: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = (text: string | Uint8Array) => lines.push(...String(text).trim().split('\n')) > 0;
    try {
      const { code } = await starting(env);
      return { code, ...(JSON.parse(lines.at(-1) ?? '{}') as Readonly<Record<string, unknown>>) };
    } finally {
      process.stdout.write = write;
    }
  };
  const change = (changes: Readonly<Record<string, unknown>>) =>
    writeFileSync(file, stringify({ ...parse(readFileSync(file, 'utf8')), ...changes }));

  it('ends with a line of the log that names the setting and the cause, where settings are wrong', async () => {
    change({ store: 7 });
    expect(await lastLine()).toMatchObject({ code: 2, level: 'error', setting: 'store' });
    const noToken = await lastLine({ ...withKey, SLACK_APP_TOKEN: '' });
    expect(noToken).toMatchObject({ code: 2, msg: expect.stringContaining('(and 1 more)') });
  });

  it('names the store whose folder is not there', async () => {
    change({ store: join(folder, 'nowhere', 'countersign.db') });
    expect(await lastLine()).toMatchObject({
      code: 1,
      setting: 'store',
      msg: expect.stringContaining('nowhere'),
    });
  });

  it('names the store that is no database, or a folder, with its path', async () => {
    writeFileSync(
      storeFile,
      'Not a database, but a text that is long enough to be taken for a page of one.\n'.repeat(99),
    );
    const noDatabase = `store: ${storeFile} cannot be used as a store: it is not an SQLite database`;
    expect(await lastLine()).toMatchObject({
      code: 1,
      setting: 'store',
      msg: expect.stringContaining(noDatabase),
    });
    change({ store: folder });
    const isFolder = `store: ${folder} cannot be used as a store: it is a folder`;
    expect(await lastLine()).toMatchObject({
      code: 1,
      setting: 'store',
      msg: expect.stringContaining(isFolder),
    });
  });

  it('names the app token, or slack.team with both workspaces, where Slack does not know it', async () => {
    const slack = createSlackWorkspace({ rateLimits: 'off' });
    const { slackApiUrl } = await slack.start();
    const env = { ...withKey, SLACK_API_URL: slackApiUrl, SLACK_BOT_TOKEN: slack.app.botToken };
    try {
      expect(await lastLine(env)).toMatchObject({
        code: 1,
        setting: 'slack.team',
        msg: expect.stringMatching(new RegExp(`${slack.team.id}.*T01AB2CD3`)),
      });
      const { slack: group } = parse(readFileSync(file, 'utf8'));
      change({ slack: { ...group, team: slack.team.id } });
      expect(await lastLine(env)).toMatchObject({ code: 1, setting: 'SLACK_APP_TOKEN' });
    } finally {
      await slack.stop();
    }
  });

  it('names the listener whose port another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    change({ operations: { port: typeof address === 'object' && address ? address.port : 0 } });
    expect(await lastLine()).toMatchObject({ code: 1, setting: 'operations' });
    other.close();
  });
});
