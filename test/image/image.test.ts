import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createKeyfactorCommand } from '../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import { seedCommand, seedSlack } from '../support/stage/personas.js';
import { stageEnvironment, stageYaml } from '../support/stage/stage-settings.js';
import { type BuiltStage, buildStage, cleanEnvironment, inRoot } from './built-image.js';
import { readDockerfile } from './read-dockerfile.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const stages = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));

/** The folder of a Node 24: the one this runs on, or the one that is named. */
const node24 =
  process.env.COUNTERSIGN_NODE24 ??
  (Number(process.versions.node.split('.')[0]) >= 24 ? dirname(process.execPath) : undefined);
if (node24 === undefined) process.stderr.write('skipped: the image, since there is no Node 24 here\n');
const describeImage = node24 === undefined ? describe.skip : describe;

/** Whoever is root here starts the bot as nobody, which is what the image does as the user node. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

describe('the Dockerfile', () => {
  it('stands on Node 24 and ends as somebody who is not root, with nothing done afterwards as root', () => {
    expect(stages.map(({ image }) => image)).toEqual(['node:24-slim', 'node:24-slim']);
    const last = stages.at(-1)?.instructions.map(({ name }) => name) ?? [];
    expect(last.indexOf('USER')).toBeGreaterThan(0);
    expect(last.slice(last.indexOf('USER')).filter((name) => ['RUN', 'COPY', 'USER'].includes(name))).toEqual(
      ['USER'],
    );
  });

  it('lets through to the build exactly what it copies', () => {
    const copied = (stages[0]?.instructions ?? [])
      .filter(({ name }) => name === 'COPY')
      .flatMap(({ text }) => text.split(/\s+/).slice(0, -1));
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');
    expect(ignored).toEqual(['*', ...copied.map((path) => `!${path}`)]);
  });
});

describeImage(`the image${node24 === undefined ? ' (skipped: there is no Node 24 here)' : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-image-'));
  const node = node24 ?? '';
  const slack = createSlackWorkspace({ rateLimits: 'off' });
  const command = createKeyfactorCommand();
  let image: BuiltStage;
  let port: number;
  let bot: ChildProcess;
  let ended: Promise<unknown>;
  let printed = '';
  let secrets: Record<string, string>;

  /** Runs something as the image would: in its folder, with its environment, as a user without rights. */
  const started = (text: readonly string[], env: Readonly<Record<string, string>> = {}) => ({
    file: text[0] ?? '',
    args: text.slice(1).map((word) => (word.startsWith('/') ? join(image.root, word) : word)),
    options: {
      cwd: join(image.root, image.workdir),
      env: { ...environment(), ...env },
      ...nobody,
    },
  });
  const environment = () => {
    const given = cleanEnvironment(node);
    const values = Object.entries(image.env).map(([key, value]) => [
      key,
      value
        .split(':')
        .map((part) => (part === '$PATH' ? given.PATH : part.startsWith('/') ? join(image.root, part) : part))
        .join(':'),
    ]);
    return { ...given, ...Object.fromEntries(values) };
  };

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    const built = new Map<string, BuiltStage>();
    for (const [index, stage] of stages.entries()) {
      const where = { root: join(folder, `stage-${index}`), context: root, others: built, node };
      built.set(stage.name, await buildStage(stage, where));
    }
    const last = built.get('');
    if (!last) throw new Error('There is no last stage');
    image = last;
    seedSlack(slack);
    seedCommand(command);
    port = await freePort();
    const [{ slackApiUrl }, { url: commandUrl, tokenUrl }] = [await slack.start(), await command.start()];
    const at = { slackApiUrl, commandUrl, tokenUrl };
    const store = join(image.root, 'data', 'countersign.db');
    const yaml = stageYaml({}, { ...at, transport: 'socket', store });
    mkdirSync(join(image.root, 'config'));
    writeFileSync(
      join(image.root, 'config/countersign.yml'),
      yaml.replace(/operations:\n {2}port: 0/, `operations:\n  port: ${port}`),
    );
    const { SLACK_SIGNING_SECRET: _unused, ...socket } = stageEnvironment(slack, at);
    secrets = socket;
    const { file, args, options } = started([...image.command, '--allow-loopback'], secrets);
    bot = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    ended = once(bot, 'exit');
    for (const stream of [bot.stdout, bot.stderr]) stream?.on('data', (chunk) => (printed += String(chunk)));
  }, 600_000);

  afterAll(async () => {
    bot?.kill('SIGKILL');
    await Promise.all([slack.stop(), command.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('is ready once it runs against a Slack and a Command', async () => {
    const ready = await readinessOf(`http://127.0.0.1:${port}/readyz`, { ended, printed: () => printed });
    expect(ready).toMatchObject({ status: 'ready' });
    expect(existsSync(join(image.root, 'data/countersign.db'))).toBe(true);
  }, 60_000);

  it('is found healthy by its own check, and not once the bot is gone', async () => {
    const check = image.healthcheck.map((word) => word.replace('9464', String(port)));
    const { file, args, options } = started(check);
    await expect(run(file, args, options)).resolves.toBeDefined();
    const elsewhere = started(image.healthcheck.map((word) => word.replace('9464', '1')));
    await expect(run(elsewhere.file, elsewhere.args, elsewhere.options)).rejects.toMatchObject({ code: 1 });
  });

  it('has the command line, which says plainly that there is neither demo nor sandbox', async () => {
    const version = started(['countersign', '--version']);
    expect((await run(version.file, version.args, version.options)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const demo = started(['countersign', 'demo']);
    await expect(run(demo.file, demo.args, demo.options)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The demo is not part of this image'),
    });
    const sandbox = started(['countersign', 'sandbox']);
    await expect(run(sandbox.file, sandbox.args, sandbox.options)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The sandbox is not part of this image'),
    });
  });

  it('lets the doctor look beside the running bot', async () => {
    const { file, args, options } = started(
      ['countersign', 'doctor', '--json', '--config', '/config/countersign.yml'],
      secrets,
    );
    const reported = await run(file, args, options).then(
      ({ stdout }) => stdout,
      ({ stdout }: { readonly stdout: string }) => stdout,
    );
    const checks = JSON.parse(reported) as readonly { readonly name: string; readonly verdict: string }[];
    expect(checks.find(({ name }) => name === 'port of operations')?.verdict).toBe('good');
    expect(checks.find(({ name }) => name === 'store: writable')?.verdict).toBe('good');
  });

  it('holds neither simulators nor demo nor development tools', () => {
    expect(readdirSync(inRoot(image.root, image.workdir, 'dist'))).not.toEqual(
      expect.arrayContaining(['simulators']),
    );
    for (const path of [
      'dist/demo',
      'dist/simulators',
      'dist/sandbox',
      'src',
      'test',
      'node_modules/jest',
      'node_modules/typescript',
    ])
      expect([path, existsSync(inRoot(image.root, image.workdir, path))]).toEqual([path, false]);
  });

  it('stops in good order when it is told to', async () => {
    bot.kill('SIGTERM');
    await ended;
    expect(bot.exitCode).toBe(0);
  }, 60_000);
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port');
  return address.port;
}

/** Asks until it is ready; gives up when the bot has ended. */
async function readinessOf(
  url: string,
  bot: { readonly ended: Promise<unknown>; readonly printed: () => string },
): Promise<unknown> {
  const over = bot.ended.then(() => {
    throw new Error(`The bot ended:\n${bot.printed()}`);
  });
  for (;;) {
    const response = await Promise.race([over, fetch(url).catch(() => undefined)]);
    if (response?.status === 200) return response.json();
    await Promise.race([over, new Promise((resolve) => setImmediate(resolve))]);
  }
}
