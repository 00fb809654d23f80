import type { Card } from '../../src/domain/card.js';
import { openPublicListener } from '../../src/http/server.js';
import { createSlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import { defined } from '../../src/shared/language.js';
import { createSlackChat, type SlackChatOptions } from '../../src/slack/index.js';
import type { UseCases } from '../../src/slack/use-cases.js';
import { noonMs } from '../support/an-approval.js';
import { keepLog } from '../support/kept-log.js';
import { aCard } from './a-card.js';
import {
  type FakeService,
  fakeService,
  noAbsences,
  noBulk,
  noHome,
  noQuestions,
  noReceipts,
} from './a-service.js';
import { type FakeAlertService, fakeAlertService } from './alerts/an-alert-service.js';
import { type FakeCommandService, fakeCommandService } from './commands/a-command-service.js';
import { inMemoryStore } from './in-memory-store.js';

/** How a stage is set. */
export interface StageOptions {
  readonly mode?: 'socket' | 'http';
  readonly service?: FakeService;
  readonly commandService?: FakeCommandService;
  readonly alertService?: FakeAlertService;
  readonly receiptService?: UseCases['receipts'];
  /** User groups the settings name. */
  readonly userGroups?: readonly string[];
  readonly now?: () => number;
  /** What the app may do; the simulator's usual if left out. */
  readonly scopes?: readonly string[];
  readonly timeoutMs?: number;
}

/** A workspace with Ada, Bo and a channel, and the Slack chat at work in it. */
export async function aSlack({
  mode = 'socket',
  service = fakeService(),
  commandService = fakeCommandService(),
  alertService = fakeAlertService(),
  receiptService = noReceipts,
  userGroups = [],
  now = () => noonMs,
  scopes,
  timeoutMs,
}: StageOptions = {}) {
  const workspace = createSlackWorkspace({
    rateLimits: 'off',
    ackTimeoutMs: 1500,
    ...(scopes ? { app: { scopes } } : {}),
  });
  const ada = workspace.addMember({ id: 'U0ADA', name: 'ada', realName: 'Ada Okafor' });
  const bo = workspace.addMember({ id: 'U0BO', name: 'bo', realName: 'Bo Li' });
  const channel = workspace.addChannel({ name: 'pki', members: [ada.id, bo.id] }).id;
  workspace.inviteApp(channel);
  const { slackApiUrl } = await workspace.start();
  const { app } = workspace;
  const log = keepLog();
  let ids = 0;
  const options: SlackChatOptions = {
    mode:
      mode === 'socket'
        ? { kind: 'socket', appToken: app.appToken }
        : { kind: 'http', signingSecret: app.signingSecret },
    botToken: app.botToken,
    apiUrl: slackApiUrl,
    log,
    keyValueStore: inMemoryStore(),
    now,
    userGroups: () => userGroups,
    newId: () => `id-${++ids}`,
    ...defined({ timeoutMs }),
  };
  const slack = createSlackChat(options);
  const events = await slack.start({
    approvals: service,
    commands: commandService,
    alerts: alertService,
    receipts: receiptService,
    questions: noQuestions,
    home: noHome,
    absences: noAbsences,
    bulk: noBulk,
  });
  const listener = await openPublicListener({ host: '127.0.0.1', port: 0, log, newId: options.newId }, () =>
    events ? [events] : [],
  );
  const requestUrl = `http://127.0.0.1:${listener.port}/slack/events`;
  if (mode === 'http') await workspace.setRequestUrl(requestUrl);
  const stopSlack = async () => {
    listener.stopAccepting();
    await slack.stop();
    await listener.close();
  };
  const stop = async () => {
    await stopSlack();
    await workspace.stop();
  };
  const post = (card: Card = aCard()) =>
    slack.chat.post({ kind: 'channel', channel }, { kind: 'card', card });
  return {
    workspace,
    slack,
    chat: slack.chat,
    service,
    commandService,
    alertService,
    log,
    ada,
    bo,
    channel,
    requestUrl,
    post,
    stopSlack,
    stop,
  };
}

/** Reads what an `aSlack` stage is. */
export type Slack = Awaited<ReturnType<typeof aSlack>>;
