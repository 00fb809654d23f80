import fc from 'fast-check';
import type {
  Approval,
  ApprovalState,
  Decision,
  Ending,
  FactChange,
  InboundDetails,
  WaitingNote,
} from '../../src/domain/approval.js';
import type { Card, CardAction } from '../../src/domain/card.js';
import type { Finding } from '../../src/domain/findings.js';
import type { RequestFacts } from '../../src/domain/request.js';
import { defined } from '../../src/shared/language.js';
import { anApproval, anInstance, aVote } from '../support/an-approval.js';
import { aRule } from './a-card.js';

/** A whole sentence, as servers and people write them; nobody may end it a second time. */
export const wholeSentence = 'The engine is not running.';

/** Text as an attacker, a broken system or an unlucky person may produce it. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    '',
    wholeSentence,
    ' ',
    '\n\n',
    '<!channel>',
    '<@U0ADA>',
    '<https://evil.example|Approve>',
    '&lt;!here&gt;',
    '*bold* _it_ ~no~ `code` :tada:',
    '\ud800',
    'x\udc00y',
    '\u202egro.live\u202c',
    '\u200b\u2028',
    '"'.repeat(300),
    '\\'.repeat(300),
    '&'.repeat(1000),
    '😀'.repeat(400),
    'é'.repeat(100_000),
    '> quoted',
    '`',
    '\u0000',
  ),
);

/** The name of an output, as a designer may have typed it. */
const outputName = fc.oneof(
  hostileText,
  fc.constantFrom('Approved', 'Send back', 'x'.repeat(200), '*Approve* <!channel> :tada:'),
);

const inbound: fc.Arbitrary<InboundDetails> = fc
  .record({
    activityId: fc.option(hostileText, { nil: undefined }),
    outputs: fc.array(
      fc.record({ name: outputName, verdict: fc.constantFrom('approve' as const, 'deny' as const) }),
      { minLength: 1, maxLength: 4 },
    ),
    suggested: fc.array(hostileText, { maxLength: 8 }),
  })
  .map(({ activityId, ...rest }) => (activityId === undefined ? rest : { ...rest, activityId }));

const moment = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(-1, Number.NaN, 9e15));
const names = fc.oneof(
  fc.array(hostileText, { maxLength: 8 }),
  fc.array(fc.domain(), { minLength: 500, maxLength: 500 }),
);
const people = fc.array(fc.record({ teamId: hostileText, userId: hostileText }), { maxLength: 12 });

const vote = fc
  .record({
    name: hostileText,
    comment: hostileText,
    atMs: moment,
    identities: fc.array(hostileText),
    output: fc.option(outputName, { nil: undefined }),
  })
  .map(({ output, ...fields }) => aVote(output === undefined ? fields : { ...fields, output }));
const decision: fc.Arbitrary<Decision> = fc
  .record({
    verdict: fc.constantFrom('approve' as const, 'deny' as const),
    votes: fc.array(vote, { maxLength: 10 }),
    atMs: moment,
    output: fc.option(outputName, { nil: undefined }),
  })
  .map(({ output, ...rest }) => (output === undefined ? rest : { ...rest, output }));

const whereabouts = fc.record({
  status: fc.record({
    kind: fc.constantFrom(
      'running',
      'suspended',
      'complete',
      'rejected',
      'failed',
      'canceled-for-restart',
      'paused',
      'aborted',
      'unknown',
    ),
    raw: hostileText,
  }),
  statusMessage: hostileText,
  step: fc.record({ uniqueName: hostileText, name: hostileText }),
});

/** Every way in which an approval can end. */
const anyEnding: fc.Arbitrary<Ending> = fc.oneof(
  fc.record({ kind: fc.constant('approved' as const), now: whereabouts, elsewhere: fc.boolean() }),
  fc.record({ kind: fc.constant('denied' as const), now: whereabouts }),
  fc.record({ kind: fc.constant('decided-elsewhere' as const), now: whereabouts }),
  fc.record({ kind: fc.constantFrom('overtaken' as const, 'outcome-unknown' as const), now: whereabouts }),
  fc.constant({ kind: 'not-visible' as const }),
  fc.constant({ kind: 'unwatched' as const }),
  fc.record({
    kind: fc.constant('restarted' as const),
    candidates: fc.nat(5),
    successor: fc.record({ system: hostileText, id: hostileText }),
  }),
  fc.record({ kind: fc.constant('restarted' as const), candidates: fc.nat(5) }),
);

const changes: fc.Arbitrary<readonly FactChange[]> = fc.array(
  fc.record({
    fact: fc.constantFrom('requester', 'subject', 'names', 'key', 'template', 'definitionVersion'),
    from: hostileText,
    to: hostileText,
  }),
  { maxLength: 9 },
);

const note: fc.Arbitrary<WaitingNote> = fc.oneof(
  fc.record({ kind: fc.constant('facts-changed' as const), changes }),
  fc.record({ kind: fc.constantFrom('released' as const, 'too-old' as const), decision }),
  fc.record({
    kind: fc.constant('refused' as const),
    decision,
    reason: fc.constantFrom(
      'no-role' as const,
      'not-waiting' as const,
      'bad-request' as const,
      'sign-in' as const,
      'nobody-mapped' as const,
      'engine-down' as const,
    ),
  }),
  fc.record({ kind: fc.constant('vote-void' as const), names: fc.array(hostileText, { maxLength: 12 }) }),
  fc.record({ kind: fc.constant('quorum-raised' as const), have: fc.nat(9), of: fc.nat(9) }),
);

