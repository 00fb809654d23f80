import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBot } from '../bot.js';
import { realSurroundings } from '../commands/start.js';
import type { Log } from '../ports/log.js';
import { createKeyfactorCommand, type KeyfactorCommand } from '../simulators/keyfactor/keyfactor-command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../simulators/slack/slack-workspace.js';
import { type BackdatedClock, createBackdatedClock } from './backdated-clock.js';
import { type ClosingStack, createClosingStack } from './closing-stack.js';
import { demoSettings } from './demo-settings.js';
import { createPortal } from './portal.js';
import { instanceSketchOf } from './scene/ask.js';
import { furnishCommand, furnishSlack } from './scene/furnish.js';
import { type OpeningRequest, openingRequests } from './scene/opening-requests.js';
import type { DemoRequest } from './scene/request.js';

/** The real bot at work between two simulated servers, with requests waiting. */
export interface Demo {
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  /** Address of the workspace's page. */
  readonly url: string;
  /** Runs that wait from the start, by the name the story has for them. */
  readonly opening: Readonly<Record<OpeningRequest, string>>;
  /** Asks Command for something and gives the id of the run. */
  ask(request: DemoRequest): Promise<string>;
  /** Stops the bot and starts it again on what it remembers. */
  restartBot(): Promise<void>;
  /** Stops everything and removes what was written. */
  close(): Promise<void>;
}

/** The page is compiled beside the simulator; the demo runs from there. */
const pageFolder = fileURLToPath(new URL('../simulators/slack/page/', import.meta.url));

/**
 * Opens the demo: both simulators, the opening requests, and the bot.
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
  const slack = createSlackWorkspace({
    port,
    pageFolder,
    team: { name: 'Key Example', domain: 'keyexample' },
  });
  const { url, slackApiUrl } = await slack.start();
  stack.push(() => slack.stop());
  const clock = createBackdatedClock();
  const command = createKeyfactorCommand({ now: clock.now });
  const { url: commandUrl } = await command.start();
  stack.push(() => command.stop());
  const portal = createPortal(command);
  const portalUrl = await portal.open();
  stack.push(() => portal.close());
  const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
  stack.push(async () => rmSync(folder, { recursive: true, force: true }));
  furnishSlack(slack);
  furnishCommand(command);
  const opening = await askOpening(command, clock);
  const store = join(folder, 'countersign.db');
  const settings = demoSettings(slack, { slackApiUrl, commandUrl, portalUrl, store });
  const start = () => startBot(settings, realSurroundings(log));
  let bot = await start();
  stack.push(() => bot.stop());
  return {
    slack,
    command,
    url,
    opening,
    ask: async (request: DemoRequest) => command.startInstance(await instanceSketchOf(request, clock.now())),
    async restartBot() {
      await bot.stop();
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
  const asked = Object.entries<DemoRequest>(openingRequests).map(async ([name, request]) => {
    const sketch = await instanceSketchOf(request, clock.now());
    return { name, sketch, waitingMinutes: request.waitingMinutes ?? 0 };
  });
  const ids = (await Promise.all(asked)).map(
    ({ name, sketch, waitingMinutes }) =>
      [name, clock.ago(waitingMinutes * 60_000, () => command.startInstance(sketch))] as const,
  );
  return Object.fromEntries(ids) as Record<OpeningRequest, string>;
}
