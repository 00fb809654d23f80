import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bot, startBot } from '../bot.js';
import { realRuntime } from '../commands/start.js';
import type { Log } from '../ports/log.js';
import type { KeyfactorCommand } from '../simulators/keyfactor/keyfactor-command.js';
import type { SlackWorkspace } from '../simulators/slack/slack-workspace.js';
import type { WorkTasks } from '../simulators/work-tasks/work-tasks.js';
import { type BackdatedClock, createBackdatedClock } from './backdated-clock.js';
import { type ClosingStack, createClosingStack } from './closing-stack.js';
import { demoSettings } from './demo-settings.js';
import { createEvery } from './every-so-often.js';
import { openServers } from './open-servers.js';
import { seedWorkTasks, type WorkTasksOpening } from './plant/furnish-plant.js';
import { postSteps } from './plant/tell-of-steps.js';
import { instanceSketchOf } from './scene/ask.js';
import { seedCommand, seedSlack } from './scene/furnish.js';
import { type OpeningRequest, openingRequests } from './scene/opening-requests.js';
import type { DemoRequest } from './scene/request.js';

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

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