const state: fc.Arbitrary<ApprovalState> = fc.oneof(
  fc.constant({ kind: 'waiting' as const }),
  fc.record({ kind: fc.constant('waiting' as const), note }),
  fc.record({
    kind: fc.constantFrom('deciding' as const, 'recorded' as const, 'not-moved' as const),
    decision,
  }),
  fc.record({ kind: fc.constant('held' as const), decision, untilMs: moment }),
  fc.record({
    kind: fc.constant('checking' as const),
    decision,
    sentAtMs: moment,
    isAccepted: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('ended' as const), ending: anyEnding, atMs: moment }),
  fc.record({ kind: fc.constant('ended' as const), ending: anyEnding, decision, atMs: moment }),
);

const key = fc.record({ algorithm: hostileText, hash: hostileText, curve: hostileText });
const facts: fc.Arbitrary<RequestFacts> = fc.oneof(
  fc.constant({ requesters: [], names: [], others: [] }),
  fc.record({
    requesters: fc.array(hostileText, { maxLength: 4 }),
    subject: hostileText,
    names,
    key,
    template: hostileText,
    authority: hostileText,
    validity: hostileText,
    unreadableRequest: hostileText,
    replacesUnreadable: hostileText,
    signature: fc.record({ algorithm: hostileText, fits: fc.constantFrom('yes' as const, 'no' as const) }),
    details: fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('template' as const), template: hostileText }),
        fc.record({ kind: fc.constant('attribute' as const), name: hostileText, text: hostileText }),
        fc.record({ kind: fc.constant('extended-key-usage' as const), usages: names }),
      ),
      { maxLength: 30 },
    ),
    notShown: fc.nat(3),
    revocation: fc.record({
      reason: hostileText,
      comment: hostileText,
      serialNumber: hostileText,
      effectiveAt: hostileText,
    }),
    replaces: fc.record({ subject: hostileText, names, key, expiresAtMs: moment }),
    others: fc.array(fc.record({ label: hostileText, value: hostileText }), { maxLength: 80 }),
  }),
);

const finding: fc.Arbitrary<Finding> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'wildcard' as const,
      'outside-zones' as const,
      'adds-names' as const,
      'removes-names' as const,
      'login-identity' as const,
      'mixed-script' as const,
      'odd-name' as const,
    ),
    names,
  }),
  fc.record({ kind: fc.constant('weak-key' as const), key }),
  fc.record({ kind: fc.constant('weak-hash' as const), hash: hostileText }),
  fc.record({ kind: fc.constant('unreadable-request' as const), why: hostileText }),
  fc.record({ kind: fc.constant('other-subject' as const), subject: hostileText }),
  fc.record({ kind: fc.constant('other-template' as const), templates: names, told: hostileText }),
  fc.record({ kind: fc.constant('replaces' as const), expiresAtMs: moment }),
  fc.record({
    kind: fc.constant('changes' as const),
    what: fc.constantFrom('subject' as const, 'key' as const, 'authority' as const),
    from: hostileText,
    to: hostileText,
  }),
);

/** Any approval at all. */
export const anyApproval: fc.Arbitrary<Approval> = fc
  .record({
    state,
    facts,
    text: hostileText,
    type: fc.oneof(hostileText, fc.constantFrom('Enrollment', 'Revocation')),
    needed: fc.nat(3),
    asked: fc.option(inbound, { nil: undefined }),
    version: fc.nat(999),
  })
  .map(({ state: now, facts: requested, text, type, needed, version, asked: requestedOnes }) =>
    anApproval({
      state: now,
      version,
      code: text.slice(0, 20),
      step: text,
      requirement: { roles: [text, text], nextStep: text, ...(needed === 0 ? {} : { needed }) },
      isAssigned: needed > 1,
      ...defined({ inbound: requestedOnes }),
      instance: anInstance({
        facts: requestedOnes ? { ...requested, isInbound: true } : requested,
        title: text,
        statusMessage: text,
        definition: { id: text, name: text, version: 1, type },
        step: { uniqueName: text, name: text },
      }),
    }),
  );

const actionSets: readonly (readonly CardAction[])[] = [
  ['details'],
  ['approve', 'deny', 'details', 'withdraw'],
  ['take-back', 'details'],
];

const somebody = fc.record({
  id: fc.record({ teamId: hostileText, userId: hostileText }),
  name: hostileText,
});

/** Any card at all. */
export const anyCard: fc.Arbitrary<Card> = fc
  .record({
    approval: anyApproval,
    votes: fc.array(vote, { maxLength: 10 }),
    findings: fc.array(finding, { maxLength: 9 }),
    people,
    ruleName: hostileText,
    link: fc.oneof(fc.webUrl(), hostileText),
    actions: fc.constantFrom(...actionSets),
    requester: fc.record({ teamId: hostileText, userId: hostileText }),
    maybeDecidedBy: fc.array(somebody, { maxLength: 12 }),
    deciders: fc.record({
      people: fc.array(somebody, { maxLength: 40 }),
      groups: fc.array(hostileText, { maxLength: 4 }),
    }),
    requesterName: hostileText,
    isOneOfSeveral: fc.constant(true as const),
    hasRule: fc.boolean(),
  })
  .map(({ people: approvers, ruleName, hasRule, ...card }) => ({
    ...card,
    wanted: 2,
    basis: 'findings.rule',
    ...(hasRule ? { rule: aRule({ name: ruleName, people: approvers, quorum: 2 }) } : {}),
  }));
