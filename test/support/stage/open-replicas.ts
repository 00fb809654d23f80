import { afterEach, expect } from '@jest/globals';
import type { Bot } from '../../../src/bot.js';
import type { ReloadResult } from '../../../src/reload.js';
import { createKeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import { createSlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import { createWorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';
import { expectDocumentedRequests } from '../../contracts/keyfactor/documented-requests.js';
import type { PostgresServer } from '../postgres/start-postgres.js';
import { captureLog } from './captured-log.js';
import { createManualClock } from './manual-clock.js';
import { type Stage, settingsOnStage, startOnStage } from './open-stage.js';
import { seedCommand, seedSlack } from './personas.js';
import type { StageRules } from './stage-settings.js';

/** Two bots on one database. Slack gives each of them every other payload; one that gets no jobs is as good as dead. */
export interface Replicas extends Stage {
  readonly one: Bot;
  readonly two: Bot;
  /** Starts one more. */
  startAnother(rules?: StageRules): Promise<Bot>;
  /** Has one of them load other settings. */
  reloadAt(bot: Bot, rules: StageRules): Promise<ReloadResult>;
  /** Stops one in good order. */
  stop(bot: Bot): Promise<void>;
}

const open = new Set<Replicas>();

afterEach(async () => {
  for (const replicas of open) await replicas.close();
});

/** Opens the simulators and starts two bots between them on an empty database. */
export async function openReplicas(server: PostgresServer, rules: StageRules = {}): Promise<Replicas> {
  const clock = createManualClock();
  const log = captureLog();
  const slack = createSlackWorkspace({ now: clock.now, ackTimeoutMs: 2_000 });
  const command = createKeyfactorCommand({ now: clock.now });
  expectDocumentedRequests(command);
  const { slackApiUrl } = await slack.start();
  const { url: commandUrl, tokenUrl } = await command.start();
  seedSlack(slack);
  seedCommand(command);
  const storeFile = await server.newDatabase();
  const bots = new Set<Bot>();
  const partsWith = (now: StageRules) => {
    const addresses = { slackApiUrl, commandUrl, tokenUrl };
    const at = { ...addresses, storeFile, storePassword: server.password };
    return { ...at, transport: 'socket', rules: now, slack, command, clock, log } as const;
  };
  const startAnother = async (now = rules): Promise<Bot> => {
    const bot = await startOnStage(partsWith(now));
    bots.add(bot);
    return bot;
  };
  const one = await startAnother();
  const two = await startAnother();
  const stop = async (bot: Bot) => {
    if (bots.delete(bot)) await bot.stop();
  };
  const replicas: Replicas = {
    clock,
    slack,
    command,
    workTasks: createWorkTasks({ now: clock.now }),
    log,
    storeFile,
    one,
    two,
    startAnother,
    stop,
    bot: () => one,
    observe: () => one.observe(),
    async observeAfter(ms) {
      clock.advance(ms);
      await one.observe();
    },
    reload: (changed, options = { isConfirmed: false }) =>
      one.reload(settingsOnStage(partsWith(changed)), options),
    reloadAt: (bot, changed) => bot.reload(settingsOnStage(partsWith(changed)), { isConfirmed: false }),
    restart: () => Promise.reject(new Error('Start another one instead')),
    async close() {
      if (!open.delete(replicas)) return;
      for (const bot of [...bots]) await stop(bot);
      await Promise.all([slack.stop(), command.stop()]);
      expect(log.errors()).toEqual([]);
    },
  };
  open.add(replicas);
  return replicas;
}
