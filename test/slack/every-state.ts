import type { Absence } from '../../src/domain/absence.js';
import {
  type Approval,
  type ApprovalState,
  type DecisionFacts,
  decisionFactsOf,
  type Ending,
  type SignalRefusal,
  type WaitingNote,
  type Whereabouts,
} from '../../src/domain/approval.js';
import type { Card, MissingCardReason } from '../../src/domain/card.js';
import type { Change, ChangeOutcome, ChangeRecord } from '../../src/domain/change.js';
import type { UsageProblem } from '../../src/domain/commands.js';
import type { Finding } from '../../src/domain/findings.js';
import type { HomePage } from '../../src/domain/home.js';
import type { AlertReply, FollowUpContent, Incident } from '../../src/domain/incident.js';
import type { Fault, InstanceStatus } from '../../src/domain/instance.js';
import type { Anchor, LedgerEntry, LedgerKind } from '../../src/domain/ledger.js';
import type { FixedNotice, OperatorEvent } from '../../src/domain/notification.js';
import type { MayDecide } from '../../src/domain/policy.js';
import { usualPreferences } from '../../src/domain/preferences.js';
import { weekdays } from '../../src/domain/quiet-hours.js';
import { daysIn, type Report, type ReportRow } from '../../src/domain/report.js';
import { type ShadowReason, shadowReasons } from '../../src/domain/shadow.js';
import { simulatedKinds } from '../../src/domain/simulation.js';
import type { ClickReply, WhyNotInBulk } from '../../src/domain/voting.js';
import type { Content, ReminderContent } from '../../src/ports/chat.js';
import type { AskResult } from '../../src/use-cases/approvals/ask.js';
import type { Repudiation } from '../../src/use-cases/approvals/repudiate.js';
import type { Reply } from '../../src/use-cases/commands/run-command.js';
import type { NoDelegate } from '../../src/use-cases/delegation.js';
import type { LinkEnding, LinkParties } from '../../src/use-cases/links/account-linking.js';
import {
  aDecision,
  aLinkOnlyApproval,
  anApproval,
  anInboundApproval,
  anInstance,
  aPerson,
  aPersonId,
  aReceipt,
  aVote,
  noonMs,
  renewalFacts,
} from '../support/an-approval.js';
import { anAlert, anIncident, aSample } from '../support/an-incident.js';
import { aCard, aRule } from './a-card.js';
import { aChange, anEnd, aProposal, aRow, aStatus } from './commands/a-reply.js';

/**
 * Every state of everything people read in Slack, with fixed names and dates: what the catalog of texts shows, and what
 * is held against Slack's limits. A kind that is forgotten here does not compile; a sentence that no state shows is
 * named by the test of the catalog.
 */
type ByKind<Union extends { readonly kind: string }> = {
  readonly [Kind in Union['kind']]: readonly (Union & { readonly kind: Kind })[];
};

function all<Union extends { readonly kind: string }>(byKind: ByKind<Union>): readonly Union[] {
  return Object.values<readonly Union[]>(byKind).flat();
}

type ByName<Name extends string> = { readonly [N in Name]: readonly Name[] };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const bo = { id: aPersonId('U0BO'), name: 'Bo Lindqvist' };
const ada = { id: aPersonId('U0ADA'), name: 'Ada Okafor' };

const now: Whereabouts = { status: { kind: 'complete', raw: 'Complete' } };
const failedNow: Whereabouts = {
  status: { kind: 'failed', raw: 'Failed' },
  statusMessage: 'The RPC server is unavailable.',
  step: { uniqueName: 'issue-1', name: 'Issue' },
};
const step = { uniqueName: 'issue-1', name: 'Issue' };

const statuses: ByName<InstanceStatus['kind']> = {
  running: ['running'],
  suspended: ['suspended'],
  complete: ['complete'],
  rejected: ['rejected'],
  failed: ['failed'],
  'canceled-for-restart': ['canceled-for-restart'],
  paused: ['paused'],
  aborted: ['aborted'],
  unknown: ['unknown'],
};
const statusKinds = Object.keys(statuses) as readonly InstanceStatus['kind'][];
const everyWhereabouts = statusKinds.map((kind): Whereabouts => ({ status: { kind, raw: 'Odd' }, step }));

const refusals: ByName<SignalRefusal> = {
  'no-role': ['no-role'],
  'not-waiting': ['not-waiting'],
  'bad-request': ['bad-request'],
  'sign-in': ['sign-in'],
  'nobody-mapped': ['nobody-mapped'],
  'engine-down': ['engine-down'],
};
const everyRefusal = Object.keys(refusals) as readonly SignalRefusal[];

const faults: ByName<Fault> = {
  silence: ['silence'],
  'sign-in': ['sign-in'],
  forbidden: ['forbidden'],
  page: ['page'],
  redirect: ['redirect'],
  error: ['error'],
};
const everyFault = Object.keys(faults) as readonly Fault[];

const approve = aDecision();
const deny = aDecision({ verdict: 'deny', votes: [aVote({ verdict: 'deny', comment: 'Not our host' })] });
const byRule = aDecision({ votes: [], rule: 'Renewals' });
const sendBack = aDecision({ output: 'Send back', votes: [aVote({ output: 'Send back' })] });
const bySeat = aDecision({
  votes: [aVote({ seat: { person: bo.id, name: bo.name, identities: [] } })],
});

const changes = [
  { fact: 'names', from: 'app.example.com', to: 'app.example.com, www.example.com' },
  { fact: 'hidden', from: 'a', to: 'b' },
  ...(Object.keys(decisionFactsOf(anInstance())) as (keyof DecisionFacts)[]).map((fact) => ({
    fact,
    from: 'a',
    to: 'b',
  })),
] as const;

const notes: ByKind<WaitingNote> = {
  'facts-changed': [
    { kind: 'facts-changed', changes },
    { kind: 'facts-changed', changes, isMore: true },
  ],
  released: [{ kind: 'released', decision: approve }],
  'too-old': [{ kind: 'too-old', decision: approve }],
  refused: [
    ...everyRefusal.map((reason) => ({ kind: 'refused', decision: approve, reason }) as const),
    { kind: 'refused', decision: approve, reason: 'nobody-mapped', isUnsent: true },
    { kind: 'refused', decision: approve, reason: 'bad-request', isUnsent: true },
    {
      kind: 'refused',
      decision: approve,
      reason: 'no-role',
      account: 'KEYEXAMPLE\\aokafor',
      said: 'User lacks the role',
    },
  ],
  'link-ended': [{ kind: 'link-ended', name: ada.name }],
  'vote-void': [{ kind: 'vote-void', names: [ada.name] }],
  'findings-changed': [{ kind: 'findings-changed', names: [ada.name] }],
  disowned: [{ kind: 'disowned', name: ada.name }],
  'beyond-one-account': [{ kind: 'beyond-one-account' }],
  'quorum-raised': [{ kind: 'quorum-raised', have: 1, of: 2 }],
  'rule-void': [{ kind: 'rule-void', rule: 'Renewals' }],
};

const endings: ByKind<Ending> = {
  approved: [
    ...everyWhereabouts.map((where) => ({ kind: 'approved', now: where, elsewhere: false }) as const),
    { kind: 'approved', now: failedNow, elsewhere: false },
    { kind: 'approved', now, elsewhere: true },
  ],
  denied: [{ kind: 'denied', now: { status: { kind: 'rejected', raw: 'Rejected' } } }],
  'decided-elsewhere': [
    ...everyWhereabouts.map((where) => ({ kind: 'decided-elsewhere', now: where }) as const),
    { kind: 'decided-elsewhere', now, stoppedBy: bo.name },
    { kind: 'decided-elsewhere', now, stoppedBy: 'Rosa Kim', isCanceled: true },
  ],
  overtaken: [
    { kind: 'overtaken', now },
    { kind: 'overtaken', now, isRefused: true },
  ],
  'not-visible': [{ kind: 'not-visible' }, { kind: 'not-visible', isAccepted: true }],
  'outcome-unknown': [{ kind: 'outcome-unknown', now: { status: { kind: 'suspended', raw: 'Suspended' } } }],
  unwatched: [
    { kind: 'unwatched' },
    { kind: 'unwatched', switchedTo: 'live' },
    { kind: 'unwatched', switchedTo: 'shadow' },
  ],
  restarted: [
    { kind: 'restarted', candidates: 1, successor: { system: 'command', id: 'run-2' } },
    { kind: 'restarted', candidates: 0 },
    { kind: 'restarted', candidates: 2 },
  ],
};
const everyEnding = all<Ending>(endings);

const ended = (ending: Ending, decision?: ReturnType<typeof aDecision>): Approval =>
  anApproval({ state: { kind: 'ended', ending, atMs: noonMs, ...(decision ? { decision } : {}) } });
const endedInbound = (ending: Ending, decision?: ReturnType<typeof aDecision>): Approval =>
  anInboundApproval({ state: { kind: 'ended', ending, atMs: noonMs, ...(decision ? { decision } : {}) } });

const states: ByKind<ApprovalState> = {
  waiting: [
    { kind: 'waiting' },
    ...Object.values(notes).flatMap((some) => some.map((note) => ({ kind: 'waiting', note }) as const)),
  ],
  deciding: [
    { kind: 'deciding', decision: approve },
    { kind: 'deciding', decision: deny },
    { kind: 'deciding', decision: byRule },
    { kind: 'deciding', decision: bySeat },
  ],
  held: [
    ...(['system', 'chat', 'run', 'sign-in', 'hold'] as const).map(
      (waitsFor) => ({ kind: 'held', decision: approve, untilMs: noonMs, waitsFor }) as const,
    ),
    ...everyFault.map((fault) => ({ kind: 'held', decision: approve, untilMs: noonMs, fault }) as const),
  ],
  checking: [
    { kind: 'checking', decision: approve, sentAtMs: noonMs, isAccepted: false },
    { kind: 'checking', decision: approve, sentAtMs: noonMs, isAccepted: true },
  ],
  recorded: [
    { kind: 'recorded', decision: approve },
    { kind: 'recorded', decision: approve, isInferred: true },
    { kind: 'recorded', decision: aDecision({ votes: [aVote(), aVote({ person: bo.id, name: bo.name })] }) },
  ],
  'not-moved': [
    { kind: 'not-moved', decision: approve },
    { kind: 'not-moved', decision: approve, isInferred: true },
  ],
  ended: [
    ...everyEnding.map((ending) => ({ kind: 'ended', ending, decision: approve, atMs: noonMs }) as const),
    { kind: 'ended', ending: { kind: 'denied', now }, decision: deny, atMs: noonMs },
    { kind: 'ended', ending: { kind: 'overtaken', now }, atMs: noonMs },
    { kind: 'ended', ending: { kind: 'decided-elsewhere', now }, atMs: noonMs },
    { kind: 'ended', ending: { kind: 'not-visible', isAccepted: true }, atMs: noonMs },
    { kind: 'ended', ending: { kind: 'outcome-unknown', now }, atMs: noonMs },
  ],
};

