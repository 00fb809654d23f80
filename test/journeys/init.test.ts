import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type RunningCountersign, runCountersign } from '../sandbox/demo/run-countersign.js';

/** What somebody reads off the pages of Slack and Command, here off the files of the sandbox. */
interface Facts {
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
  readonly tokenUrl: string;
}

let root: string;
let folder: string;
let sandbox: RunningCountersign;
let facts: Facts;
let count = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'countersign-init-'));
  sandbox = runCountersign(['sandbox', '--dir', root, '--port', '0']);
  await sandbox.prints(/Ctrl-C/);
  const { keyfactor } = parse(readFileSync(join(root, 'countersign.sandbox.yml'), 'utf8'));
  const env = variablesIn(join(root, 'countersign.sandbox.env'));
  facts = { env, host: `http://${keyfactor[0].hostname}`, tokenUrl: keyfactor[0].auth.tokenUrl };
}, 60_000);

afterAll(async () => {
  sandbox.process.kill('SIGKILL');
  await sandbox.ended;
  rmSync(root, { recursive: true });
});

beforeEach(() => {
  count += 1;
  folder = mkdtempSync(join(root, `${count}-`));
});

const variablesIn = (path: string) => parseEnv(readFileSync(path, 'utf8')) as Record<string, string>;
const settingsFile = () => join(folder, 'countersign.yml');
const secretsFile = () => join(folder, 'countersign.env');
const settings = () => parse(readFileSync(settingsFile(), 'utf8'));

/** Where Slack is; no question asks for it. */
const slackAt = () => ({ SLACK_API_URL: facts.env.SLACK_API_URL ?? '' });

/** What the environment gives to whoever types nothing. */
const given = () => {
  const { SLACK_BOT_TOKEN = '', SLACK_APP_TOKEN = '', KEYFACTOR_AUTH_CLIENT_SECRET = '' } = facts.env;
  return { ...slackAt(), SLACK_BOT_TOKEN, SLACK_APP_TOKEN, KEYFACTOR_AUTH_CLIENT_SECRET };
};

async function init(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  typed: readonly string[] = [],
): Promise<{ readonly code: number | string | null; readonly printed: string }> {
  const run = runCountersign(['init', '--config', settingsFile(), ...args], env, typed);
  return { code: await run.ended, printed: run.printed() };
}

/** The replies somebody types, who mistypes some and puts them right. */
function typedReplies(): readonly string[] {
  const { env, host, tokenUrl } = facts;
  const server = [host, '', '', '', 'oauth', tokenUrl, 'sandbox-countersign', '', ''];
  return [
    'xoxb-not-this-one',
    env.SLACK_BOT_TOKEN ?? '',
    'xapp-not-this-one',
    env.SLACK_APP_TOKEN ?? '',
    '#countersign-shadow',
    'no-such-channel',
    '#countersign-ops',
    '',
    ...server,
    'not-the-secret',
    'y',
    ...server,
    env.KEYFACTOR_AUTH_CLIENT_SECRET ?? '',
    'U0ANA KEYEXAMPLE\\aruiz',
    'U0GIA KEYEXAMPLE\\gconti',
    'U0LI KEYEXAMPLE\\lwei',
    '',
    '',
  ];
}

const flags = () => [
  ...['--yes', '--set', 'shadow.channel=#countersign-shadow', '--set', `keyfactor.hostname=${facts.host}`],
  ...[
    '--set',
    `keyfactor.auth.tokenUrl=${facts.tokenUrl}`,
    '--set',
    'keyfactor.auth.clientId=sandbox-countersign',
  ],
  ...['--set', 'people=U0ANA KEYEXAMPLE\\aruiz', '--set', 'people=U0LI KEYEXAMPLE\\lwei'],
];

/** The same for a server to which one signs in with a password. */
const basicFlags = () => [
  ...['--yes', '--set', 'shadow.channel=C0SHADOW', '--set', `keyfactor.hostname=${facts.host}`],
  ...['--set', 'keyfactor.auth.kind=basic', '--set', 'keyfactor.auth.username=svc', '--set', 'people=U0ANA'],
];

