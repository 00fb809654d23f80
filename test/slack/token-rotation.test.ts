import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { startBot } from '../../src/bot.js';
import { checkRuntime } from '../../src/cli/doctor.js';
import { createSecretBox } from '../../src/crypto.js';
import type { Store } from '../../src/ports/store.js';
import { createKeyfactorCommand, type KeyfactorCommand } from '../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import { createFetch, createSlackClient } from '../../src/slack/client.js';
import { createBoltLog } from '../../src/slack/receivers.js';
import {
  createRotatingToken,
  createTokenPairs,
  originOf,
  tokenStandIn,
} from '../../src/slack/token-rotation.js';
import { openStore } from '../../src/stores/index.js';
import { captureLog } from '../support/stage/captured-log.js';
import { seedCommand, seedSlack } from '../support/stage/personas.js';
import { stageSettings } from '../support/stage/stage-settings.js';

const secrets = {
  clientId: '1.2',
  clientSecret: 'client-secret',
  refreshToken: 'xoxe-1-of-the-installation',
};
const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7));
const hourMs = 3_600_000;

let folder: string;
let slack: SlackWorkspace;
let apiUrl: string;
let store: Store;
let nowMs: number;
/** What happens while a bot waits to write a pair once more. */
let meanwhile: () => Promise<unknown>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-rotation-'));
  nowMs = Date.now();
  meanwhile = async () => {};
  const rotation = { ...secrets, expiresInS: 43_200 };
  slack = createSlackWorkspace({ rateLimits: 'off', now: () => nowMs, app: { rotation } });
  seedSlack(slack);
  apiUrl = (await slack.start()).slackApiUrl;
  store = await openStore(join(folder, 'countersign.db'));
});