const inboundStates: readonly ApprovalState[] = [
  { kind: 'waiting' },
  { kind: 'waiting', note: { kind: 'facts-changed', changes } },
  { kind: 'waiting', note: { kind: 'quorum-raised', have: 1, of: 2 } },
  { kind: 'not-moved', decision: sendBack },
  { kind: 'ended', ending: { kind: 'approved', now, elsewhere: false }, decision: sendBack, atMs: noonMs },
  {
    kind: 'ended',
    ending: { kind: 'approved', now: failedNow, elsewhere: false },
    decision: sendBack,
    atMs: noonMs,
  },
  { kind: 'ended', ending: { kind: 'decided-elsewhere', now }, atMs: noonMs },
];

const names = ['*.example.com', 'www.example.com'];
const key = { algorithm: 'RSA', sizeBits: 1024 };

const findings: ByKind<Finding> = {
  wildcard: [{ kind: 'wildcard', names: names.slice(0, 1) }],
  'public-suffix-wildcard': [{ kind: 'public-suffix-wildcard', names: ['*.co.uk'] }],
  'outside-zones': [{ kind: 'outside-zones', names }],
  'adds-names': [{ kind: 'adds-names', names }],
  'removes-names': [{ kind: 'removes-names', names }],
  'login-identity': [{ kind: 'login-identity', names: ['rkim@example.com'] }],
  'mixed-script': [{ kind: 'mixed-script', names }],
  'odd-name': [{ kind: 'odd-name', names }],
  'unreadable-name': [{ kind: 'unreadable-name', names }],
  'names-without-cn': [{ kind: 'names-without-cn', names: ['app.example.com'] }],
  'weak-key': [
    { kind: 'weak-key', key },
    { kind: 'weak-key', key: { ...key, isBroken: true } },
  ],
  'unknown-key': [{ kind: 'unknown-key', key: { algorithm: '1.2.3.4', isUnknown: true } }],
  'weak-hash': [{ kind: 'weak-hash', hash: 'SHA-1' }],
  'unreadable-request': [{ kind: 'unreadable-request', why: 'not a signing request' }],
  'unreadable-replaced': [{ kind: 'unreadable-replaced', why: 'not a certificate' }],
  'signature-mismatch': [{ kind: 'signature-mismatch' }],
  'ca-certificate': [{ kind: 'ca-certificate' }],
  'dangerous-usage': [{ kind: 'dangerous-usage', usages: ['code signing'] }],
  'other-template': [
    { kind: 'other-template', templates: ['UserLogin'], told: 'WebServer' },
    { kind: 'other-template', templates: ['1.3.6.1.4.1.311.21.8.1'], told: 'WebServer' },
  ],
  'other-subject': [{ kind: 'other-subject', subject: 'CN=other.example.com' }],
  'long-validity': [{ kind: 'long-validity', validity: '5 years', mostDays: 398 }],
  'doubled-extension': [{ kind: 'doubled-extension', extensions: ['key usage'] }],
  'unknown-critical-extension': [{ kind: 'unknown-critical-extension', extensions: ['1.2.3.4'] }],
  'unreadable-extension': [{ kind: 'unreadable-extension', extensions: ['1.2.3.4'] }],
  replaces: [
    { kind: 'replaces' },
    { kind: 'replaces', expiresAtMs: noonMs + 20 * dayMs },
    { kind: 'replaces', expiresAtMs: noonMs + 20 * dayMs, isExpiring: true },
  ],
  'reuses-key': [{ kind: 'reuses-key' }],
  changes: (['subject', 'key', 'authority'] as const).map(
    (what) => ({ kind: 'changes', what, from: 'before', to: 'now' }) as const,
  ),
};
const everyFinding = Object.values(findings).flat();

const questions = [
  { number: 1, person: ada.id, name: ada.name, text: 'Which team runs this host?', atMs: noonMs },
  {
    number: 2,
    person: ada.id,
    name: ada.name,
    text: 'Is it public?',
    atMs: noonMs,
    answer: { person: aPersonId('U0ROSA'), text: 'Yes, behind the proxy.', atMs: noonMs },
  },
] as const;

const plan = { rule: 'Renewals', revision: 1, holdMs: 15 * minuteMs };
const plans = [
  plan,
  { ...plan, untilMs: noonMs + 15 * minuteMs },
  { ...plan, over: 'stopped', stoppedBy: ada.name },
  { ...plan, over: 'limit' },
  { ...plan, over: 'brake' },
] as const;

/** What a card shows besides how it stands. */
const cards: readonly (readonly [name: string, card: Card])[] = [
  ['with an open question', aCard({ approval: anApproval({ questions }) })],
  ...plans.map(
    (one) =>
      [
        'that a rule approves by itself',
        aCard({
          approval: anApproval({ plan: one }),
          rule: aRule({ name: 'Renewals', automatic: { holdMs: plan.holdMs, limit: 20 } }),
          actions: ['approve', 'deny', 'take-back', 'details', 'ask'],
        }),
      ] as const,
  ),
  [
    'that needs two',
    aCard({
      rule: aRule({ quorum: 2, approveWith: 'reason', holdMs: 30_000 }),
      votes: [aVote()],
      actions: ['approve', 'deny', 'withdraw', 'details', 'ask'],
    }),
  ],
  ['whose subject is typed', aCard({ rule: aRule({ approveWith: 'typed' }) })],
  ['that is approved at once', aCard({ rule: aRule({ approveWith: 'one-click' }) })],
  ['without a rule', withoutRule(aCard({ actions: ['details'] }))],
  ['whose rule names nobody', aCard({ rule: aRule({ people: [] }), actions: ['details'] })],
  [
    'that is decided in the portal',
    aCard({ rule: aRule({ approveWith: 'portal-only' }), actions: ['details'] }),
  ],
  [
    'that one account cannot complete',
    aCard({
      isBeyondOneAccount: true,
      approval: anApproval({ requirement: { needed: 2, roles: [] } }),
      actions: ['deny', 'details'],
    }),
  ],
  ['with too few approvers', aCard({ gap: { able: 0, wanted: 2 } })],
  ['with one approver too few', aCard({ gap: { able: 1, wanted: 2 } })],
  [
    'with its deciders',
    aCard({
      deciders: {
        people: [
          { ...ada, isAway: true },
          { ...bo, seat: ada.name },
        ],
        groups: ['S0PKI'],
      },
    }),
  ],
  [
    'that mentions nobody',
    aCard({ rule: aRule({ notify: 'nobody' }), deciders: { people: [ada], groups: ['S0PKI'] } }),
  ],
  ['that nobody else can decide', aCard({ deciders: { people: [], groups: [] } })],
  ['that mentions nobody, not checked', aCard({ rule: aRule({ notify: 'nobody' }) })],
  [
    'that calls the channel',
    aCard({ rule: aRule({ notify: 'channel' }), deciders: { people: [], groups: ['S0PKI'] } }),
  ],
  [
    'of one of several systems',
    aCard({
      isOneOfSeveral: true,
      approval: anApproval({
        attempt: 2,
        requirement: { needed: 2, roles: ['PKI Approvers'], nextStep: 'Issue', place: { at: 1, of: 2 } },
      }),
    }),
  ],
  [
    'that asks for nobody known',
    aCard({
      approval: anApproval({
        isAssigned: false,
        requirement: { roles: [] },
        instance: anInstance({
          facts: {
            requesters: [],
            names: [],
            others: [],
            due: '2026-12-01T17:00:00.000Z',
            links: [{ title: 'Ticket', url: 'https://tickets.example.com/1' }],
            unreadableRequest: 'not a signing request',
            notShown: 2,
          },
        }),
      }),
      requesterName: 'Rosa Kim',
    }),
  ],
  [
    'counted by its system',
    aCard({ approval: anApproval({ counted: [aVote()], requirement: { needed: 2, roles: [] } }) }),
  ],
  [
    'perhaps counted by its system',
    aCard({ approval: anApproval({ counted: [{ ...aVote(), isInferred: true }] }) }),
  ],
  [
    'of a revocation',
    aCard({
      approval: anApproval({
        instance: anInstance({
          definition: { ...anInstance().definition, type: 'Revocation' },
          facts: {
            ...anInstance().facts,
            revocation: {
              serialNumber: '4A01',
              reason: 'keyCompromise',
              effectiveAt: '2026-01-16',
              comment: 'Lost laptop',
            },
          },
        }),
      }),
    }),
  ],
  [
    'of a release from hold',
    aCard({
      approval: anApproval({
        instance: anInstance({
          definition: { ...anInstance().definition, type: 'Revocation' },
          facts: { ...anInstance().facts, revocation: { reason: 'removeFromHold' } },
        }),
      }),
    }),
  ],
  [
    'of a renewal',
    aCard({
      approval: anApproval({
        instance: anInstance({
          facts: renewalFacts({
            signature: { algorithm: 'SHA-256 with RSA', fits: 'yes' },
            names: Array.from({ length: 24 }, (_, at) => `host-${at}.example.com`),
          }),
        }),
      }),
      findings: everyFinding.slice(0, 20),
    }),
  ],
  [
    'with other signatures',
    aCard({
      approval: anApproval({
        instance: anInstance({ facts: renewalFacts({ signature: { algorithm: 'Ed448', fits: 'no' } }) }),
      }),
      findings: everyFinding.slice(20),
    }),
  ],
  [
    'with one finding',
    aCard({
      approval: anApproval({
        instance: anInstance({
          facts: renewalFacts({ signature: { algorithm: 'Ed448', fits: 'not-checked' } }),
        }),
      }),
      findings: everyFinding.slice(0, 1),
    }),
  ],
  ['of a workflow’s own request', aCard({ approval: anInboundApproval() })],
  ['perhaps answered by command', aCard({ approval: anInboundApproval(), maybeDecidedBy: [ada] })],
  ['that is only answered in its system', aCard({ approval: aLinkOnlyApproval(), actions: ['details'] })],
  [
    'in shadow mode',
    aCard({ actions: ['details'], shadow: { wouldGoTo: [{ kind: 'channel', channel: 'C0PKI' }] } }),
  ],
  [
    'with two names of its requester and a long finding',
    aCard({
      approval: anApproval({
        instance: anInstance({ facts: { ...anInstance().facts, requesters: ['KEYEXAMPLE\\rkim', 'rkim'] } }),
      }),
      findings: [
        {
          kind: 'outside-zones',
          names: Array.from({ length: 60 }, (_, at) => `${'x'.repeat(60)}.${at}.example.org`),
        },
      ],
    }),
  ],
  [
    'whose folded names do not all fit',
    aCard({
      approval: anApproval({
        instance: anInstance({
          facts: {
            ...anInstance().facts,
            names: Array.from(
              { length: 90 },
              (_, at) => `${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.${at}.example.com`,
            ),
          },
        }),
      }),
    }),
  ],
  ...[
    'Renewal',
    'Certificate Entered Collection',
    'Certificate Left Collection',
    'Expiration',
    'Key Rotation',
    'Certificate Store Job',
    'Other',
  ].map(
    (type) =>
      [
        'of another type',
        aCard({
          approval: anApproval({
            instance: anInstance({ definition: { ...anInstance().definition, type } }),
          }),
        }),
      ] as const,
  ),
];