describe('countersign init', () => {
  it('asks, checks each reply, and writes files with which settings, doctor and start work as they are', async () => {
    const { code, printed } = await init([], slackAt(), typedReplies());
    expect(printed).toContain('token_rotation_enabled');
    expect(printed).toContain('✗ Slack: bot token: invalid_auth');
    expect(printed).toContain('✗ Slack: app-level token: invalid_auth');
    expect(printed).toContain('✗ Slack: channel #no-such-channel');
    expect(printed).toContain('✗ corp: answers');
    expect(printed).toContain('U0GIA: a guest');
    expect(printed).toContain('Nothing is wrong.');
    expect(code).toBe(0);
    expect(settings()).toMatchObject({
      mode: 'shadow',
      slack: { team: 'T0SIMULATED', operatorsChannel: 'C0OPS', fallbackChannel: 'C0SHADOW' },
      shadow: { channel: 'C0SHADOW' },
      approvers: [{ people: ['ana', 'li'] }],
    });
    expect(statSync(secretsFile()).mode & 0o777).toBe(0o600);
    const secrets = Object.entries(variablesIn(secretsFile())).filter(([name]) => name !== 'SLACK_API_URL');
    expect(secrets.map(([name]) => name).sort()).toEqual([
      'COUNTERSIGN_LEDGER_KEY',
      'KEYFACTOR_AUTH_CLIENT_SECRET',
      'SLACK_APP_TOKEN',
      'SLACK_BOT_TOKEN',
    ]);
    for (const [name, value] of secrets) {
      expect([name, printed.includes(value)]).toEqual([name, false]);
      expect([name, readFileSync(settingsFile(), 'utf8').includes(value)]).toEqual([name, false]);
    }
    const env = variablesIn(secretsFile());
    const checked = runCountersign(['settings', '--config', settingsFile()], env);
    expect([await checked.ended, checked.printed()]).toEqual([0, expect.stringContaining('is valid')]);
    const doctor = runCountersign(['doctor', '--config', settingsFile()], env);
    expect([await doctor.ended, doctor.printed()]).toEqual([0, expect.not.stringContaining('✗')]);
    const bot = runCountersign(['start', '--config', settingsFile()], env);
    await bot.prints(/Countersign is running/);
    const page = /Slack +(http:\/\/\S+)/.exec(sandbox.printed())?.[1] ?? '';
    await until(async () => {
      const channel = await fetch(`${page}/_sim/messages?channel=C0SHADOW&as=U0ANA`);
      return /shop\.keyexample\.com/.test(await channel.text());
    });
    bot.process.kill('SIGTERM');
    expect(await bot.ended).toBe(0);
  }, 180_000);

  it('asks nothing of whoever says everything beforehand', async () => {
    const { code, printed } = await init(flags(), given());
    expect([code, printed]).toEqual([0, expect.stringContaining('Nothing is wrong.')]);
    expect(settings()).toMatchObject({ shadow: { channel: 'C0SHADOW' }, keyfactor: [{ name: 'corp' }] });
    expect(variablesIn(secretsFile())).toMatchObject(given());
  }, 60_000);

  it('changes nothing at a second run, and puts back only what is missing', async () => {
    await init(flags(), given());
    const [settingsText, secretsText] = [settingsFile(), secretsFile()].map((path) =>
      readFileSync(path, 'utf8'),
    );
    const second = await init([]);
    expect([second.code, second.printed]).toEqual([0, expect.stringContaining('are complete')]);
    expect(readFileSync(settingsFile(), 'utf8')).toBe(settingsText);
    expect(readFileSync(secretsFile(), 'utf8')).toBe(secretsText);
    const comment = '# Mine, and to be kept.\n';
    writeFileSync(settingsFile(), `${comment}${settingsText?.replace(/^ {2}operatorsChannel: .*\n/m, '')}`);
    const refused = await init([], {}, ['#countersign-ops', 'n']);
    expect([refused.code, refused.printed]).toEqual([1, expect.stringContaining('slack.operatorsChannel')]);
    expect(settings().slack).not.toHaveProperty('operatorsChannel');
    const third = await init([], {}, ['#countersign-ops', 'y']);
    expect(third.code).toBe(0);
    expect(settings().slack.operatorsChannel).toBe('C0OPS');
    expect(readFileSync(settingsFile(), 'utf8')).toContain(comment);
    expect(readFileSync(secretsFile(), 'utf8')).toBe(secretsText);
  }, 120_000);

  it('writes nothing where something is missing, and names it', async () => {
    const { code, printed } = await init(['--yes'], given());
    expect([code, printed]).toEqual([2, expect.stringContaining('--set shadow.channel=…')]);
    expect([settingsFile(), secretsFile()].filter((path) => existsSync(path))).toEqual([]);
  });

  it('writes nothing where Slack refuses the token of the environment', async () => {
    const { code, printed } = await init(flags(), { ...given(), SLACK_BOT_TOKEN: 'xoxb-1-2-of-another-app' });
    expect([code, printed]).toEqual([1, expect.stringContaining('invalid_auth')]);
    expect([settingsFile(), secretsFile()].filter((path) => existsSync(path))).toEqual([]);
  });

  it.each(['SLACK_BOT_TOKEN=xoxb-1-2-abcdefghijkl', 'store=xoxb-1-2-abcdefghijkl'])(
    'takes no secret as an option, as in --set %s',
    async (text) => {
      const { code, printed } = await init(['--set', text]);
      expect([code, printed]).toEqual([2, expect.stringMatching(/secret/)]);
      expect(printed).not.toContain('abcdefghijkl');
    },
  );

  it.each(['pass word $HOME "quoted"', '~root-is-my-password'])(
    'puts a secret that files of variables cannot hold into a file of its own, as %s',
    async (awkward) => {
      const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN } = given();
      const env = { ...slackAt(), SLACK_BOT_TOKEN, SLACK_APP_TOKEN, KEYFACTOR_PASSWORD: awkward };
      const { code, printed } = await init(basicFlags(), env);
      // Command does not know that account, and this says so.
      expect(printed).toContain('✗ corp: answers');
      expect(code).toBe(1);
      const { KEYFACTOR_PASSWORD_FILE = '', KEYFACTOR_PASSWORD } = variablesIn(secretsFile());
      expect(KEYFACTOR_PASSWORD).toBeUndefined();
      expect(readFileSync(KEYFACTOR_PASSWORD_FILE, 'utf8')).toBe(awkward);
      expect(statSync(KEYFACTOR_PASSWORD_FILE).mode & 0o777).toBe(0o600);
      expect(printed).not.toContain(awkward);
    },
  );

  it('takes the path of a secret for a path: one that files of variables cannot hold is refused, and nothing written', async () => {
    const path = join(folder, 'my secret');
    const { KEYFACTOR_AUTH_CLIENT_SECRET, ...rest } = given();
    writeFileSync(path, KEYFACTOR_AUTH_CLIENT_SECRET);
    const { code, printed } = await init(flags(), { ...rest, KEYFACTOR_AUTH_CLIENT_SECRET_FILE: path });
    expect([code, printed]).toEqual([2, expect.stringContaining('KEYFACTOR_AUTH_CLIENT_SECRET_FILE')]);
    expect(printed).toContain('differently');
    expect(readdirSync(folder)).toEqual(['my secret']);
  }, 60_000);

  it('refuses a secret for a file of its own whose path would break the file of variables', async () => {
    folder = join(folder, 'my bot');
    mkdirSync(folder);
    const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN } = given();
    const env = { ...slackAt(), SLACK_BOT_TOKEN, SLACK_APP_TOKEN };
    const typed = await init(basicFlags().slice(1), env, [
      ...['', '', '', '', '', '', 'pass word $HOME'],
      ...Array.from({ length: 9 }, () => ''),
    ]);
    expect([typed.code, typed.printed]).toEqual([2, expect.stringContaining('--config')]);
    const known = await init(basicFlags(), { ...env, KEYFACTOR_PASSWORD: 'pass word $HOME' });
    expect([known.code, known.printed]).toEqual([2, expect.stringContaining('--config')]);
    expect(readdirSync(folder)).toEqual([]);
  }, 60_000);

  it('loses no secret to an older file of that name, which stays as it is', async () => {
    const older = join(folder, 'keyfactor_password.secret');
    writeFileSync(older, 'older');
    const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN } = given();
    const env = { ...slackAt(), SLACK_BOT_TOKEN, SLACK_APP_TOKEN, KEYFACTOR_PASSWORD: 'pass word $HOME' };
    await init(basicFlags(), env);
    expect(readFileSync(older, 'utf8')).toBe('older');
    const { KEYFACTOR_PASSWORD_FILE = '' } = variablesIn(secretsFile());
    expect(readFileSync(KEYFACTOR_PASSWORD_FILE, 'utf8')).toBe('pass word $HOME');
  }, 60_000);

  it('keeps the secrets where the settings cannot be written, and a second run goes on with them', async () => {
    symlinkSync(join(folder, 'away', 'countersign.yml'), settingsFile());
    expect((await init(flags(), given())).code).not.toBe(0);
    expect(variablesIn(secretsFile())).toMatchObject(given());
    rmSync(settingsFile());
    expect((await init(flags())).code).toBe(0);
  }, 60_000);
});

/** Asks again until it holds; the time limit of the test ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
