import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createKeyfactorCommand, type KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import { expectDocumentedRequests } from '../../contracts/keyfactor/documented-requests.js';
import type { Transport } from './open-stage.js';
import { seedCommand, seedSlack } from './personas.js';
import { type StageRules, stageEnvironment, stageYaml } from './stage-settings.js';

const program = new URL('../../../dist/main.js', import.meta.url).pathname;

/** The real program in a process of its own, between simulators, on the real clock. */
export interface House {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  /** Resolves once Slack can reach it. */
  start(): Promise<void>;
  /** Ends the program as a power cut would. */
  kill(): Promise<void>;
  /** Asks the program to stop, as a supervisor does; tells how it ended and how long that took. */
  stop(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** Writes other settings, which nothing reads by itself. */
  write(rules: StageRules): void;
  /** Runs `countersign reload`; gives its exit code and all it printed. */
  reload(...options: readonly string[]): Promise<{ readonly code: number; readonly printed: string }>;
  /** Sends the program the signal on which it loads its settings anew. */
  hangUp(): void;
  close(): Promise<void>;
}

/** Opens both simulators, furnished, and a program that is not started yet; it must have been built. */
export async function openHouse(transport: Transport, more: StageRules = {}): Promise<House> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-killed-'));
  const slack = createSlackWorkspace();
  const command = createKeyfactorCommand();
  expectDocumentedRequests(command);
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  seedSlack(slack);
  seedCommand(command);
  const httpPort = await freePort();
  const operationsPort = await freePort();
  const at = { slackApiUrl, commandUrl, tokenUrl };
  const quick = { approveWith: 'one-click', signalTimeout: '1s', timeout: '1s', observeEvery: '1s' } as const;
  const config = join(folder, 'countersign.yml');
  const store = join(folder, 'countersign.db');
  const write = (rules: StageRules) =>
    writeFileSync(
      config,
      stageYaml({ ...quick, ...rules }, { ...at, transport, httpPort, operationsPort, store }),
    );
  write(more);
  const { SLACK_SIGNING_SECRET: signing, SLACK_APP_TOKEN: app, ...rest } = stageEnvironment(slack, at);
  const env = {
    ...rest,
    ...(transport === 'http' ? { SLACK_SIGNING_SECRET: signing } : { SLACK_APP_TOKEN: app }),
  };
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    slack,
    command,
    async start() {
      child = spawn(process.execPath, [program, 'start', '--allow-loopback', '--config', config], {
        env: { PATH: process.env.PATH, ...env },
        stdio: 'ignore',
      });
      if (transport === 'http') await connectSlack(slack, `http://127.0.0.1:${httpPort}/slack/events`);
    },
    kill,
    write,
    reload: (...options) =>
      new Promise((resolve) => {
        const args = [program, 'reload', '--config', config, ...options];
        execFile(process.execPath, args, { env: { PATH: process.env.PATH, ...env } }, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), printed: `${out}${err}` }),
        );
      }),
    hangUp: () => void child?.kill('SIGHUP'),
    async stop() {
      if (!child) throw new Error('It was not started');
      const [gone, atMs] = [once(child, 'exit'), performance.now()];
      child.kill('SIGTERM');
      await gone;
      return { code: child.exitCode, tookMs: performance.now() - atMs };
    },
    async close() {
      await kill();
      await Promise.all([slack.stop(), command.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Finds a port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Tells Slack where the program listens, as soon as it does. */
async function connectSlack(slack: SlackWorkspace, url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await slack.setRequestUrl(url);
    } catch (error) {
      if (tries > 200) throw error;
      await pause(100);
    }
  }
}