function withoutRule({ rule: _none, ...card }: Card): Card {
  return card;
}

const stateCards: readonly (readonly [name: string, card: Card])[] = [
  ...Object.entries(states).flatMap(([kind, some]) =>
    some.map(
      (state) =>
        [
          kind,
          aCard({
            approval: anApproval({ state }),
            actions:
              kind === 'held'
                ? ['take-back', 'details']
                : kind === 'waiting'
                  ? ['approve', 'deny', 'details', 'ask']
                  : ['details'],
          }),
        ] as const,
    ),
  ),
  ...inboundStates.map(
    (state) =>
      [
        `${state.kind}, of a workflow’s own request`,
        aCard({ approval: anInboundApproval({ state }) }),
      ] as const,
  ),
];

/** What shadow mode noted of a request that was decided in its system. */
export const shadowRecords = shadowReasons.map(
  (reason) =>
    ({
      id: 'approval-a',
      system: 'command',
      run: 'run-1',
      atMs: noonMs,
      how: 'refused',
      reason,
      people: [],
      endedAtMs: noonMs + hourMs,
      ending: 'decided-elsewhere',
    }) as const,
);

/** Every card. */
export const everyCard: readonly (readonly [name: string, card: Card])[] = [...stateCards, ...cards];

/** Cards whose windows are worth reading. */
export const dialogCards: readonly (readonly [name: string, card: Card, output?: number])[] = [
  ['usually', aCard()],
  ['with a reason', aCard({ rule: aRule({ approveWith: 'reason' }) })],
  ['with the subject typed', aCard({ rule: aRule({ approveWith: 'typed' }) })],
  ['of a workflow’s own request', aCard({ approval: anInboundApproval() }), 1],
];

const rule = aRule({ name: 'PKI Approvers', groups: ['S0PKI'] });
const may: ByKind<Exclude<MayDecide, { kind: 'yes' }>> = {
  'no-rule': [{ kind: 'no-rule' }],
  'not-an-approver': [
    { kind: 'not-an-approver', rule },
    { kind: 'not-an-approver', rule: aRule({ people: [] }) },
  ],
  'not-a-member': (['guest', 'stranger', 'bot', 'deactivated'] as const).map(
    (membership) => ({ kind: 'not-a-member', membership }) as const,
  ),
  suspended: [{ kind: 'suspended' }],
  'group-not-checked': [{ kind: 'group-not-checked', rule }],
  'portal-only': [{ kind: 'portal-only', rule }],
  'own-request': [{ kind: 'own-request' }],
  'maybe-own-request': [{ kind: 'maybe-own-request', requester: 'OTHER\\aokafor' }],
  'not-mapped': [{ kind: 'not-mapped' }],
  'requester-unknown': [{ kind: 'requester-unknown' }],
  'own-request-of-approver': [{ kind: 'own-request-of-approver', approver: bo.name }],
};
const everyMay = Object.values(may).flat();

const bulkReasons: ByName<WhyNotInBulk> = {
  rule: ['rule'],
  'not-whole': ['not-whole'],
  finding: ['finding'],
  outputs: ['outputs'],
  'beyond-one-account': ['beyond-one-account'],
  'other-findings': ['other-findings'],
};

const approved = ended({ kind: 'approved', now, elsewhere: false }, approve);
const approval = anApproval();

/** Every answer to a click. */
export const everyClickReply = all<ClickReply>({
  refused: everyMay.map((why) => ({ kind: 'refused', why }) as const),
  removed: [{ kind: 'removed', removedAtMs: noonMs }],
  'person-not-checked': [{ kind: 'person-not-checked' }],
  replaced: [{ kind: 'replaced' }],
  'checked-later': [{ kind: 'checked-later' }],
  'unknown-card': [{ kind: 'unknown-card' }],
  shadow: [{ kind: 'shadow' }],
  settling: [{ kind: 'settling' }],
  'no-system': [{ kind: 'no-system', system: 'command' }],
  over: [{ kind: 'over', approval: approved }],
  'being-decided': [
    { kind: 'being-decided', approval },
    { kind: 'being-decided', approval: anApproval({ state: { kind: 'deciding', decision: approve } }) },
  ],
  'account-counted': [
    { kind: 'account-counted', approval: anApproval({ state: { kind: 'recorded', decision: approve } }) },
  ],
  'link-needed': [
    { kind: 'link-needed', system: 'command', requestId: 'request-1', hasEnded: false },
    { kind: 'link-needed', system: 'command', requestId: 'request-1', hasEnded: true },
  ],
  'facts-changed': [{ kind: 'facts-changed', approval, changes }],
  'beyond-one-account': [{ kind: 'beyond-one-account', approval }],
  incomplete: [
    { kind: 'incomplete', missing: 'reason' },
    { kind: 'incomplete', missing: 'typed' },
  ],
  'not-in-bulk': (Object.keys(bulkReasons) as WhyNotInBulk[]).map(
    (reason) => ({ kind: 'not-in-bulk', reason }) as const,
  ),
  'shown-otherwise': [{ kind: 'shown-otherwise', approval }],
  'press-again': [{ kind: 'press-again' }],
  'already-voted': [
    { kind: 'already-voted', have: 1, of: 2 },
    { kind: 'already-voted', have: 1, of: 2, output: 'Send back' },
  ],
  'same-identity': [
    { kind: 'same-identity', other: bo.name },
    { kind: 'same-identity', other: bo.name, output: 'Send back' },
  ],
  'seat-taken': [
    { kind: 'seat-taken', other: bo.name },
    { kind: 'seat-taken', other: bo.name, seat: ada.name },
    { kind: 'seat-taken', other: bo.name, output: 'Send back' },
  ],
  'vote-counted': [
    { kind: 'vote-counted', have: 1, of: 2 },
    { kind: 'vote-counted', have: 1, of: 2, output: 'Send back' },
  ],
  'vote-withdrawn': [
    { kind: 'vote-withdrawn', approval },
    { kind: 'vote-withdrawn', approval: anInboundApproval() },
  ],
  'nothing-to-withdraw': [{ kind: 'nothing-to-withdraw' }],
  'taken-back': [{ kind: 'taken-back', approval }],
  'rule-stopped': [{ kind: 'rule-stopped', approval }],
  'not-yours-to-take-back': [
    {
      kind: 'not-yours-to-take-back',
      approval: anApproval({ state: { kind: 'held', decision: approve, untilMs: noonMs } }),
    },
  ],
  'too-late-to-take-back': [{ kind: 'too-late-to-take-back', approval: approved }],
  'too-old': [
    { kind: 'too-old', verdict: 'approve' },
    { kind: 'too-old', verdict: 'deny' },
  ],
  decided: [{ kind: 'decided', approval: approved }],
  kept: [{ kind: 'kept', ref: 'r-1' }],
  broke: [{ kind: 'broke', ref: 'r-1' }],
});

/** Every answer to a question, or to an answer, about a request. */
export const everyAskReply = all<AskResult>({
  asked: [{ kind: 'asked', approval, question: questions[0] }],
  answered: [{ kind: 'answered', approval, question: questions[1] }],
  'asked-before': [{ kind: 'asked-before', approval, question: questions[0] }],
  'requester-unknown': [{ kind: 'requester-unknown', approval }],
  over: [{ kind: 'over', approval: approved }],
  refused: [{ kind: 'refused', why: { kind: 'not-an-approver', rule } }],
  'too-many': [{ kind: 'too-many', most: 5 }],
  'answered-before': [{ kind: 'answered-before', approval, question: questions[1] }],
  'shadow-off': [{ kind: 'shadow-off' }],
  'unknown-question': [{ kind: 'unknown-question' }],
});

/** What comes of saying that a decision was somebody else's. */
export const everyRepudiation: readonly Repudiation[] = [
  { kind: 'removed', removedAtMs: noonMs },
  { kind: 'unknown-receipt' },
  { kind: 'suspended', approval: undefined, cancelled: 0, wasSuspended: true },
  { kind: 'suspended', approval: approved, cancelled: 1, wasSuspended: false },
  { kind: 'suspended', approval, cancelled: 2, wasSuspended: false },
];

