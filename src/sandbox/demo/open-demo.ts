import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bot, startBot } from '../../bot.js';
import { realRuntime } from '../../cli/start.js';
import type { Log } from '../../ports/runtime.js';
import { asError } from '../../shared/errors.js';
import { createKeyfactorCommand, type KeyfactorCommand } from '../keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../slack/workspace.js';
import { createWorkTasks, type WorkTasks } from '../work-tasks/work-tasks.js';
import { createEvery } from './activity.js';
import { createInbox, createPortal, inboxPath, portalPath } from './pages.js';
import {
  type DemoRequest,
  instanceSketchOf,
  type OpeningRequest,
  openingRequests,
  seedCommand,
  seedSlack,
} from './scene.js';
import { type Addresses, demoSettings } from './settings.js';
import { postSteps, seedWorkTasks, type WorkTasksOpening } from './work-tasks-scene.js';

/** The real bot at work between simulated servers, with requests waiting. */
export interface Demo {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  readonly workTasks: WorkTasks;
  /** Address of the workspace's page. */
  readonly url: string;
  /** Runs that wait from the start, by the name the story has for them. */
  readonly opening: Readonly<Record<OpeningRequest, string>>;
  /** Executions that are there from the start. */
  readonly plant: WorkTasksOpening;
  /** Asks Command for something and gives the id of the run. */
  ask(request: DemoRequest): Promise<string>;
  /** Stops the bot and starts it again on what it remembers. */
  restartBot(): Promise<void>;
  /** Stops everything and removes what was written. */
  close(): Promise<void>;
}

/**
 * Opens the demo: the simulators, the opening requests, and the bot.
 *
 * Port 0 takes a free one. Throws as `listen` does when the port is taken.
 */
export async function openDemo(options: { readonly port: number; readonly log: Log }): Promise<Demo> {
  const stack = createClosingStack();
  try {
    return await openAll(options, stack);
  } catch (error) {
    await stack.close();
    throw error;
  }
}

async function openAll({ port, log }: { readonly port: number; readonly log: Log }, stack: ClosingStack) {
  const clock = createBackdatedClock();
  const { slack, command, workTasks, url, at } = await openServers({ port, now: clock.now }, stack);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
  stack.push(async () => rmSync(folder, { recursive: true, force: true }));
  seedSlack(slack);
  seedCommand(command);
  const workTasksOpening = seedWorkTasks(workTasks);
  const opening = await askOpening(command, clock);
  const loaded = demoSettings(slack, { ...at, store: join(folder, 'countersign.db') });
  // A free port for the hook, since others on this machine may have the usual one.
  const settings = { ...loaded, http: { ...loaded.http, port: 0 } };
  const start = () => startBot(settings, realRuntime(log));
  let bot: Bot | undefined = await start();
  stack.push(async () => {
    await bot?.stop();
  });
  const endPosting = postSteps({
    workTasks,
    botUrl: () => (bot ? `http://127.0.0.1:${bot.port}` : undefined),
    every: createEvery((error) =>
      log.warn({ err: asError(error) }, 'A workflow of the demo was not heard; it tries again'),
    ),
  });
  stack.push(endPosting);
  return {
    slack,
    command,
    workTasks,
    url,
    opening,
    plant: workTasksOpening,
    ask: async (request: DemoRequest) => command.startInstance(await instanceSketchOf(request, clock.now())),
    async restartBot() {
      const old = bot;
      bot = undefined;
      await old?.stop();
      bot = await start();
    },
    close: stack.close,
  };
}

/** Puts the opening requests up, each as long ago as it says. */
async function askOpening(
  command: KeyfactorCommand,
  clock: BackdatedClock,
): Promise<Record<OpeningRequest, string>> {
  const requested = Object.entries<DemoRequest>(openingRequests).map(async ([name, request]) => {
    const sketch = await instanceSketchOf(request, clock.now());
    return { name, sketch, waitingMinutes: request.waitingMinutes ?? 0 };
  });
  const ids = (await Promise.all(requested)).map(
    ({ name, sketch, waitingMinutes }) =>
      [name, clock.ago(waitingMinutes * 60_000, () => command.startInstance(sketch))] as const,
  );
  return Object.fromEntries(ids) as Record<OpeningRequest, string>;
}

/** A clock that can be turned back for a moment. */
interface BackdatedClock {
  readonly now: () => number;
  /** Does something as if it were so long ago. */
  ago<T>(agoMs: number, work: () => T): T;
}

/** Creates a clock that shows the real time otherwise. */
function createBackdatedClock(): BackdatedClock {
  let backMs = 0;
  return {
    now: () => Date.now() - backMs,
    ago(agoMs, work) {
      backMs = agoMs;
      try {
        return work();
      } finally {
        backMs = 0;
      }
    },
  };
}

/** The page is compiled beside the simulator; the demo runs from there. */
const pageFolder = fileURLToPath(new URL('../slack/page/', import.meta.url));

/**
 * Opens every simulated server, empty, and the pages that stand in for what people would see of them.
 *
 * `port` is that of the workspace's page. What was opened is put on the stack.
 */
async function openServers(
  { port, now }: { readonly port: number; readonly now: () => number },
  stack: ClosingStack,
) {
  const slack = createSlackWorkspace({
    port,
    pageFolder,
    team: { name: 'Key Example', domain: 'keyexample' },
  });
  const { url, slackApiUrl } = await slack.start();
  stack.push(() => slack.stop());
  const command = createKeyfactorCommand({ now });
  const { url: commandUrl } = await command.start();
  stack.push(() => command.stop());
  const workTasks = createWorkTasks();
  const workTasksOpening = await workTasks.start();
  stack.push(() => workTasks.stop());
  const portal = createPortal(command);
  const portalUrl = `${await portal.open()}${portalPath}`;
  stack.push(() => portal.close());
  const inbox = createInbox(workTasks);
  const inboxUrl = `${await inbox.open()}${inboxPath}`;
  stack.push(() => inbox.close());
  const at: Omit<Addresses, 'store'> = {
    slackApiUrl,
    commandUrl,
    portalUrl,
    workTasks: { ...workTasksOpening, inboxUrl },
  };
  return { slack, command, workTasks, url, at };
}

/** What has been opened and is to be closed. */
interface ClosingStack {
  push(close: () => Promise<void>): void;
  /** Closes what was opened, the last first. */
  close(): Promise<void>;
}

/** Creates a stack with nothing on it. */
function createClosingStack(): ClosingStack {
  const closers: (() => Promise<void>)[] = [];
  return {
    push: (close) => void closers.push(close),
    async close() {
      for (let close = closers.pop(); close; close = closers.pop()) await close();
    },
  };
}
