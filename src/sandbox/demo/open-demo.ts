import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Bot, startBot } from '../../bot.js';
import { realRuntime } from '../../cli/start.js';
import { loadSettings, type Settings } from '../../config.js';
import type { Log } from '../../ports/runtime.js';
import { asError } from '../../shared/language.js';
import { createEvery } from './activity.js';
import { openAll, openSandbox, type Sandbox } from './open-sandbox.js';
import { channels } from './scene.js';
import { sandboxEnvironment, sandboxSettings } from './settings.js';
import { postSteps } from './work-tasks-scene.js';

/** The real bot at work between simulated servers, with requests waiting. */
export interface Demo extends Sandbox {
  /** Stops the bot and starts it again on what it remembers, in live mode unless told. */
  restartBot(mode?: DemoMode): Promise<void>;
  /** Stops everything and removes what was written. */
  close(): Promise<void>;
}

/** Whether the bot decides from Slack, or only shows what it would do. */
export type DemoMode = 'live' | 'shadow';

/**
 * Opens the demo: the simulators, the opening requests, and the bot.
 *
 * Port 0 takes a free one. Throws as `listen` does when the port is taken.
 */
export function openDemo({
  port,
  log,
  mode = 'live',
}: {
  readonly port: number;
  readonly log: Log;
  readonly mode?: DemoMode;
}): Promise<Demo> {
  return openAll(async (stack) => {
    const sandbox = await openSandbox(port, stack);
    const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
    stack.push(async () => rmSync(folder, { recursive: true, force: true }));
    const store = join(folder, 'countersign.db');
    const start = (now: DemoMode) => startBot(demoSettings(sandbox, store, now), realRuntime(log));
    let bot: Bot | undefined = await start(mode);
    stack.push(async () => {
      await bot?.stop();
    });
    const endPosting = postSteps({
      workTasks: sandbox.workTasks,
      botUrl: () => (bot ? `http://127.0.0.1:${bot.port}` : undefined),
      secret: sandbox.secrets.hook,
      every: createEvery((thrown) => {
        const err = asError(thrown);
        log.warn({ err }, 'A workflow of the demo was not received; it tries again');
      }),
    });
    stack.push(endPosting);
    return {
      ...sandbox,
      async restartBot(now = 'live') {
        const old = bot;
        bot = undefined;
        await old?.stop();
        bot = await start(now);
      },
      close: stack.close,
    };
  });
}

/** Loads the demo's settings through the same door as those of a real bot: a file and the environment. */
function demoSettings({ slack, at, secrets }: Sandbox, store: string, mode: DemoMode): Settings {
  const file = stringify({
    ...sandboxSettings(slack.team.id, at),
    mode,
    shadow: { channel: channels.shadow.id },
    http: { host: '127.0.0.1' },
    operations: { port: 0 },
    store,
    log: { level: 'warn' },
  });
  const loaded = loadSettings({
    file: 'countersign-demo.yml',
    readFile: () => Buffer.from(file),
    env: { ...sandboxEnvironment(secrets, at), KEYFACTOR_PASSWORD: secrets.command },
  });
  // A free port for the hook, since others on this machine may have the usual one.
  return { ...loaded, http: { ...loaded.http, port: 0 } };
}