const absence: Absence = {
  id: 'AB12',
  person: ada.id,
  name: ada.name,
  sinceMs: noonMs,
  untilMs: noonMs + 3 * dayMs,
};
const delegated: Absence = { ...absence, delegate: bo.id, delegateName: bo.name, rule: 'PKI Approvers' };
const absenceEnds = [
  'date',
  'back',
  'replaced',
  'repudiated',
  'suspended',
  'not-a-member',
  'not-an-approver',
  'not-a-delegate',
  'not-mapped',
] as const;

const sum = {
  sinceMs: noonMs - dayMs,
  untilMs: noonMs,
  posted: 12,
  decided: 9,
  waiting: 3,
  medianMs: hourMs,
  asked: [{ name: ada.name, count: 7 }],
  refused: shadowReasons.filter((one) => !isMissed(one)).map((name) => ({ name, count: 1 })),
  missed: shadowReasons.filter(isMissed).map((name) => ({ name, count: 1 })),
};
const { medianMs: _median, ...emptySum } = {
  ...sum,
  posted: 0,
  decided: 0,
  waiting: 0,
  asked: [],
  refused: [],
  missed: [],
};

function isMissed(reason: ShadowReason): boolean {
  return reason === 'not-seen' || reason === 'unreadable';
}

const repudiated = {
  kind: 'disowned',
  person: ada.id,
  name: ada.name,
  receipt: 'R4T9XW',
  cancelled: 1,
} as const;
const anchor: Anchor = { system: 'command', number: 4711, mac: 'a'.repeat(64) };

const operatorEvents: ByKind<OperatorEvent> = {
  'channel-lost': [{ kind: 'channel-lost', channel: 'C0PKI', reason: 'The channel is archived.' }],
  'person-lost': [{ kind: 'person-lost', person: ada.id, reason: 'The account is deactivated.' }],
  'not-editable': [{ kind: 'not-editable', channel: 'C0PKI', reason: 'Editing is off.' }],
  'cards-missing': [{ kind: 'cards-missing', channel: 'C0PKI', count: 30 }],
  'signal-refused': [
    {
      kind: 'signal-refused',
      approval,
      reason: 'no-role',
      account: 'KEYEXAMPLE\\aokafor',
      said: 'User lacks the role',
    },
    { kind: 'signal-refused', approval, reason: 'no-role' },
    { kind: 'signal-refused', approval, reason: 'nobody-mapped', isUnsent: true },
  ],
  'not-moved': [
    { kind: 'not-moved', approval: anApproval({ state: { kind: 'not-moved', decision: approve } }) },
  ],
  'system-unreachable': [
    { kind: 'system-unreachable', system: 'command', sinceMs: noonMs },
    { kind: 'system-unreachable', system: 'command', sinceMs: noonMs, fault: 'sign-in' },
  ],
  'system-back': [
    { kind: 'system-back', system: 'command', sinceMs: noonMs },
    { kind: 'system-back', system: 'command', sinceMs: noonMs, fault: 'sign-in' },
  ],
  undecidable: [{ kind: 'undecidable', approval }],
  'no-step': [{ kind: 'no-step', system: 'command', name: 'Enroll app.example.com', run: 'run-1' }],
  'too-few': [
    { kind: 'too-few', approval, gap: { able: 0, wanted: 2 } },
    { kind: 'too-few', approval, gap: { able: 1, wanted: 2 } },
  ],
  disowned: [
    { ...repudiated, approval },
    { ...repudiated, approval: undefined, isAbsence: true },
  ],
  absence: [{ kind: 'absence', absence: delegated }],
  'absence-ended': [{ kind: 'absence-ended', absence: delegated, why: 'date' }],
  unattended: [{ kind: 'unattended', rule: 'PKI Approvers' }],
  restored: [{ kind: 'restored', person: ada.id, by: bo.id }],
  'ledger-anchored': [{ kind: 'ledger-anchored', anchors: Array.from({ length: 21 }, () => anchor) }],
  'nothing-visible': [
    { kind: 'nothing-visible', system: 'command', approvals: 1 },
    { kind: 'nothing-visible', system: 'command', approvals: 7 },
  ],
  'store-restored': [{ kind: 'store-restored', anchors: [anchor] }],
  'access-missing': [
    {
      kind: 'access-missing',
      system: 'command',
      reason: 'workflow definitions cannot be read',
      said: 'give the account Workflow Definitions Read',
    },
  ],
  'shadow-day': [
    { kind: 'shadow-day', sum },
    { kind: 'shadow-day', sum: emptySum },
  ],
  'mode-switched': [
    { kind: 'mode-switched', switchedTo: 'live', count: 0 },
    { kind: 'mode-switched', switchedTo: 'live', count: 1 },
    { kind: 'mode-switched', switchedTo: 'shadow', count: 7 },
  ],
  unsignable: [
    { kind: 'unsignable', system: 'command', count: 1, name: 'Enroll app.example.com' },
    { kind: 'unsignable', system: 'command', count: 3, name: 'Enroll app.example.com' },
  ],
  'alerts-off': [{ kind: 'alerts-off', system: 'command', permission: '/workflows/instances/read/' }],
  'result-not-visible': [{ kind: 'result-not-visible', approval, permission: '/workflows/instances/read/' }],
};

const started = { system: 'command', id: 'run-2' };
const mayNotRun = [
  ...(['guest', 'stranger', 'bot', 'deactivated'] as const).map(
    (membership) => ({ kind: 'not-a-member', membership }) as const,
  ),
  { kind: 'suspended' },
  { kind: 'group-not-checked' },
  { kind: 'not-requester' },
  { kind: 'being-decided' },
  { kind: 'no-rule' },
] as const;

const openApproval = { code: 'K7F3', channel: 'C0PKI', isActivityKnown: true };
const openApprovals = [
  openApproval,
  { ...openApproval, isActivityKnown: false },
  { code: 'K7F3', isActivityKnown: true },
];

const outcomes: ByKind<ChangeOutcome> = {
  done: [
    { kind: 'done' },
    ...everyWhereabouts.map((where) => ({ kind: 'done', now: where }) as const),
    { kind: 'done', now, started, startedCode: 'K8A2' },
    { kind: 'done', now, candidates: 0 },
    { kind: 'done', now, candidates: 2 },
  ],
  'not-allowed': mayNotRun.map((why) => ({ kind: 'not-allowed', why }) as const),
  'person-not-checked': [{ kind: 'person-not-checked' }],
  'not-found': [{ kind: 'not-found' }],
  'not-linked': (['missing', 'ended', 'unchecked'] as const).map(
    (linkState) => ({ kind: 'not-linked', linkState }) as const,
  ),
  'moved-meanwhile': [{ kind: 'moved-meanwhile', now }],
  'approval-open': openApprovals.map((one) => ({ kind: 'approval-open', approval: one }) as const),
  refused: [
    ...[
      'no-permission',
      'not-found',
      'wrong-state',
      'bad-request',
      'not-published',
      'engine-down',
      'sign-in',
      'own-no-permission',
      'own-sign-in',
      'E-42',
    ].map((reason) => ({ kind: 'refused', reason }) as const),
    { kind: 'refused', reason: 'wrong-state', said: 'The workflow is complete' },
    { kind: 'refused', reason: 'not-sendable', said: 'a variable has no name' },
  ],
  unreachable: everyFault.map((fault) => ({ kind: 'unreachable', fault }) as const),
  unknown: [
    { kind: 'unknown' },
    { kind: 'unknown', refused: { reason: 'wrong-state', said: 'The workflow is complete' }, now },
    { kind: 'unknown', refused: { reason: 'wrong-state' } },
  ],
  'not-sent': [{ kind: 'not-sent' }],
};

const records: readonly ChangeRecord[] = [
  aChange({
    change: { kind: 'restart', instance: anInstance().ref },
    phase: 'over',
    outcome: { kind: 'done', now, started },
  }),
  aChange({ phase: 'sending' }),
  aChange({ phase: 'following', started }),
  aChange({ phase: 'confirmed' }),
  aChange({ phase: 'over', outcome: { kind: 'unknown' } }),
  ...(
    ['not-allowed', 'not-linked', 'moved-meanwhile', 'approval-open', 'unreachable', 'not-found'] as const
  ).flatMap((kind) => outcomes[kind].slice(0, 1).map((outcome) => anEnd(outcome))),
];

