import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createKeyfactorCommand, type KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import { createWorkTasks, type WorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';
import { defined } from '../../../src/shared/language.js';
import { openPlace } from '../../../src/stores/index.js';
import type { OpenDatabase } from '../../../src/stores/sql/database.js';
import { expectDocumentedRequests } from '../../contracts/keyfactor/documented-requests.js';
import { freePort } from '../../support/stage/open-house.js';
import { seedCommand, seedSlack, seedWorkTasks } from '../../support/stage/personas.js';
import { type StageRules, stageEnvironment, stageYaml } from '../../support/stage/stage-settings.js';
import { openPrograms } from './open-programs.js';

/** Real programs on one store, between simulators that see everything, on the real clock. */
export interface Ground {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  readonly workTasks: WorkTasks;
  readonly programs: number;
  readonly quorum: number;
  /** Where each program lets workflows tell that they wait. */
  readonly hookUrls: readonly string[];
  /** Starts whichever programs are not running, and waits until Slack reaches all of them. */
  startAll(): Promise<void>;
  /** Ends a program as a power cut would. */
  kill(which: number): Promise<void>;
  /** Has a program stand still for a while. */
  freeze(which: number, ms: number): Promise<void>;
  /** What the programs take for now. */
  now(): number;
  /** Sets their clocks ahead, where those can be set, and those of the simulators with them. */
  advanceClock(ms: number): void;
  /** Ends every connection to the database from the server's side; absent for a file. */
  readonly cutConnections?: () => Promise<void>;
  /** Looks into the store from outside. */
  open(): Promise<OpenDatabase>;
  close(): Promise<void>;
}

/** What is played on a ground. */
export interface Ordered {
  readonly programs: number;
  readonly quorum: number;
  /** Absent for a file. */
  readonly database?: { readonly url: string; readonly password: string };
  /** Set where a day is played, by these rules, on a clock that is turned; else it is the machine's. */
  readonly day?: StageRules;
}

/** Opens the ground; the program must have been built. */
export async function openGround({ programs: count, quorum, database, day }: Ordered): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-kill-'));
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const simulators = await openSimulators(now);
  const { slack, command, workTasks, at } = simulators;
  const store = database?.url ?? join(folder, 'countersign.db');
  const rules: StageRules = { ...rulesOf(quorum), ...day };
  // Programs on one machine cannot listen at the same port; everything else is the same for all.
  const ports = await Promise.all(Array.from({ length: count }, freePort));
  const configs = ports.map((httpPort, which) => {
    const config = join(folder, `countersign-${which}.yml`);
    writeFileSync(config, stageYaml(rules, { ...at, httpPort, transport: 'socket', store }));
    return config;
  });
  const { SLACK_SIGNING_SECRET: _unused, ...secrets } = stageEnvironment(slack, at, rules);
  const programs = openPrograms(
    configs,
    { PATH: process.env.PATH, ...secrets, ...defined({ COUNTERSIGN_STORE_PASSWORD: database?.password }) },
    { hasTurnedClock: day !== undefined },
  );
  return {
    slack,
    command,
    workTasks,
    programs: count,
    quorum,
    hookUrls: ports.map((port) => `http://127.0.0.1:${port}/hooks/work-tasks/approvals`),
    kill: programs.kill,
    freeze: programs.freeze,
    now,
    advanceClock(ms) {
      aheadMs += ms;
      programs.setAhead(aheadMs);
    },
    ...defined({ cutConnections: database && (() => cutConnections(database)) }),
    async startAll() {
      programs.startMissing();
      await slack.waitFor(() => slack.connections() === count, {
        // On a machine that is busy with other things a program takes its time to start.
        timeoutMs: 90_000,
        whatFor: 'the programs to connect',
      });
    },
    open: () => openPlace(store, { password: database?.password }),
    async close() {
      await programs.killAll();
      await Promise.all([slack.stop(), command.stop(), workTasks.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function cutConnections({ url, password }: NonNullable<Ordered['database']>): Promise<void> {
  const address = new URL(url);
  address.password = encodeURIComponent(password);
  const client = new Client({ connectionString: address.href });
  await client.connect();
  await client.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await client.end();
}

function rulesOf(quorum: number) {
  const rateLimit = { signalTimeout: '1s', timeout: '1s', observeEvery: '1s' } as const;
  return { approveWith: 'one-click', quorum, withWorkTasks: true, withHook: true, ...rateLimit } as const;
}

async function openSimulators(now: () => number) {
  const slack = createSlackWorkspace({ now });
  const command = createKeyfactorCommand({ now });
  expectDocumentedRequests(command);
  const workTasks = createWorkTasks({ now });
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  const at = { slackApiUrl, commandUrl, tokenUrl, workTasks: await workTasks.start() };
  seedSlack(slack);
  seedCommand(command);
  seedWorkTasks(workTasks);
  return { slack, command, workTasks, at };
}
