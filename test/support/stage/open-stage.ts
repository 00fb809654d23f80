import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { Runtime } from '../../../src/bot.js';
import { type Bot, startBot } from '../../../src/bot.js';
import type { Settings } from '../../../src/config.js';
import type { ReloadResult } from '../../../src/reload.js';
import { createKeyfactorCommand, type KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import { createWorkTasks, type WorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';
import { defined } from '../../../src/shared/language.js';
import { neededScopes } from '../../../src/slack/manifest.js';
import { expectDocumentedRequests } from '../../contracts/keyfactor/documented-requests.js';
import { type CapturedLog, captureLog } from './captured-log.js';
import { createManualClock, type ManualClock } from './manual-clock.js';
import { seedCommand, seedSlack, seedWorkTasks } from './personas.js';
import { type StageAddresses, type StageRules, stageSettings } from './stage-settings.js';

/** The two ways in; every journey is played over both. */
export const transports = ['socket', 'http'] as const;
export type Transport = (typeof transports)[number];

/** Two simulated servers and the real bot between them, under a clock turned by hand. */
export interface Stage {
  readonly clock: ManualClock;
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  /** Plays only where a story asks for it. */
  readonly workTasks: WorkTasks;
  readonly log: CapturedLog;
  /** Path of the file in which the bot remembers. */
  readonly storeFile: string;
  bot(): Bot;
  /** Observes once and delivers what came of it. */
  observe(): Promise<void>;
  /** Turns the clock, then observes and delivers. */
  observeAfter(ms: number): Promise<void>;
  /** Stops the bot and starts it again on the same store; something may happen in between. */
  restart(rules?: StageRules, meanwhile?: () => void): Promise<void>;
  /** Has the running bot go by other settings. */
  reload(rules: StageRules, options?: { readonly isConfirmed: boolean }): Promise<ReloadResult>;
  close(): Promise<void>;
}

/** What opens the store, and what gives Command its ids, where a story is about those. */
type StageParts = Pick<Runtime, 'openStore'> & {
  readonly newCommandId?: () => string;
  /** Makes short codes, where a story is written down with them. */
  readonly newCode?: (length: number) => string;
  /** What the bot sends Command on purpose although no document describes it. */
  readonly undocumented?: RegExp;
};

/** Stages that a story has not closed, for instance because it failed half-way. */
const open = new Set<Stage>();

afterEach(async () => {
  await Promise.all([...open].map((stage) => stage.close()));
});

/** Sets the stage: opens both simulators, furnishes them, and starts the bot. */
export async function openStage(transport: Transport, rules: StageRules & StageParts = {}): Promise<Stage> {
  const clock = createManualClock();
  const log = captureLog();
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  const storeFile = join(folder, 'countersign.db');
  const scopes = neededScopes({
    command: '/workflow',
    userGroups: rules.groups !== undefined,
    emailMatching: rules.byEmail !== undefined,
  });
  const slack = createSlackWorkspace({
    now: clock.now,
    ackTimeoutMs: 2_000,
    app: { scopes },
    ...defined({ grid: rules.grid }),
  });
  const command = createKeyfactorCommand({
    now: clock.now,
    ...defined({ newId: rules.newCommandId }),
  });
  expectDocumentedRequests(command, {
    edition: rules.keyfactor?.queryPrefix === 'pq' ? 'older' : 'newer',
    ...defined({ undocumented: rules.undocumented }),
  });
  const { slackApiUrl } = await slack.start();
  const workTasks = createWorkTasks({ now: clock.now });
  const { url: commandUrl, tokenUrl } = await command.start();
  const plant = rules.withWorkTasks ? await workTasks.start() : undefined;
  seedSlack(slack);
  seedCommand(command);
  seedWorkTasks(workTasks);
  const partsWith = (now: StageRules): StageBotParts => ({
    transport,
    rules: now,
    slack,
    command,
    slackApiUrl,
    commandUrl,
    tokenUrl,
    ...defined({ workTasks: plant }),
    storeFile,
    ...defined({ openStore: rules.openStore, newCode: rules.newCode }),
    clock,
    log,
  });
  const start = (now: StageRules) => startOnStage(partsWith(now));
  let bot = await start(rules);
  // A start that was refused leaves nothing to stop.
  let isAtWork = true;
  const stage: Stage = {
    clock,
    slack,
    command,
    workTasks,
    log,
    storeFile,
    bot: () => bot,
    observe: () => bot.observe(),
    async observeAfter(ms) {
      clock.advance(ms);
      await bot.observe();
    },
    async restart(changed = rules, meanwhile = () => {}) {
      if (isAtWork) await bot.stop();
      isAtWork = false;
      meanwhile();
      bot = await start(changed);
      isAtWork = true;
    },
    reload: (changed, options = { isConfirmed: false }) =>
      bot.reload(settingsOnStage(partsWith(changed)), options),
    async close() {
      if (!open.delete(stage)) return;
      if (isAtWork) await bot.stop();
      await Promise.all([slack.stop(), command.stop(), ...(plant ? [workTasks.stop()] : [])]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  open.add(stage);
  return stage;
}

/** What a bot on a stage is started with. */
interface StageBotParts {
  readonly transport: Transport;
  readonly rules: StageRules;
  readonly slack: SlackWorkspace;
  readonly command: KeyfactorCommand;
  readonly slackApiUrl: string;
  readonly commandUrl: string;
  readonly tokenUrl: string;
  readonly workTasks?: NonNullable<StageAddresses['workTasks']>;
  readonly storeFile: string;
  /** Needed where the store is a database. */
  readonly storePassword?: string;
  readonly openStore?: Runtime['openStore'];
  readonly newCode?: (length: number) => string;
  readonly clock: ManualClock;
  readonly log: CapturedLog;
}

/** Gives the settings of a bot on a stage. */
export function settingsOnStage(parts: StageBotParts): Settings {
  const { rules, storeFile: store, storePassword } = parts;
  const settings = stageSettings(rules, { ...parts, store });
  const http = { ...settings.http, host: '127.0.0.1', port: rules.people?.httpPort ?? 0 };
  return { ...settings, http, ...defined({ storePassword }) };
}

/** Starts the real bot between simulators that are open already. */
export async function startOnStage(parts: StageBotParts): Promise<Bot> {
  const { transport, slack, clock, log, openStore, newCode } = parts;
  let count = 0;
  const next = () => {
    count += 1;
    return count;
  };
  const bot = await startBot(settingsOnStage(parts), {
    log: log.log,
    now: clock.now,
    newId: () => `${clock.now().toString(36)}-${process.hrtime.bigint().toString(36)}-${next()}`,
    newCode: newCode ?? ((length) => `K${String(next()).padStart(length - 1, '0')}`),
    replicaId: `stage-${next()}-${process.hrtime.bigint()}`,
    jobs: 'by-hand',
    ...defined({ openStore }),
  });
  if (transport === 'http') await slack.setRequestUrl(`http://127.0.0.1:${bot.port}/slack/events`);
  return bot;
}