/** Every notice. */
export const everyNotice = all<FixedNotice>({
  opened: [{ kind: 'opened', approval }],
  outcome: [{ kind: 'outcome', approval: ended({ kind: 'denied', now }, deny) }],
  released: [
    { kind: 'released', approval, why: 'unreachable' },
    { kind: 'released', approval: ended({ kind: 'unwatched' }), why: 'unwatched' },
    { kind: 'released', approval: ended({ kind: 'not-visible' }), why: 'undecided' },
    { kind: 'released', approval: ended({ kind: 'decided-elsewhere', now }), why: 'overtaken' },
  ],
  'outcome-unknown': [
    { kind: 'outcome-unknown', approval: ended({ kind: 'outcome-unknown', now }, approve) },
    { kind: 'outcome-unknown', approval: ended({ kind: 'overtaken', now }, approve) },
  ],
  'late-answer': [
    { kind: 'late-answer', approval, reply: { kind: 'checked-later' } },
    { kind: 'late-answer', approval: undefined, reply: { kind: 'broke', ref: 'r-1' } },
  ],
  'vote-void': [
    {
      kind: 'vote-void',
      approval: anApproval({ state: { kind: 'waiting', note: { kind: 'facts-changed', changes } } }),
      why: 'facts-changed',
    },
    {
      kind: 'vote-void',
      approval: anApproval({
        state: { kind: 'waiting', note: { kind: 'facts-changed', changes, isMore: true } },
      }),
      why: 'facts-changed',
    },
    { kind: 'vote-void', approval, why: 'findings' },
    { kind: 'vote-void', approval, why: 'rights' },
    { kind: 'vote-void', approval, why: 'refused' },
    {
      kind: 'vote-void',
      approval: anApproval({
        state: {
          kind: 'waiting',
          note: { kind: 'refused', decision: approve, reason: 'nobody-mapped', isUnsent: true },
        },
      }),
      why: 'refused',
    },
    { kind: 'vote-void', approval, why: 'beyond-one-account' },
  ],
  receipt: [
    { kind: 'receipt', receipt: aReceipt(), approval },
    { kind: 'receipt', receipt: aReceipt(), approval, isWithdrawn: true },
  ],
  'link-ended': [{ kind: 'link-ended', approval, system: 'command', requestId: 'request-1' }],
  linked: [
    { kind: 'linked', system: 'command', username: 'KEYEXAMPLE\\aokafor', endsAtMs: noonMs + dayMs },
    {
      kind: 'linked',
      system: 'command',
      username: 'KEYEXAMPLE\\aokafor',
      pendingClick: { approvalId: 'approval-a', revision: 1, verb: 'approve', comment: 'Checked' },
      approval,
    },
    {
      kind: 'linked',
      system: 'command',
      username: 'KEYEXAMPLE\\aokafor',
      pendingClick: { approvalId: 'approval-a', revision: 1, verb: 'deny' },
      approval,
    },
  ],
  question: [{ kind: 'question', approval, question: questions[0] }],
  answered: [{ kind: 'answered', approval, question: questions[1] }],
  change: [{ kind: 'change', record: anEnd({ kind: 'done', now }) }],
  batch: [{ kind: 'batch', records }],
  bulk: [
    {
      kind: 'bulk',
      results: (['approved', 'under-way', 'counted', 'not-taken', 'refused'] as const).map((how) => ({
        code: 'K7F3',
        subject: 'CN=app.example.com',
        how,
      })),
    },
    {
      kind: 'bulk',
      results: [
        {
          code: 'K7F3',
          subject: 'CN=app.example.com',
          how: 'refused',
          reply: { kind: 'not-in-bulk', reason: 'finding' },
        },
      ],
    },
  ],
  absence: [
    { kind: 'absence', absence, to: 'approver' },
    { kind: 'absence', absence: delegated, to: 'approver' },
    { kind: 'absence', absence: delegated, to: 'delegate' },
  ],
  'absence-ended': [
    { kind: 'absence-ended', absence, why: 'back' },
    { kind: 'absence-ended', absence, why: 'date', to: 'approver' },
    { kind: 'absence-ended', absence: delegated, why: 'not-an-approver', to: 'approver' },
    ...absenceEnds.map((why) => ({ kind: 'absence-ended', absence: delegated, why }) as const),
  ],
  operators: Object.values(operatorEvents).flatMap((some) =>
    some.map((event) => ({ kind: 'operators', event }) as const),
  ),
});

const urgent = { level: 'high', isOverdue: false } as const;

/** What is said while nobody decides, and the digest. */
export const everyUndecided: readonly Extract<Content, { kind: 'reminder' | 'undecided' }>[] = [
  {
    kind: 'reminder',
    total: 1,
    nowMs: noonMs + 5 * hourMs,
    nudge: approval,
    waiting: [{ approval, urgency: { ...urgent, deadlineMs: noonMs + dayMs } }],
  },
  {
    kind: 'reminder',
    total: 7,
    nowMs: noonMs + 26 * hourMs,
    waiting: [
      { approval, urgency: { ...urgent, deadlineMs: noonMs, isOverdue: true } },
      ...[false, true].map((isOverdue) => ({
        approval: anApproval({ instance: anInstance({ facts: renewalFacts() }) }),
        urgency: { ...urgent, deadlineMs: noonMs + 20 * dayMs, isOverdue },
      })),
    ],
  },
  ...(['told', 'requester', 'operators'] as const).map(
    (to) =>
      ({
        kind: 'undecided',
        to,
        card: aCard({ deciders: { people: [ada, bo], groups: [] } }),
        nowMs: noonMs + dayMs,
      }) as const,
  ),
  {
    kind: 'undecided',
    to: 'told',
    card: aCard({ deciders: { people: Array.from({ length: 9 }, () => ada), groups: [] } }),
    nowMs: noonMs + dayMs,
  },
  { kind: 'undecided', to: 'operators', card: aCard(), nowMs: noonMs + dayMs },
];

const reminder: ReminderContent = {
  kind: 'reminder',
  total: 1,
  nowMs: noonMs,
  waiting: [{ approval, urgency: urgent }],
  isBulkOffered: true,
};

/** Every message that says several things at once. */
export const everySummary: readonly Extract<Content, { kind: 'summary' | 'expiring' }>[] = [
  {
    kind: 'summary',
    list: reminder,
    others: [{ approval, urgency: urgent }],
    held: [{ kind: 'undecided', to: 'requester', card: aCard(), nowMs: noonMs }],
    nowMs: noonMs,
  },
  ...[1, 9].map(
    (total) =>
      ({
        kind: 'expiring',
        rows: [
          { card: aCard(), urgency: { ...urgent, deadlineMs: noonMs + dayMs }, channel: 'C0PKI' },
          ...(total > 1 ? [{ card: aCard(), urgency: urgent }] : []),
        ],
        total,
        isBulkOffered: true,
      }) as const,
  ),
];

const many = { count: 12, unresolved: 12 };
const resolved = (how: Extract<Incident['state'], { kind: 'resolved' }>['how']) =>
  ({ kind: 'resolved', atMs: noonMs + hourMs, how }) as const;
const taken = { owner: { person: ada.id, name: ada.name, atMs: noonMs } };

/** Every incident. */
const incidents: readonly (readonly [name: string, incident: Incident])[] = [
  ['of one run', anIncident()],
  [
    'of many runs',
    anIncident({
      ...many,
      lastAtMs: noonMs + hourMs,
      messages: [
        { text: 'The RPC server is unavailable.', count: 9 },
        { text: '', count: 2 },
      ],
    }),
  ],
  ['of many runs, one open', anIncident({ count: 12, unresolved: 1 })],
  ['of many runs, none open', anIncident({ count: 12, unresolved: 0 })],
  ['without a reason', anIncident({ messages: [] })],
  ['of an aborted run', anIncident({ kind: 'aborted' })],
  ['of many aborted runs', anIncident({ kind: 'aborted', ...many })],
  ['somebody took', anIncident(taken)],
  ['recovered', anIncident({ ...many, state: resolved({ kind: 'recovered', by: ['Omar Haddad'] }) })],
  ['recovered in its system', anIncident({ state: resolved({ kind: 'recovered', by: [] }) })],
  ['dealt with', anIncident({ state: resolved({ kind: 'dealt-with', by: ['Omar Haddad'] }) })],
  [
    'dealt with in its system',
    anIncident({ kind: 'aborted', state: resolved({ kind: 'dealt-with', by: [] }) }),
  ],
  [
    'dealt with, of many runs',
    anIncident({ ...many, state: resolved({ kind: 'dealt-with', by: ['Omar Haddad'] }) }),
  ],
  ['quiet again', anIncident({ ...many, state: resolved({ kind: 'quiet' }) })],
  [
    'quiet again, of one run',
    anIncident({ state: { kind: 'resolved', atMs: noonMs, how: { kind: 'quiet' } } }),
  ],
];

const route = anAlert().route;
const mute = { key: 'k', untilMs: noonMs + hourMs, person: ada.id, name: ada.name };
const mentions = [
  { kind: 'person', person: ada.id },
  { kind: 'group', groupId: 'S0OPS' },
] as const;

/** Every alert. */
export const everyAlert = [
  ...incidents.map(([name, incident]) => [name, anAlert({ incident })] as const),
  [
    'that is critical and calls people',
    anAlert({
      route: { ...route, severity: 'critical', mentions },
      actions: ['restart', 'resume', 'abort', 'details', 'mute-hour', 'mute', 'take'],
    }),
  ],
  [
    'in quiet hours',
    anAlert({ route: { ...route, severity: 'info', mentions, quietUntilMs: noonMs + hourMs } }),
  ],
  [
    'muted',
    anAlert({ mute, incident: anIncident(taken), actions: ['details', 'unmute', 'hand-back', 'take-over'] }),
  ],
] as const;

/** Everything that is said in the thread of an alert. */
export const everyFollowUp = all<FollowUpContent>({
  more: [
    {
      kind: 'more',
      incident: anIncident({
        ...many,
        samples: [aSample(), aSample()],
        messages: [{ text: 'The RPC server is unavailable.', count: 9 }],
      }),
    },
    { kind: 'more', incident: anIncident({ count: 1 }) },
  ],
  changes: [
    { kind: 'changes', incident: anIncident(), records },
    ...[...records, aChange()].map(
      (record) => ({ kind: 'changes', incident: anIncident(), records: [record] }) as const,
    ),
    { kind: 'changes', incident: anIncident(), records: [] },
  ],
  taken: [
    { kind: 'taken', incident: anIncident() },
    { kind: 'taken', incident: anIncident(taken) },
  ],
  resolved: incidents.map(([, incident]) => ({ kind: 'resolved', incident }) as const),
  call: [{ kind: 'call', incident: anIncident(many), mentions }],
});

/** Every answer on an alert. */
export const everyAlertReply = all<Exclude<AlertReply, { kind: 'proposal' | 'details' }>>({
  taken: [{ kind: 'taken', incident: anIncident() }],
  'taken-before': [
    { kind: 'taken-before', incident: anIncident() },
    { kind: 'taken-before', incident: anIncident(taken) },
    { kind: 'taken-before', incident: anIncident({ owner: { person: bo.id, name: bo.name, atMs: noonMs } }) },
  ],
  'handed-back': [{ kind: 'handed-back', incident: anIncident() }],
  'not-owner': [{ kind: 'not-owner', incident: anIncident() }],
  muted: [{ kind: 'muted', incident: anIncident(), mute }],
  unmuted: [{ kind: 'unmuted', incident: anIncident() }],
  'nothing-failed': [{ kind: 'nothing-failed', incident: anIncident() }],
  over: [{ kind: 'over', incident: anIncident() }],
  'unknown-alert': [{ kind: 'unknown-alert' }],
  'shadow-off': [{ kind: 'shadow-off' }],
  'not-allowed': [{ kind: 'not-allowed', verb: 'restart', why: { kind: 'no-rule' } }],
  'person-not-checked': [{ kind: 'person-not-checked' }],
  broke: [{ kind: 'broke', ref: 'r-1' }],
});

