import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decisionFactsOf } from '../../src/domain/approval.js';
import type { Change, ChangeRecord } from '../../src/domain/change.js';
import type { Instance } from '../../src/domain/instance.js';
import type { Row } from '../../src/domain/reply.js';
import { noFacts } from '../../src/domain/request.js';
import { signalComment } from '../../src/domain/signal.js';
import { type Formatter, plainFormatter } from '../../src/slack/format.js';
import { replyLines } from '../../src/slack/text/reply.js';
import type { Reply } from '../../src/use-cases/commands/run-command.js';
import { aCard, aRule } from '../slack/a-card.js';
import { aChange, anEnd } from '../slack/commands/a-reply.js';
import {
  aDecision,
  anApproval,
  anInstance,
  aPerson,
  aPersonId,
  aReceipt,
  aVote,
  noonMs,
} from '../support/an-approval.js';
import { root } from './source-files.js';

const page = readFileSync(join(root, 'docs/commands.md'), 'utf8');

/** Writes the way the page does: people and channels by name, every moment the same. */
const formatter: Formatter = {
  ...plainFormatter,
  label: (text) => text,
  moment: () => 'today at 10:03',
  second: () => '10:03:10',
  person: ({ userId }) => (userId === 'U0ANA' ? '@ana' : '@li'),
  channel: () => '#pki-approvals',
};
const renderContext = {
  formatter,
  labelOf: (system: string) => (system === 'plant' ? 'Work Tasks' : 'Command'),
};

/** A change that is about no run yet has no short code. */
function without({ code: _none, ...record }: ChangeRecord): ChangeRecord {
  return record;
}

const ana = aPerson({ id: aPersonId('U0ANA'), name: 'Ana Ruiz', confirmedEmail: 'ana.ruiz@example.com' });
const li = aPerson({ id: aPersonId('U0LI'), name: 'Li Wei' });
const instance = anInstance({
  title: 'KEYEXAMPLE\\ssmith is enrolling for a certificate with CN=app.example.com',
  definition: { id: 'd1', name: 'Web server enrollment', version: 3, type: 'Enrollment' },
  step: { uniqueName: 'RequireApproval1', name: 'Security approval' },
  signals: [{ name: 'ApprovalStatus', isReceived: false }],
  facts: {
    requesters: ['KEYEXAMPLE\\ssmith'],
    subject: 'CN=app.example.com',
    names: ['app.example.com'],
    others: [],
  },
});
const failed = anInstance({
  ...instance,
  ref: { system: 'command', id: 'other' },
  title: 'KEYEXAMPLE\\jdoe is enrolling for a certificate with CN=web7.example.com',
  status: { kind: 'failed', raw: 'Failed' },
});
const execution: Instance = {
  ref: { system: 'plant', id: 'Leave WF#1234' },
  title: 'Leave WF · execution 1234',
  definition: { id: 'Leave WF', name: 'Leave WF', version: 0, type: 'Work Tasks' },
  status: { kind: 'running', raw: 'EX' },
  awaitsApproval: false,
  facts: noFacts,
  fingerprint: 'EX',
};
const approval = anApproval({ instance, step: 'RequireApproval1' });
const vote = aVote({ person: li.id, name: 'Li Wei', comment: 'as agreed' });
const rule = aRule({ quorum: 2, people: [ana.id, li.id] });
const decision = aDecision({ votes: [{ ...vote, person: ana.id, name: 'Ana Ruiz' }] });
const row: Row = { code: 'K7F3', instance, label: 'Command' };
const stop = aChange({ title: instance.title, change: { kind: 'stop', instance: instance.ref } });

function onRecord(name: string) {
  return { system: 'command', atMs: noonMs, person: { ...ana.id, name } };
}

/** What is asked before a change to the execution, standing as it does. */
function about(change: Change, kind: 'running' | 'paused' | 'suspended'): Reply {
  const raw = { running: 'EX', paused: 'PA', suspended: 'SL' }[kind];
  return {
    kind: 'proposal',
    record: { ...stop, ...{ code: 'W3K8', title: execution.title, change } },
    now: { ...execution, status: { kind, raw } },
    isAllowed: true,
  };
}

