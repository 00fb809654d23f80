import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createKeyfactorCommand, type KeyfactorCommand } from '../keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../slack/workspace.js';
import { createWorkTasks, type WorkTasks } from '../work-tasks/work-tasks.js';
import { createInbox, createPortal, inboxPath, portalPath } from './pages.js';
import {
  type DemoRequest,
  instanceSketchOf,
  type OpeningRequest,
  openingRequests,
  seedCommand,
  seedSlack,
} from './scene.js';
import type { SandboxAddresses, SandboxSecrets } from './settings.js';
import { seedWorkTasks, type WorkTasksOpening } from './work-tasks-scene.js';

/** Simulated servers with people in them, and requests that wait. */
export interface Sandbox {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  readonly workTasks: WorkTasks;
  /** Address of the workspace's page. */
  readonly url: string;
  readonly at: SandboxAddresses;
  readonly secrets: SandboxSecrets;
  /** Runs that wait from the start, by the name the story has for them. */
  readonly opening: Readonly<Record<OpeningRequest, string>>;
  /** Executions that are there from the start. */
  readonly plant: WorkTasksOpening;
  /** Asks Command for something and gives the id of the run. */
  ask(request: DemoRequest): Promise<string>;
}

/** Marks what is of use with simulators only; `countersign start` knows secrets by it. */
const mark = 'sandbox-';

/** Makes a secret that nobody can guess, of letters that no shell minds. */
export function newSecret(): string {
  return `${mark}${randomBytes(24).toString('hex')}`;
}

/**
 * Opens every simulated server, furnished, and the pages that stand in for what people would see of them.
 *
 * Port 0 takes a free one for the workspace's page; any other throws as `listen` does when it is taken. What was
 * opened is put on the stack.
 */
export async function openSandbox(port: number, stack: ClosingStack): Promise<Sandbox> {
  const clock = createBackdatedClock();
  const secrets: SandboxSecrets = {
    botToken: `xoxb-${newSecret()}`,
    appToken: `xapp-${newSecret()}`,
    command: newSecret(),
    workTasks: newSecret(),
    hook: newSecret(),
  };
  const { botToken, appToken } = secrets;
  const slack = createSlackWorkspace({
    port,
    // The page is compiled beside the simulator; this runs from there.
    pageFolder: fileURLToPath(new URL('../slack/page/', import.meta.url)),
    team: { name: 'Key Example', domain: 'keyexample' },
    app: { botToken, appToken, signingSecret: newSecret() },
  });
  const { url, slackApiUrl } = await slack.start();
  stack.push(() => slack.stop());
  const command = createKeyfactorCommand({ now: clock.now });
  const { url: commandUrl } = await command.start();
  stack.push(() => command.stop());
  const workTasks = createWorkTasks();
  const workTasksUrls = await workTasks.start();
  stack.push(() => workTasks.stop());
  const [portal, inbox] = [createPortal(command), createInbox(workTasks)];
  const portalUrl = `${await portal.open()}${portalPath}`;
  stack.push(() => portal.close());
  const inboxUrl = `${await inbox.open()}${inboxPath}`;
  stack.push(() => inbox.close());
  seedSlack(slack);
  seedCommand(command, secrets.command);
  return {
    slack,
    command,
    workTasks,
    url,
    at: { slackApiUrl, commandUrl, portalUrl, workTasks: { ...workTasksUrls, inboxUrl } },
    secrets,
    plant: seedWorkTasks(workTasks, secrets.workTasks),
    opening: await askOpening(command, clock),
    ask: async (request) => command.startInstance(await instanceSketchOf(request, clock.now())),
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

/** What has been opened and is to be closed. */
interface ClosingStack {
  push(close: () => Promise<void>): void;
  /** Closes what was opened, the last first. */
  close(): Promise<void>;
}

/** Opens what the work puts on a stack, all or nothing. */
export async function openAll<T>(work: (stack: ClosingStack) => Promise<T>): Promise<T> {
  const closers: (() => Promise<void>)[] = [];
  const stack: ClosingStack = {
    push: (close) => void closers.push(close),
    async close() {
      for (let close = closers.pop(); close; close = closers.pop()) await close();
    },
  };
  try {
    return await work(stack);
  } catch (error) {
    await stack.close();
    throw error;
  }
}

/** Opens something on the port wanted, or on a free one when that is taken. */
export async function onFreePort<T>(port: number, open: (port: number) => Promise<T>): Promise<T> {
  try {
    return await open(port);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    process.stdout.write(`Port ${port} is taken; using a free one.\n`);
    return open(0);
  }
}