/** Questions whether runs of an alert are to be restarted, resumed or aborted. */
export const everyRecovery = (['restart', 'resume', 'abort'] as const).flatMap((way) =>
  [1, 7].map(
    (count) =>
      ({
        kind: 'proposal',
        incident: anIncident(many),
        way,
        batchId: 'batch-1',
        records: Array.from({ length: count }, () => aChange()),
        more: count - 1,
      }) as const,
  ),
);

const instance = anInstance();
const at = { instance: instance.ref };
const everyChange: ByKind<Change> = {
  restart: [
    { kind: 'restart', ...at },
    { kind: 'restart', ...at, version: 3 },
  ],
  stop: [{ kind: 'stop', ...at }],
  cancel: [{ kind: 'cancel', ...at }],
  pause: [{ kind: 'pause', ...at }],
  resume: [
    { kind: 'resume', ...at, afterError: false },
    { kind: 'resume', ...at, afterError: true },
  ],
  abort: [{ kind: 'abort', ...at }],
  execute: [
    { kind: 'execute', system: 'plant', definition: 'Leave request', variables: [] },
    { kind: 'execute', system: 'plant', definition: 'Leave request', variables: [], version: '2' },
    {
      kind: 'execute',
      system: 'plant',
      definition: 'Leave request',
      variables: [{ name: 'Days', type: 'number', value: '3' }],
      data: '<a/>',
    },
  ],
  alert: [
    { kind: 'alert', ...at, activityId: '501', output: 'Approved' },
    { kind: 'alert', ...at, activityId: '501', output: 'Approved', status: 'Sleep', data: '<a/>' },
  ],
};
const everyOfChange = Object.values(everyChange).flat();

const changed: readonly ChangeRecord[] = [
  aChange(),
  aChange({ phase: 'sending', confirmedAtMs: noonMs }),
  aChange({ phase: 'following', started }),
  ...Object.values(outcomes).flatMap((some) => some.map((outcome) => anEnd(outcome))),
  anEnd({ kind: 'not-sent' }, { confirmedAtMs: noonMs }),
  ...everyOfChange.map((change) => anEnd({ kind: 'done', now }, { change })),
  anEnd({ kind: 'done', now, candidates: 0 }, { change: { kind: 'restart', ...at } }),
  anEnd({ kind: 'done', now, candidates: 2 }, { change: { kind: 'restart', ...at } }),
  anEnd({ kind: 'approval-open', approval: openApproval }, { change: { kind: 'restart', ...at } }),
  anEnd(
    { kind: 'unknown' },
    { change: { kind: 'execute', system: 'plant', definition: 'Leave request', variables: [] } },
  ),
];

const usageProblems: ByKind<UsageProblem> = {
  missing: [{ kind: 'missing', what: 'ref' }],
  'not-a-value': [{ kind: 'not-a-value', typed: 'days' }],
  'too-much': [{ kind: 'too-much', typed: 'please' }],
  'unknown-word': [
    { kind: 'unknown-word', typed: 'fialed', near: 'failed' },
    { kind: 'unknown-word', typed: 'xyz' },
  ],
};

const times = { count: 12, medianMs: 2 * 3_600_000, p90Ms: 9 * 3_600_000 };
const none = { approved: 0, denied: 0, elsewhere: 0, overtaken: 0, unknown: 0, late: 0 };
const reportRow = <Name extends string>(name: Name): ReportRow & { readonly name: Name } => ({
  name,
  approved: 11,
  denied: 1,
  elsewhere: 2,
  overtaken: 1,
  unknown: 1,
  late: 3,
  times,
});
const week = { sinceMs: noonMs - 7 * 24 * 3_600_000, untilMs: noonMs, timeZone: 'UTC' };
/** A report of a week. */
export const aReport: Report = {
  ...week,
  knownSinceMs: noonMs - 3 * 24 * 3_600_000,
  total: reportRow(''),
  rules: [reportRow('PKI Approvers'), reportRow('')],
  weekdays: weekdays.map(reportRow),
  days: daysIn(week).map(({ name }) => reportRow(name)),
  refusals: [
    'not-an-approver',
    'over',
    'broke',
    'kept',
    'no-rule',
    'not-mapped',
    'maybe-own-request',
    'own-request-of-approver',
    'shadow',
    'undecided',
  ].map((name) => ({ name, count: 2 })),
  findings: [{ name: 'wildcard', count: 2 }],
  reminders: [{ name: 'remind', count: 4 }],
  failures: { begun: 5, recovered: 3, quiet: 1, times },
  people: [{ name: 'Ada Okafor', count: 12 }],
};
const longSpan = { ...week, sinceMs: noonMs - 90 * 24 * 3_600_000 };

/** A report of a quarter, with more rules than fit. */
export const aLongReport: Report = {
  ...aReport,
  ...longSpan,
  days: daysIn(longSpan).map(({ name }) => reportRow(name)),
  rules: Array.from({ length: 120 }, (_, at) => reportRow(`Rule ${at + 1}`)),
};

const emptyReport: Report = {
  ...week,
  total: { name: '', ...none },
  rules: [],
  weekdays: weekdays.map((name) => ({ name, ...none })),
  days: daysIn(week).map(({ name }) => ({ name, ...none })),
  refusals: [],
  findings: [],
  reminders: [],
  failures: { begun: 0, recovered: 0, quiet: 0 },
};

const ledgerKinds: ByName<LedgerKind> = {
  vote: ['vote'],
  decision: ['decision'],
  refusal: ['refusal'],
  withdrawal: ['withdrawal'],
  'rule-stopped': ['rule-stopped'],
  'taken-back': ['taken-back'],
  signal: ['signal'],
  'signal-answer': ['signal-answer'],
  ending: ['ending'],
  'found-again': ['found-again'],
  question: ['question'],
  nudge: ['nudge'],
  answer: ['answer'],
  command: ['command'],
  change: ['change'],
  'change-outcome': ['change-outcome'],
  told: ['told'],
  'alert-action': ['alert-action'],
  settings: ['settings'],
  key: ['key'],
  rights: ['rights'],
  absence: ['absence'],
  'absence-end': ['absence-end'],
  restore: ['restore'],
  link: ['link'],
  preferences: ['preferences'],
  retention: ['retention'],
  checkpoint: ['checkpoint'],
  hold: ['hold'],
  forgotten: ['forgotten'],
};
const entries: readonly LedgerEntry[] = (Object.keys(ledgerKinds) as LedgerKind[]).map((kind) => ({
  system: 'command',
  kind,
  atMs: noonMs,
  person: { ...ada.id, name: ada.name },
  sent: { verb: 'list', output: 'Approved', version: '3' },
  answered: { kind: 'done', reason: 'in time', have: 1, of: 2 },
  note: { verb: 'restart', comment: 'Checked', phase: 'confirmed', text: 'Which team?' },
}));
const moreEntries: readonly LedgerEntry[] = [
  { system: 'command', kind: 'decision', atMs: noonMs, rule: 'Renewals', note: { verb: 'approve' } },
  { system: 'command', kind: 'vote', atMs: noonMs, note: { verb: 'deny' } },
  {
    system: 'command',
    kind: 'change-outcome',
    atMs: noonMs,
    note: { verb: 'execute', version: '3' },
    answered: { kind: 'taken' },
  },
  { system: 'command', kind: 'hold', atMs: noonMs, note: { isHeld: true } },
];

const whyMissing: ByKind<MissingCardReason> = {
  next: [{ kind: 'next' }],
  digest: [{ kind: 'digest' }],
  turn: [{ kind: 'turn', dueAtMs: noonMs }],
  retried: [{ kind: 'retried', dueAtMs: noonMs, error: 'ratelimited', mayHavePosted: true }],
  'given-up': [{ kind: 'given-up', error: 'is_archived' }],
  'not-found': [{ kind: 'not-found' }],
  nowhere: [{ kind: 'nowhere' }],
  'nobody-may': [{ kind: 'nobody-may' }],
  'link-only': [{ kind: 'link-only' }],
};
const everyMissing = Object.values(whyMissing).flat();

const oddRow = (kind: InstanceStatus['kind']) =>
  aRow({ instance: anInstance({ status: { kind, raw: 'Odd' } }) });
const noDelegates: ByName<NoDelegate> = {
  yourself: ['yourself'],
  'not-a-member': ['not-a-member'],
  suspended: ['suspended'],
  'not-an-approver': ['not-an-approver'],
  'not-a-delegate': ['not-a-delegate'],
  'not-mapped': ['not-mapped'],
};
const event = (kind: 'put' | 'ended', one: Approval) => ({ kind, atMs: noonMs, approval: one }) as const;

