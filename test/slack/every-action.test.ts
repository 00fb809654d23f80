import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { noMetrics } from '../../src/ports/runtime.js';
import { createSlackClient } from '../../src/slack/client.js';
import { createPrivateReplies } from '../../src/slack/deliver.js';
import { mrkdwnFormatter } from '../../src/slack/format.js';
import { actionKinds } from '../../src/slack/ids.js';
import { registerAll } from '../../src/slack/index.js';
import {
  createClickSlots,
  createCommandReplies,
  createSharedCache,
} from '../../src/slack/listeners/context.js';
import { createBoltLog } from '../../src/slack/receivers.js';
import { keepLog } from '../support/kept-log.js';
import {
  fakeService,
  noAbsences,
  noBulk,
  noHome,
  noNotifications,
  noQuestions,
  noReceipts,
} from './a-service.js';
import { fakeAlertService } from './alerts/an-alert-service.js';
import { fakeCommandService } from './commands/a-command-service.js';
import { inMemoryStore } from './in-memory-store.js';

/** Every name a button of ours has had, as it stands on messages that were posted: none of these may ever change. */
const posted = [
  'approval.approve',
  'approval.approve#0',
  'approval.approve#12',
  'approval.deny',
  'approval.deny#1',
  'approval.withdraw',
  'approval.take-back',
  'approval.details',
  'approval.open',
  'approval.page-before',
  'approval.page-after',
  'alert.restart',
  'alert.resume',
  'alert.abort',
  'alert.details',
  'alert.mute',
  'alert.unmute',
  'alert.take',
  'alert.take-over',
  'alert.hand-back',
  'alert.mute-hour',
  'alert.runbook',
  'alert.confirm',
  'alert.cancel',
  'alert.open',
  'command.confirm',
  'command.cancel',
  'command.page-before',
  'command.page-after',
  'approval.ask',
  'question.answer',
  'command.approvals-open',
  'command.approvals-before',
  'command.approvals-after',
  'command.approvals-several',
  'command.history-before',
  'command.history-after',
  'command.evidence',
  'command.choose',
  'command.workflow',
  'command.decide.approve',
  'command.decide.approve#0',
  'command.decide.deny',
  'command.decide.deny#3',
  'command.decide.details',
  'command.propose.restart',
  'command.propose.stop',
  'command.propose.pause',
  'command.propose.resume',
  'command.propose.abort',
  'command.open',
  'home.decide.approve',
  'home.decide.approve#0',
  'home.decide.deny',
  'home.decide.deny#3',
  'home.decide.details',
  'home.cancel',
  'home.several',
  'home.away',
  'home.notifications',
  'home.back',
  'home.page-before',
  'home.page-after',
  'home.open',
  'receipt.disown',
];

/** What is on no message of ours. */
const strange = [
  '',
  'approval',
  'approval.',
  'approval.approve#',
  'approval.details#0',
  'approvalxapprove',
  'other.confirm',
];

/** Registers all listeners, and gives what they match. */
function registered() {
  const actions: unknown[] = [];
  const views: unknown[] = [];
  const app = {
    action: (match: unknown) => void actions.push(match),
    view: (match: unknown) => void views.push(match),
    command: () => {},
    event: () => {},
  };
  const log = keepLog();
  const now = () => 0;
  const newId = () => 'id';
  const client = createSlackClient({ botToken: 'xoxb-none', logger: createBoltLog(log) });
  const replies = createPrivateReplies({ client, log });
  const renderContext = { formatter: mrkdwnFormatter, labelOf: () => 'Command' };
  const keyValueStore = inMemoryStore();
  const useCases = {
    approvals: fakeService(),
    receipts: noReceipts,
    questions: noQuestions,
    home: noHome,
    absences: noAbsences,
    notifications: noNotifications,
    bulk: noBulk,
    commands: fakeCommandService(),
    alerts: fakeAlertService(),
  };
  registerAll(
    app,
    {
      useCases,
      client,
      replies,
      slots: createClickSlots(),
      commandReplies: createCommandReplies({ replies, renderContext, log, keyValueStore, now, newId }),
      renderContext,
      us: { teamId: 'T0', botUserId: 'U0', botId: 'B0' },
      command: '/workflow',
      log,
      metrics: noMetrics,
      now,
      newId,
    },
    createSharedCache(keyValueStore, 'picker'),
  );
  return { actions, views };
}

const { actions, views } = registered();

/** Counts as Bolt does: a text must be the same, a pattern must match. */
function matching(matches: readonly unknown[], name: string): readonly unknown[] {
  return matches.filter((one) => (one instanceof RegExp ? one.test(name) : one === name));
}

describe('every name a button has had', () => {
  it.each(posted)('is listened to by exactly one listener: %s', (name) => {
    expect(matching(actions, name)).toHaveLength(1);
    expect(matching(actions.slice(0, -1), name)).toHaveLength(1);
  });

  it('is among those a waiting card of an older version has', () => {
    const card = readFileSync(
      new URL('../fixtures/store-9cc6796/waiting-card.json', import.meta.url),
      'utf8',
    );
    const names = [...card.matchAll(/"action_id": "([^"]+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(posted).toEqual(expect.arrayContaining(names));
  });

  it('is every name there can be today', () => {
    const now = Object.entries(actionKinds).flatMap(([on, kinds]) => kinds.map((kind) => `${on}.${kind}`));
    expect(posted.filter((name) => !name.includes('#')).sort()).toEqual([...now].sort());
  });
});

describe('a name no button of ours has', () => {
  it.each(strange)('reaches the last listener alone: %j', (name) => {
    expect(matching(actions, name)).toEqual([actions.at(-1)]);
  });
});

describe('the name of a modal', () => {
  it.each(['approval.approve', 'approval.deny', 'approval.several', 'command.picker', 'old', ''])(
    'is listened to by exactly one listener: %j',
    (name) => {
      expect(matching(views, name)).toHaveLength(1);
    },
  );
});