const replies: Readonly<Record<string, Reply>> = {
  'help restart': { kind: 'help', about: 'restart' },
  'status K7F3': {
    kind: 'status',
    status: {
      ...row,
      allowed: ['restart', 'stop'],
      approval,
      requirement: { needed: 1, roles: ['PKI Approvers'] },
      canAct: [ana.id],
      history: [
        { kind: 'put', atMs: noonMs, approval },
        { kind: 'vote', atMs: noonMs, vote },
      ],
    },
  },
  'list failed web': {
    kind: 'list',
    state: 'failed',
    text: 'web',
    page: 1,
    rows: [{ code: 'M2N4', instance: failed, label: 'Command' }],
    hasMore: false,
    silent: ['Work Tasks'],
  },
  'definitions web': {
    kind: 'definitions',
    rows: [{ definition: instance.definition, label: 'Command', system: 'command' }],
    silent: [],
  },
  'variable "Leave WF#1234" Days': {
    kind: 'value',
    title: 'Leave WF · execution 1234',
    name: 'Days',
    text: '3',
  },
  'why K7F3': {
    kind: 'why',
    why: {
      ...row,
      routeName: 'Web servers',
      targets: ['C0PKI'],
      rule,
      people: [
        { person: ana, may: { kind: 'yes', rule, identities: [] } },
        { person: li, may: { kind: 'own-request' } },
      ],
      asker: { kind: 'yes', rule, identities: [] },
      failures: {
        hasFailed: false,
        route: {
          rule: 'Issuing',
          channels: ['C0PKI'],
          mentions: [{ kind: 'person', person: ana.id }],
          severity: 'critical',
        },
      },
    },
  },
  'history K7F3': {
    kind: 'history',
    ...row,
    page: 1,
    hasMore: false,
    entries: [
      {
        ...onRecord('Li Wei'),
        kind: 'vote',
        answered: { kind: 'vote-counted', have: 1, of: 2 },
        note: { verb: 'approve', comment: 'as agreed' },
      },
      {
        ...onRecord('Robin Kim'),
        kind: 'refusal',
        answered: { kind: 'refused', reason: 'own-request' },
        note: { verb: 'approve' },
      },
      {
        ...onRecord('Ana Ruiz'),
        kind: 'command',
        answered: { kind: 'status' },
        sent: { verb: 'status' },
      },
    ],
  },
  approvals: {
    kind: 'approvals',
    page: 1,
    rows: [{ card: aCard({ approval, rule, votes: [vote] }), channel: 'C0PKI' }],
    hasMore: false,
    total: 1,
    voted: 1,
  },
  doctor: {
    kind: 'doctor',
    health: {
      systems: [
        { label: 'Command', respondedAtMs: noonMs, hasAlerts: true },
        {
          label: 'Work Tasks',
          respondedAtMs: noonMs,
          silence: { sinceMs: noonMs, polls: 4 },
          hasAlerts: true,
        },
      ],
      withoutCard: [
        {
          approval,
          label: 'Command',
          why: { kind: 'retried', dueAtMs: noonMs, error: 'unavailable', mayHavePosted: false },
        },
      ],
      outbox: [{ kind: 'card', pending: 1, oldestDueMs: 0 }],
      incidents: [{ code: 'M2N4', label: 'Command', definition: 'Web server enrollment', unresolved: 3 }],
      lostPlaces: [{ target: { kind: 'channel', channel: 'C0PKI' }, sinceMs: noonMs }],
      unmapped: [{ rule: 'Web servers', label: 'Work Tasks', people: [li.id] }],
    },
  },
  'receipt R4T9XW': {
    kind: 'receipt',
    receipt: aReceipt({
      vote: { ...vote, person: ana.id, name: 'Ana Ruiz' },
      shown: decisionFactsOf(instance),
    }),
    approval: { ...approval, state: { kind: 'held', decision, untilMs: noonMs, waitsFor: 'hold' } },
    comment: signalComment(decision),
    isRepudiated: false,
  },
  'restore @ana': {
    kind: 'restored',
    person: ana.id,
    was: { person: ana.id, name: 'Ana Ruiz', receipt: 'R4T9XW', atMs: noonMs },
  },
  whoami: {
    kind: 'whoami',
    who: {
      person: ana,
      identities: [{ label: 'Command', names: ['KEYEXAMPLE\\aruiz'] }],
      approverRules: ['Web servers'],
      operatorRules: [{ name: 'PKI operators', verbs: ['status', 'list', 'restart', 'stop'] }],
    },
  },
  'stop K7F3': { kind: 'proposal', record: stop, now: instance, isAllowed: true },
  'restart K7F3': {
    kind: 'proposal',
    record: { ...stop, change: { kind: 'restart', instance: instance.ref } },
    now: instance,
    isAllowed: true,
  },
  'execute "Leave request" Days=3': {
    kind: 'proposal',
    record: {
      ...without(stop),
      ...{ title: 'Leave WF', definition: 'Leave WF' },
      change: {
        kind: 'execute',
        system: 'plant',
        definition: 'Leave WF',
        variables: [{ name: 'Days', type: 'number', value: '3' }],
      },
    },
    isAllowed: true,
  },
  'pause W3K8': {
    kind: 'proposal',
    record: {
      ...stop,
      ...{ code: 'W3K8', title: execution.title },
      change: { kind: 'pause', instance: execution.ref },
    },
    now: execution,
    isAllowed: true,
  },
  'resume W3K8': about({ kind: 'resume', instance: execution.ref, afterError: false }, 'paused'),
  'abort W3K8': about({ kind: 'abort', instance: execution.ref }, 'running'),
  'alert W3K8 8812 Approved': about(
    { kind: 'alert', instance: execution.ref, activityId: '8812', output: 'Approved' },
    'suspended',
  ),
  'output "Leave WF#1234" "Manager approval"': {
    kind: 'value',
    title: 'Leave WF · execution 1234',
    name: 'Manager approval',
    text: 'Approved',
  },
  'last "Leave WF"': {
    kind: 'status',
    status: {
      ...{ code: 'W3K8', instance: execution, label: 'Work Tasks' },
      allowed: ['pause', 'abort', 'alert'],
      history: [],
    },
  },
  'stop K7F3, confirmed': {
    kind: 'change',
    record: {
      ...anEnd({ kind: 'done', now: { status: { kind: 'rejected', raw: 'Rejected' } } }),
      ...{ title: instance.title, confirmedAtMs: noonMs },
    },
  },
};

describe('the page about commands', () => {
  it.each(Object.entries(replies))('shows what %s really answers', (_line, reply) => {
    expect(page).toContain(`\n${replyLines(reply, renderContext).join('\n')}\n`);
  });
});