/** Every reply to a command. */
export const everyReply = all<Reply>({
  help: [{ kind: 'help' }, { kind: 'help', about: 'restart' }],
  'unknown-verb': [
    { kind: 'unknown-verb', typed: 'satus', near: 'status' },
    { kind: 'unknown-verb', typed: 'xyz' },
  ],
  usage: Object.values(usageProblems).flatMap((some) =>
    some.map((problem) => ({ kind: 'usage', verb: 'status', problem }) as const),
  ),
  ambiguous: [
    { kind: 'ambiguous', typed: 'app', rows: [aRow(), aRow()] },
    { kind: 'ambiguous', typed: 'app', rows: Array.from({ length: 25 }, () => aRow()) },
  ],
  'not-found': [{ kind: 'not-found', typed: 'XYZ1', silent: ['Command'] }],
  proposal: [
    ...everyOfChange.map((change) => aProposal({ record: aChange({ change }) })),
    { kind: 'proposal', record: aChange(), isAllowed: true, note: 'Starts at the next full hour' },
    aProposal({ isAllowed: false }),
  ],
  change: changed.map((record) => ({ kind: 'change', record }) as const),
  'approval-open': openApprovals.flatMap((one) => [
    { kind: 'approval-open', instance: instance.ref, activityId: '501', approval: one } as const,
    { kind: 'approval-open', instance: instance.ref, approval: one } as const,
  ]),
  'not-allowed': mayNotRun.map((why) => ({ kind: 'not-allowed', verb: 'restart', why }) as const),
  unsupported: [
    { kind: 'unsupported', verb: 'restart', label: 'Work Tasks', offers: ['resume', 'abort'] },
    { kind: 'unsupported', verb: 'stop', label: 'Work Tasks', offers: ['resume', 'abort'] },
    { kind: 'unsupported', verb: 'pause', label: 'Command', offers: [] },
  ],
  'bad-value': [
    { kind: 'bad-value', name: 'days', typed: '', expected: 'a number' },
    { kind: 'bad-value', name: 'days', typed: 'three', expected: 'a number' },
  ],
  unreachable: [{ kind: 'unreachable', label: 'Command' }],
  link: [
    { kind: 'link', system: 'command', label: 'Command', requestId: 'request-1' },
    {
      kind: 'link',
      system: 'command',
      label: 'Command',
      requestId: 'request-1',
      username: 'KEYEXAMPLE\\aokafor',
    },
    { kind: 'link', system: 'command', label: 'Command', requestId: 'request-1', isNeeded: true },
  ],
  'shadow-off': [{ kind: 'shadow-off' }],
  'person-not-checked': [{ kind: 'person-not-checked' }],
  broke: [{ kind: 'broke', ref: 'r-1' }],
  status: [
    aStatus(),
    ...statusKinds.map((kind) => aStatus(oddRow(kind))),
    aStatus({ allowed: [] }),
    aStatus({
      allowed: ['alert', 'pause'],
      canAct: [],
      approval,
      requirement: { needed: 2, roles: ['PKI Approvers'] },
    }),
    aStatus({
      canAct: [ada.id],
      requirement: { needed: 1, roles: [] },
      instance: anInstance({
        signals: [
          { name: 'Approve', isReceived: true },
          { name: 'Deny', isReceived: false },
        ],
      }),
      history: [
        ...Array.from({ length: 11 }, () => event('put', approval)),
        { kind: 'vote', atMs: noonMs, vote: aVote({ comment: 'Checked', output: 'Approved' }) },
        event('ended', approved),
        { kind: 'change', atMs: noonMs, record: anEnd({ kind: 'done', now }) },
      ],
    }),
  ],
  list: [
    ...(['waiting', 'failed', 'mine', 'running', 'any'] as const).map(
      (state) => ({ kind: 'list', state, page: 1, rows: [aRow()], hasMore: false, silent: [] }) as const,
    ),
    { kind: 'list', state: 'failed', page: 1, rows: [], hasMore: false, silent: ['Command'], near: 'failed' },
    { kind: 'list', state: 'failed', page: 2, text: 'web', rows: [], hasMore: false, silent: [] },
    {
      kind: 'list',
      state: 'any',
      page: 1,
      rows: Array.from({ length: 35 }, () => aRow()),
      hasMore: true,
      silent: [],
      cut: ['Command'],
      partial: [{ label: 'Command', permission: '/workflows/instances/read/' }],
      known: ['Work Tasks'],
    },
    {
      kind: 'list',
      state: 'any',
      page: 2,
      rows: [aRow()],
      hasMore: false,
      silent: [],
      known: ['Plant', 'Work Tasks'],
    },
    {
      kind: 'list',
      state: 'any',
      page: 1,
      rows: [],
      hasMore: false,
      silent: [],
      partial: [{ label: 'Command', permission: '/workflows/instances/read/' }],
    },
  ],
  value: [
    { kind: 'value', title: 'Leave of Rosa Kim', name: 'Days', text: '3' },
    { kind: 'value', title: 'Leave of Rosa Kim', name: 'Days', text: ' ' },
    { kind: 'value', title: 'Leave of Rosa Kim', name: 'Days' },
    { kind: 'value', title: 'Leave of Rosa Kim', name: 'Days', said: 'No such variable' },
  ],
  definitions: [
    { kind: 'definitions', silent: ['Command'], rows: [] },
    {
      kind: 'definitions',
      silent: [],
      rows: Array.from({ length: 42 }, () => ({
        definition: instance.definition,
        label: 'Command',
        system: 'command',
      })),
    },
  ],
  approvals: [
    { kind: 'approvals', page: 1, rows: [], hasMore: false, total: 0, voted: 1 },
    { kind: 'approvals', page: 2, rows: [], hasMore: false, total: 7, voted: 2 },
    {
      kind: 'approvals',
      page: 1,
      total: 12,
      voted: 0,
      hasMore: true,
      isBulkOffered: true,
      rows: [
        { card: aCard({ rule: aRule({ quorum: 2 }) }), channel: 'C0PKI' },
        { card: aCard({ approval: aLinkOnlyApproval(), actions: ['details'] }) },
        { card: aCard({ approval: anInboundApproval(), rule: aRule({ quorum: 2 }) }) },
      ],
    },
    { kind: 'approvals', page: 2, total: 12, voted: 0, hasMore: false, rows: [{ card: aCard() }] },
  ],
  why: [
    {
      kind: 'why',
      why: {
        ...aRow(),
        routeName: 'Web servers',
        targets: ['C0PKI', 'T0EXAMPLE/U0ADA'],
        rule,
        people: [
          { person: aPerson(), may: { kind: 'yes', rule, identities: [] }, awayUntilMs: noonMs },
          {
            person: aPerson(),
            may: {
              kind: 'yes',
              rule,
              identities: [],
              seats: [{ person: bo.id, name: bo.name, identities: [] }],
            },
          },
          ...everyMay.map((one) => ({ person: aPerson(), may: one })),
          ...Array.from({ length: 20 }, () => ({ person: aPerson(), may: { kind: 'own-request' } as const })),
        ],
        asker: { kind: 'yes', rule, identities: [] },
        failures: { hasFailed: false, route: { ...route, mentions, quietUntilMs: noonMs }, mute },
      },
    },
    {
      kind: 'why',
      why: {
        ...aRow({ instance: anInstance({ status: { kind: 'complete', raw: 'Complete' } }) }),
        targets: [],
        people: [],
        asker: { kind: 'no-rule' },
        failures: { hasFailed: true, route: { channels: ['C0OPS'], mentions: [], severity: 'warning' } },
      },
    },
    { kind: 'why', why: { ...aRow(), targets: [], people: [], asker: { kind: 'no-rule' } } },
    { kind: 'why', why: { ...aRow(), targets: ['C0PKI'], people: [], asker: { kind: 'no-rule' } } },
  ],
  history: [
    { kind: 'history', ...aRow(), page: 1, hasMore: false, entries: [] },
    { kind: 'history', ...aRow(), page: 1, hasMore: false, entries: [], reads: 1 },
    { kind: 'history', ...aRow(), page: 2, hasMore: false, entries: [] },
    { kind: 'history', ...aRow(), page: 1, hasMore: true, entries: moreEntries, reads: 3 },
    ...[0, 8, 16, 24].map(
      (from) =>
        ({
          kind: 'history',
          ...aRow(),
          page: 1,
          hasMore: false,
          entries: entries.slice(from, from + 8),
        }) as const,
    ),
  ],
  evidence: [
    { kind: 'evidence', ...aRow(), records: 1, decisions: 1, kept: 1 },
    { kind: 'evidence', ...aRow(), records: 9, decisions: 3, kept: 1 },
    ...(['possible', 'done', 'too-large', 'not-known', { failed: 'not_in_channel' }] as const).map(
      (sending) => ({ kind: 'evidence', ...aRow(), records: 9, decisions: 3, kept: 3, sending }) as const,
    ),
  ],
  receipt: [
    {
      kind: 'receipt',
      receipt: aReceipt(),
      approval,
      isRepudiated: false,
      comment: 'Approved by Ada Okafor',
    },
    {
      kind: 'receipt',
      receipt: aReceipt({
        vote: aVote({ comment: 'Checked' }),
        shown: decisionFactsOf(
          anInstance({
            facts: renewalFacts({
              revocation: {
                reason: 'superseded',
                serialNumber: '4A01',
                effectiveAt: '2026-01-16',
                comment: 'x',
              },
              hiddenDigest: 'h1',
            }),
          }),
        ),
      }),
      approval: approved,
      isRepudiated: true,
      comment: 'Approved by Ada Okafor',
    },
    {
      kind: 'receipt',
      receipt: aReceipt({ vote: aVote({ output: 'Send back' }) }),
      approval: endedInbound({ kind: 'approved', now, elsewhere: false }, sendBack),
      isRepudiated: false,
      comment: 'Approved by Ada Okafor',
    },
    { kind: 'receipt', receipt: aReceipt(), approval, isRepudiated: false },
    { kind: 'receipt', receipt: aReceipt(), approval, isRepudiated: false, lost: 'withdrawn' },
    { kind: 'receipt', receipt: aReceipt(), approval, isRepudiated: false, lost: 'void' },
  ],
  'no-receipt': [{ kind: 'no-receipt', typed: 'R0' }],
  restored: [
    { kind: 'restored', person: ada.id },
    {
      kind: 'restored',
      person: ada.id,
      was: { person: ada.id, name: ada.name, receipt: 'R4T9XW', atMs: noonMs },
    },
  ],
  doctor: [
    {
      kind: 'doctor',
      health: {
        systems: [{ label: 'Command', respondedAtMs: noonMs, hasAlerts: true }],
        withoutCard: [],
        outbox: [],
        incidents: [],
        lostPlaces: [],
        unmapped: [],
      },
    },
    {
      kind: 'doctor',
      health: {
        systems: [
          {
            label: 'Command',
            respondedAtMs: noonMs,
            hasAlerts: false,
            silence: { sinceMs: noonMs, polls: 3 },
          },
          { label: 'Work Tasks', hasAlerts: false, silence: { sinceMs: noonMs, polls: 1, fault: 'sign-in' } },
          { label: 'Plant', hasAlerts: false },
        ],
        restoreHeldSinceMs: noonMs,
        withoutCard: everyMissing.map((why) => ({ approval, label: 'Command', why })),
        outbox: [
          { kind: 'card', pending: 3, oldestDueMs: 60_000 },
          { kind: 'notice', pending: 1, oldestDueMs: 0 },
        ],
        incidents: [
          { code: 'KA17', label: 'Command', definition: 'Web servers', unresolved: 3, isUnshown: true },
        ],
        lostPlaces: [
          { target: { kind: 'channel', channel: 'C0PKI' }, sinceMs: noonMs },
          { target: { kind: 'person', person: ada.id }, sinceMs: noonMs },
        ],
        unmapped: [{ rule: 'PKI Approvers', label: 'Command', people: [ada.id] }],
      },
    },
  ],
  unlinked: (['revoked', 'unsupported', 'failed'] as const).map(
    (provider) =>
      ({ kind: 'unlinked', label: 'Command', username: 'KEYEXAMPLE\\aokafor', provider }) as const,
  ),
  'not-linked': [{ kind: 'not-linked', system: 'command', label: 'Command' }],
  'which-system': [
    { kind: 'which-system', verb: 'link', systems: [] },
    { kind: 'which-system', verb: 'link', systems: ['command', 'plant'] },
  ],
  whoami: [
    {
      kind: 'whoami',
      who: {
        person: aPerson(),
        identities: [
          { label: 'Command', names: ['KEYEXAMPLE\\aokafor'] },
          { label: 'Work Tasks', names: [] },
        ],
        links: [
          { label: 'Command', system: 'command', username: 'KEYEXAMPLE\\aokafor' },
          { label: 'Work Tasks', system: 'plant' },
        ],
        approverRules: ['PKI Approvers'],
        operatorRules: [{ name: 'Operators', verbs: ['list', 'restart'] }],
      },
    },
    {
      kind: 'whoami',
      who: {
        person: { ...aPerson(), membership: 'guest', isSuspended: true },
        identities: [],
        approverRules: [],
        operatorRules: [],
      },
    },
  ],
  simulation: [
    {
      kind: 'simulation',
      simulation: {
        sinceMs: noonMs - 30 * dayMs,
        requests: 120,
        notKnown: 2,
        changed: 16,
        differences: [...simulatedKinds, ...simulatedKinds].map((kind) => ({
          kind,
          from: '1',
          to: '2',
          rules: 'PKI Approvers',
          count: 2,
          codes: ['K7F3'],
          isWeaker: true as const,
        })),
      },
    },
    {
      kind: 'simulation',
      simulation: { sinceMs: noonMs, requests: 0, notKnown: 0, changed: 0, differences: [] },
    },
  ],
  removed: [
    { kind: 'removed', what: 'approval', removedAtMs: noonMs },
    { kind: 'removed', what: 'receipt', removedAtMs: noonMs },
  ],
  report: [
    { kind: 'report', report: aReport },
    { kind: 'report', report: emptyReport },
  ],
  'no-candidate': [
    { kind: 'no-candidate' },
    { kind: 'no-candidate', problem: 'approvers[0].people is missing' },
  ],
  shadow: [
    { kind: 'shadow', isLive: true, sum },
    { kind: 'shadow', isLive: false, sum: emptySum },
  ],
  away: [
    { kind: 'away', absence, unattended: ['PKI Approvers'] },
    { kind: 'away', absence: delegated, unattended: [] },
  ],
  'away-before': [{ kind: 'away-before', absence: delegated }],
  'bad-date': [
    { kind: 'bad-date', typed: '', why: 'not-a-date' },
    ...(['not-a-date', 'past', 'too-long'] as const).map(
      (why) => ({ kind: 'bad-date', typed: 'someday', why }) as const,
    ),
  ],
  'no-approver': [
    { kind: 'no-approver', rules: [] },
    { kind: 'no-approver', typed: 'Web', rules: ['PKI Approvers'] },
  ],
  'no-delegate': (Object.keys(noDelegates) as NoDelegate[]).map(
    (why) => ({ kind: 'no-delegate', delegate: bo.id, why }) as const,
  ),
  'may-not': [
    { kind: 'may-not', why: 'suspended' },
    { kind: 'may-not', why: 'not-a-member' },
  ],
  back: [
    { kind: 'back', absences: [] },
    { kind: 'back', absences: [absence] },
    { kind: 'back', absences: [delegated] },
  ],
  mine: [
    { kind: 'mine', approvals: [], total: 0 },
    { kind: 'mine', approvals: [approval], total: 4 },
  ],
  nudged: [
    { kind: 'nudged', approval, count: 0 },
    { kind: 'nudged', approval, count: 0, withheld: 2 },
    { kind: 'nudged', approval, count: 1 },
    { kind: 'nudged', approval, count: 3 },
  ],
  'nudged-before': [{ kind: 'nudged-before', approval, againAtMs: noonMs + hourMs }],
  'not-requested': [{ kind: 'not-requested', typed: 'K7F3' }],
});

