import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { type RunningCountersign, runCountersign, runProcess } from '../sandbox/demo/run-countersign.js';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(join(checkout, 'README.md'), 'utf8');
const section = /^## Install it\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? '';
const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = '']) => text);

/** Gives the one block that holds a phrase. */
function block(phrase: string): string {
  const [found, another] = blocks.filter((text) => text.includes(phrase));
  if (found === undefined || another !== undefined) throw new Error(`Not one block with "${phrase}"`);
  return found;
}

let root: string;
let sandbox: RunningCountersign;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'countersign-readme-'));
  sandbox = runCountersign(['sandbox', '--dir', root, '--port', '0']);
  await sandbox.prints(/Ctrl-C/);
  env = parseEnv(readFileSync(join(root, 'countersign.sandbox.env'), 'utf8')) as Record<string, string>;
  // "countersign stands for node dist/main.js".
  mkdirSync(join(root, 'bin'));
  const command = `#!/bin/sh\nexec '${process.execPath}' '${join(checkout, 'dist/main.js')}' "$@"\n`;
  writeFileSync(join(root, 'bin', 'countersign'), command);
  chmodSync(join(root, 'bin', 'countersign'), 0o755);
}, 60_000);

afterAll(async () => {
  sandbox.process.kill('SIGKILL');
  await sandbox.ended;
  rmSync(root, { recursive: true });
});

/** Opens a folder in which somebody follows the README, as a checkout would be. */
function openFolder(name: string) {
  const cwd = join(root, name);
  mkdirSync(cwd);
  symlinkSync(join(checkout, 'docs'), join(cwd, 'docs'));
  const path = `${join(root, 'bin')}${delimiter}${process.env.PATH}`;
  /** Slack is at another address here; the reader is told so by nobody, since theirs is not. */
  const variables = { PATH: path, SLACK_API_URL: env.SLACK_API_URL ?? '' };
  return {
    cwd,
    run: (text: string, typed: readonly string[] = []) =>
      runProcess(['sh', '-c', text], { cwd, typed, env: variables }),
  };
}

type Folder = ReturnType<typeof openFolder>;

/** Checks and starts, all in one terminal, and has it stop once it is at work. */
async function checkAndStart({ run }: Folder): Promise<void> {
  const checked = run(block('countersign settings'));
  expect([await checked.ended, checked.printed()]).toEqual([0, expect.stringContaining('Nothing is wrong.')]);
  const start = block('countersign start').replace('countersign start', 'exec countersign start');
  const bot = run(`${block('countersign settings')}${start}`);
  await bot.prints(/Countersign is running/);
  bot.process.kill('SIGTERM');
  expect(await bot.ended).toBe(0);
}

describe("the README's installation", () => {
  it('has no block that is not followed here, besides those of Docker', () => {
    const followed = [
      'countersign init',
      'cp docs/',
      'cat > countersign.env',
      'countersign settings',
      'countersign start',
    ];
    const others = blocks.filter((text) => !followed.some((phrase) => text.includes(phrase)));
    expect(others.map((text) => text.split(' ')[0])).toEqual(['docker']);
    expect(section).toContain('`node dist/main.js` in a checkout after `npm ci && npm run build`');
  });

  it('works as written by init', async () => {
    const folder = openFolder('by-init');
    const { keyfactor } = parse(readFileSync(join(root, 'countersign.sandbox.yml'), 'utf8'));
    const [{ hostname, auth }] = keyfactor;
    const written = folder.run(block('countersign init'), [
      env.SLACK_BOT_TOKEN ?? '',
      env.SLACK_APP_TOKEN ?? '',
      ...['#countersign-shadow', '#countersign-ops', '#countersign-fallback'],
      ...[`http://${hostname}`, '', '', '', 'oauth', auth.tokenUrl, auth.clientId, '', ''],
      env.KEYFACTOR_AUTH_CLIENT_SECRET ?? '',
      ...['U0ANA KEYEXAMPLE\\aruiz', '', ''],
    ]);
    expect([await written.ended, written.printed()]).toEqual([
      0,
      expect.stringContaining('Nothing is wrong.'),
    ]);
    await checkAndStart(folder);
  }, 120_000);

  it('works as written by hand', async () => {
    const folder = openFolder('by-hand');
    expect(await folder.run(block('cp docs/')).ended).toBe(0);
    const example = readFileSync(join(folder.cwd, 'countersign.yml'), 'utf8');
    expect(parse(example)).toHaveProperty('approvers');
    // "and change it": the reader's channels, people and servers are those of the sandbox.
    writeFileSync(
      join(folder.cwd, 'countersign.yml'),
      readFileSync(join(root, 'countersign.sandbox.yml'), 'utf8'),
    );
    expect(await folder.run(filledIn(block('cat > countersign.env'))).ended).toBe(0);
    const lines = readFileSync(join(folder.cwd, 'countersign.env'), 'utf8').split('\n');
    // As Docker and systemd read it: whole lines of comment, and values with nothing behind them.
    for (const line of lines) expect(line).toMatch(/^(|#.*|[A-Z_]+=[^\s#]+)$/);
    await checkAndStart(folder);
  }, 120_000);
});

/** Writes values where the README has an ellipsis, and takes the # off the lines that are needed. */
function filledIn(text: string): string {
  const renamed = text.replace('COUNTERSIGN_PLANT_HR_HOOK_SECRET', 'COUNTERSIGN_PLANT_HOOK_SECRET');
  return renamed.replace(/^#?([A-Z_]+)=.*…$/gm, (line, name: string) => {
    const value = env[name];
    return value === undefined ? line : `${name}=${value}`;
  });
}