afterEach(async () => {
  await slack.stop();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A bot's share in the token, under its own name. */
function openBot(replicaId: string, change: Partial<typeof secrets> = {}) {
  const { log, lines } = captureLog();
  const now = () => nowMs;
  const own = { ...secrets, ...change };
  const secretBox = createSecretBox({ key, previousKeys: [] });
  const origin = originOf(own.refreshToken);
  const pairs = createTokenPairs({ store, secretBox, origin, replicaId, now, pause: () => meanwhile() });
  const token = createRotatingToken({ secrets: own, pairs, apiUrl, fetch: createFetch(), log, now });
  const client = createSlackClient({
    botToken: tokenStandIn,
    apiUrl,
    authorize: token.authorize,
    logger: createBoltLog(log),
  });
  return { token, pairs, lines, signIn: () => client.auth.test() };
}

/** Has the store refuse every pair, as a full disk does, or take them again. */
function refusePairs(isRefused: boolean): void {
  change('DROP TRIGGER IF EXISTS refuse_pairs');
  const refusal = "BEFORE INSERT ON notes BEGIN SELECT RAISE(ABORT, 'full'); END";
  if (isRefused) change(`CREATE TRIGGER refuse_pairs ${refusal}`);
}

/** Changes the database behind the back of every bot. */
function change(statement: string): void {
  const database = new Database(join(folder, 'countersign.db'));
  database.exec(statement);
  database.close();
}

const refreshes = () => slack.calls.filter(({ method }) => method === 'oauth.v2.access');

describe('a bot token that rotates', () => {
  it('is refreshed at the first call, and not again while it lasts, also after a restart', async () => {
    await openBot('a').signIn();
    const again = openBot('a');
    await again.signIn();
    await again.token.renew();
    expect(refreshes()).toHaveLength(1);
  });

  it('is stored under lock before it is used, and never in the clear', async () => {
    await openBot('a').signIn();
    const note = (await store.getNote('slack:token-pair')) ?? '';
    expect(note).not.toBe('');
    expect(note).not.toMatch(/xox|simulated/);
    await store.close();
    expect(readFileSync(join(folder, 'countersign.db'), 'latin1')).not.toContain('xoxe');
    store = await openStore(join(folder, 'countersign.db'));
  });

  it('is refreshed two hours before its end, and every bot goes on with the new one', async () => {
    const [a, b] = [openBot('a'), openBot('b')];
    await a.signIn();
    await b.signIn();
    nowMs += 10 * hourMs + 1;
    await a.token.renew();
    expect(refreshes()).toHaveLength(2);
    // The token b holds was ended by that refresh; it finds the new one in the store.
    await expect(b.signIn()).resolves.toMatchObject({ ok: true });
    expect(refreshes()).toHaveLength(2);
  });

  it('is refreshed when Slack ended it before its time', async () => {
    const bot = openBot('a');
    await bot.signIn();
    slack.expireBotToken();
    await expect(bot.signIn()).resolves.toMatchObject({ ok: true });
    expect(refreshes()).toHaveLength(2);
  });

  it('is refreshed by one bot where two want it at once, since a refresh token works once', async () => {
    const bots = [openBot('a'), openBot('b')];
    const signedIn = await Promise.allSettled(bots.map(({ signIn }) => signIn()));
    expect(signedIn.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const bot of bots) await expect(bot.signIn()).resolves.toMatchObject({ ok: true });
    expect(refreshes()).toHaveLength(1);
  });

  it('waits where another bot holds the right to refresh, and asks Slack nothing', async () => {
    await store.acquireLease({ name: 'slack-token', replicaId: 'other', nowMs, leaseMs: 60_000 });
    await expect(openBot('a').signIn()).rejects.toThrow();
    expect(refreshes()).toEqual([]);
  });

  it('is out of force where Slack refuses to refresh it, which the log says, and Slack is left alone for a minute', async () => {
    const bot = openBot('a', { refreshToken: 'xoxe-1-used-before' });
    await expect(bot.signIn()).rejects.toMatchObject({ data: { error: 'token_expired' } });
    await expect(bot.signIn()).rejects.toMatchObject({ data: { error: 'token_expired' } });
    expect(refreshes()).toHaveLength(1);
    const lines = JSON.stringify(bot.lines);
    expect(lines).toContain('invalid_refresh_token');
    expect(lines).not.toContain('xoxe-1-used-before');
    expect(lines).not.toContain('client-secret');
  });

  it('goes on with the pair a store refused, stores it later, and never uses a refresh token twice', async () => {
    refusePairs(true);
    const bot = openBot('a');
    await expect(bot.signIn()).resolves.toMatchObject({ ok: true });
    await expect(bot.signIn()).resolves.toMatchObject({ ok: true });
    await bot.token.renew();
    expect(await bot.pairs.read()).toBeUndefined();
    expect(JSON.stringify(bot.lines)).toContain('could not be stored');
    refusePairs(false);
    await bot.token.renew();
    await expect(openBot('a').signIn()).resolves.toMatchObject({ ok: true });
    expect(refreshes()).toHaveLength(1);
  });

  it('refreshes the pair a store refused, once that is stored, where it ends meanwhile', async () => {
    refusePairs(true);
    const bot = openBot('a');
    await bot.signIn();
    nowMs += 12 * hourMs;
    await expect(bot.signIn()).rejects.toThrow('full');
    expect(refreshes()).toHaveLength(1);
    refusePairs(false);
    await expect(bot.signIn()).resolves.toMatchObject({ ok: true });
    await expect(openBot('a').signIn()).resolves.toMatchObject({ ok: true });
    expect(refreshes()).toHaveLength(2);
  });

  it('is refreshed by nobody else as long as a slow store refuses the new pair', async () => {
    refusePairs(true);
    meanwhile = async () => {
      nowMs += 15_000;
      await expect(openBot('b').signIn()).rejects.toThrow('Another bot');
    };
    await openBot('a').signIn();
    await expect(openBot('b').signIn()).rejects.toThrow('Another bot');
    expect(refreshes()).toHaveLength(1);
  });

  it('is refreshed by nobody else where the store cannot even be read after it refused the new pair', async () => {
    refusePairs(true);
    const bot = openBot('a');
    await bot.signIn();
    change('ALTER TABLE notes RENAME TO away');
    await bot.token.renew();
    change('ALTER TABLE away RENAME TO notes');
    await expect(openBot('b').signIn()).rejects.toThrow('Another bot');
    expect(refreshes()).toHaveLength(1);
  });

  it('leaves the pair of another bot alone, which took the right to refresh over during a freeze', async () => {
    refusePairs(true);
    const newer = {
      accessToken: 'xoxe.xoxb-newer',
      refreshToken: 'xoxe-1-newer',
      expiresAtMs: nowMs + 12 * hourMs,
    };
    meanwhile = async () => {
      nowMs += 61_000;
      refusePairs(false);
      await openBot('b').pairs.alone(async (write) => {
        await write(newer);
        return newer;
      });
    };
    const bot = openBot('a');
    await bot.signIn();
    expect(await bot.pairs.read()).toEqual(newer);
    await bot.token.renew();
    expect(await bot.pairs.read()).toEqual(newer);
    expect(refreshes()).toHaveLength(1);
  });

  it('begins anew where the app was installed again', async () => {
    await openBot('a').signIn();
    const bot = openBot('a', { refreshToken: 'xoxe-1-of-another-installation' });
    expect(await bot.pairs.read()).toBeUndefined();
  });
});

describe('a bot whose token rotates', () => {
  let command: KeyfactorCommand;
  beforeEach(() => {
    command = createKeyfactorCommand();
    seedCommand(command);
  });
  afterEach(() => command.stop());

  it('starts without a bot token, and its doctor signs in with the one in force', async () => {
    const { url: commandUrl, tokenUrl } = await command.start();
    const parts = { slackApiUrl: apiUrl, commandUrl, tokenUrl, transport: 'socket', slack, command } as const;
    const file = join(folder, 'bot.db');
    const staged = stageSettings({ approvers: ['ana'] }, { ...parts, store: file });
    const rotation = { ...secrets, keys: { key, previousKeys: [] } };
    const settings = { ...staged, slack: { ...staged.slack, botToken: '', rotation } };
    const { log } = captureLog();
    const before = await checkRuntime(settings, log);
    expect(before.find(({ name }) => name === 'Slack: bot token')).toMatchObject({ verdict: 'unknown' });
    expect(refreshes()).toEqual([]);
    const runtime = {
      log,
      now: () => nowMs,
      newId: () => crypto.randomUUID(),
      newCode: () => 'K7F3',
      replicaId: 'a',
      jobs: 'by-hand',
    } as const;
    const bot = await startBot(settings, runtime);
    const checks = await checkRuntime(settings, log);
    expect(checks.find(({ name }) => name === 'Slack: bot token')).toMatchObject({ verdict: 'good' });
    expect(refreshes()).toHaveLength(1);
    await bot.stop();
  });
});