const emptyHome: HomePage = {
  person: ada.id,
  waiting: { rows: [], total: 0, page: 1, pages: 1, voted: 0 },
  requested: { rows: [], total: 0, cancelable: [] },
  decided: [],
};

/** Every Home. */
export const everyHome: readonly (readonly [name: string, page: HomePage])[] = [
  ['with nothing in it', emptyHome],
  ['of a guest', { ...emptyHome, barred: { kind: 'not-a-member', membership: 'guest' } }],
  ['of somebody suspended', { ...emptyHome, barred: { kind: 'suspended' } }],
  [
    'of an approver',
    {
      ...emptyHome,
      waiting: {
        rows: [
          { card: aCard(), urgency: { ...urgent, deadlineMs: noonMs, isOverdue: true } },
          { card: aCard(), urgency: { ...urgent, deadlineMs: noonMs + dayMs } },
          { card: aCard(), urgency: urgent },
          {
            card: aCard({
              approval: anApproval({
                instance: anInstance({
                  facts: { ...instance.facts, revocation: { reason: 'keyCompromise' } },
                }),
              }),
            }),
            urgency: urgent,
          },
        ],
        total: 12,
        page: 1,
        pages: 3,
        voted: 1,
        isBulkOffered: true,
      },
      requested: { rows: [approval], total: 3, cancelable: ['approval-a'] },
      decided: [
        { approval: approved, entry: { kind: 'decision', atMs: noonMs, note: { verb: 'approve' } } },
        {
          approval: ended({ kind: 'denied', now }, deny),
          entry: { kind: 'decision', atMs: noonMs, note: { verb: 'deny' } },
        },
        {
          approval: endedInbound({ kind: 'approved', now, elsewhere: false }, sendBack),
          entry: { kind: 'decision', atMs: noonMs, note: { verb: 'approve', choice: 1 } },
        },
      ],
      away: { own: [], left: [], isApprover: true },
    },
  ],
  [
    'of somebody away',
    {
      ...emptyHome,
      waiting: { ...emptyHome.waiting, voted: 2, page: 2, pages: 3, total: 5 },
      away: { own: [absence], left: [delegated], isApprover: true },
    },
  ],
  [
    'of somebody who takes one summary a day',
    {
      ...emptyHome,
      notifications: {
        preferences: {
          ...usualPreferences,
          directMessages: 'daily',
          quiet: { fromMinute: 18 * 60, toMinute: 8 * 60 },
          workingDays: ['mon', 'tue'],
        },
        timeZone: 'Europe/Berlin',
      },
    },
  ],
  [
    'of an operator',
    {
      ...emptyHome,
      health: { systems: [{ label: 'Command' }], pending: 0, withoutCard: 0, incidents: 0, lostPlaces: 0 },
    },
  ],
  [
    'of an operator, with problems',
    {
      ...emptyHome,
      health: {
        systems: [{ label: 'Command', silentSinceMs: noonMs }, { label: 'Work Tasks' }],
        pending: 2,
        withoutCard: 1,
        incidents: 3,
        lostPlaces: 1,
      },
    },
  ],
];

const parties: LinkParties = { person: { id: ada.id, name: ada.name }, system: 'command', label: 'Command' };
const username = 'KEYEXAMPLE\\aokafor';

/** Whom an invitation to link an account is for. */
export const invited = { kind: 'invited', ...parties } as const;

/** Every end of linking an account. */
export const everyLinkEnding = all<LinkEnding>({
  linked: [
    { kind: 'linked', ...parties, username, hasPendingClick: false },
    { kind: 'linked', ...parties, username, hasPendingClick: true, endsAtMs: noonMs },
  ],
  'no-invitation': [{ kind: 'no-invitation' }],
  away: [{ kind: 'away', label: 'Command' }],
  'other-browser': [{ kind: 'other-browser' }],
  cancelled: [{ kind: 'cancelled' }],
  expired: [{ kind: 'expired' }],
  'person-linked': [{ kind: 'person-linked', ...parties, username, linked: 'KEYEXAMPLE\\other' }],
  'account-linked': [{ kind: 'account-linked', ...parties, username }],
  'other-account': [{ kind: 'other-account', ...parties, username }],
  'other-person': [{ kind: 'other-person', ...parties, username }],
  'maybe-other-person': [{ kind: 'maybe-other-person', ...parties, username }],
});

/** Workflows to start, with a value of each kind. */
export const startOptions = [
  {
    label: 'Work Tasks',
    startable: {
      system: 'plant',
      definition: 'Leave request',
      title: 'Leave',
      takesVersion: true,
      takesData: true,
      note: 'Ask your manager first',
      variables: [
        { name: 'Days', type: 'number', isRequired: true, default: '3' },
        { name: 'Paid', type: 'boolean', isRequired: false },
        { name: 'From', type: 'date', isRequired: false },
        ...(['string', 'decimal', 'float', 'actor', 'xml', 'object', 'array'] as const).map((type) => ({
          name: type,
          type,
          isRequired: false,
        })),
      ],
    },
  },
  { label: 'Work Tasks', startable: { system: 'plant', definition: 'Badge', variables: [] } },
] as const;
