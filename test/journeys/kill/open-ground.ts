import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createKeyfactorCommand,
  type KeyfactorCommand,
} from '../../../src/simulators/keyfactor/keyfactor-command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/simulators/slack/slack-workspace.js';
import { createWorkTasks, type WorkTasks } from '../../../src/simulators/work-tasks/work-tasks.js';
import { openPlace } from '../../../src/stores/open-place.js';
import type { OpenDatabase } from '../../../src/stores/sql/open-database.js';
import { furnishCommand, furnishSlack, furnishWorkTasks } from '../../support/stage/cast.js';
import { freePort } from '../../support/stage/open-house.js';
import { stageEnvironment, stageYaml } from '../../support/stage/stage-settings.js';

const program = new URL('../../../dist/main.js', import.meta.url).pathname;

/** Real programs on one store, between simulators that see everything, on the real clock. */
export interface Ground {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  readonly programs: number;
  /** Work Tasks, where a workflow of it tells a single program that it waits. */
  readonly plant?: { readonly workTasks: WorkTasks; readonly hookUrl: string };
  /** Starts whichever programs are not running, and waits until Slack reaches all of them. */
  startAll(): Promise<void>;
  /** Ends a program as a power cut would. */
  kill(which: number): Promise<void>;
  /** Looks into the store from outside. */
  open(): Promise<OpenDatabase>;
  close(): Promise<void>;
}

/** Opens the ground; the program must have been built. */
export async function openGround(options: {
  readonly programs: number;
  readonly quorum: number;
  /** Absent for a file. */
  readonly database?: { readonly url: string; readonly password: string };
}): Promise<Ground> {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run npm run build first');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-kill-'));
  const slack = createSlackWorkspace();
  const command = createKeyfactorCommand();
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  furnishSlack(slack);
  furnishCommand(command);
  // Two programs on one machine cannot listen for it at the same port.
  const plant = options.programs === 1 ? await openPlant() : undefined;
  const at = { slackApiUrl, commandUrl, tokenUrl, ...(plant ? { workTasks: plant.at } : {}) };
  const store = options.database?.url ?? join(folder, 'countersign.db');
  const password = options.database?.password;
  const config = join(folder, 'countersign.yml');
  const pace = { signalTimeout: '1s', timeout: '1s', observeEvery: '1s' } as const;
  const told = { withWorkTasks: plant !== undefined, withHook: plant !== undefined };
  const rules = { approveWith: 'one-click', quorum: options.quorum, ...told, ...pace } as const;
  const port = plant ? { httpPort: plant.httpPort } : {};
  writeFileSync(config, stageYaml(rules, { ...at, ...port, transport: 'socket', store }));
  const { SLACK_SIGNING_SECRET: _unused, ...secrets } = stageEnvironment(slack, at, rules);
  const env = {
    PATH: process.env.PATH,
    ...secrets,
    ...(password === undefined ? {} : { COUNTERSIGN_STORE_PASSWORD: password }),
  };
  const children = new Map<number, ChildProcess>();
  const kill = async (which: number) => {
    const child = children.get(which);
    children.delete(which);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    slack,
    command,
    programs: options.programs,
    ...(plant ? { plant } : {}),
    kill,
    async startAll() {
      for (let which = 0; which < options.programs; which += 1) {
        if (children.has(which)) continue;
        const child = spawn(process.execPath, [program, 'start', '--config', config], {
          env,
          // For whoever looks for the cause of a failure.
          stdio: process.env.KILL_LOUD === undefined ? 'ignore' : 'inherit',
        });
        children.set(which, child);
      }
      await slack.waitFor(() => slack.connections() === options.programs, {
        timeoutMs: 30_000,
        whatFor: 'the programs to connect',
      });
    },
    open: () => openPlace(store, { password }),
    async close() {
      for (const which of [...children.keys()]) await kill(which);
      await Promise.all([slack.stop(), command.stop(), plant?.workTasks.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openPlant() {
  const workTasks = createWorkTasks();
  const at = await workTasks.start();
  furnishWorkTasks(workTasks);
  const httpPort = await freePort();
  return { workTasks, at, httpPort, hookUrl: `http://127.0.0.1:${httpPort}/hooks/work-tasks/approvals` };
}
