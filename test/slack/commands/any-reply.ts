import fc from 'fast-check';
import type { Absence } from '../../../src/domain/absence.js';
import { decisionFactsOf } from '../../../src/domain/approval.js';
import type { Change, ChangeOutcome, ChangeRecord } from '../../../src/domain/change.js';
import type { UsageProblem } from '../../../src/domain/commands.js';
import { verbs } from '../../../src/domain/commands.js';
import type { Instance } from '../../../src/domain/instance.js';
import type { LedgerEntry } from '../../../src/domain/ledger.js';
import type { MayDecide } from '../../../src/domain/policy.js';
import { weekdays } from '../../../src/domain/quiet-hours.js';
import type { Row, RunEvent, StartOption } from '../../../src/domain/reply.js';
import { daysIn } from '../../../src/domain/report.js';
import { shadowReasons } from '../../../src/domain/shadow.js';
import { simulatedKinds } from '../../../src/domain/simulation.js';
import type { Reply } from '../../../src/use-cases/commands/run-command.js';
import { anInstance, aReceipt, aVote, noonMs } from '../../support/an-approval.js';
import { aRule } from '../a-card.js';
import { anyApproval, anyCard, hostileText } from '../hostile.js';
import { anyHealth } from './any-health.js';

const text = hostileText;

const anyTimes = fc.record({ count: fc.nat(99), medianMs: fc.nat(1e9), p90Ms: fc.nat(1e9) });
const rowNamed = <T extends string>(name: fc.Arbitrary<T>) =>
  fc.record(
    {
      name,
      approved: fc.nat(1e6),
      denied: fc.nat(1e6),
      elsewhere: fc.nat(99),
      overtaken: fc.nat(99),
      unknown: fc.nat(99),
      late: fc.nat(99),
      times: anyTimes,
    },
    { requiredKeys: ['name', 'approved', 'denied', 'elsewhere', 'overtaken', 'unknown', 'late'] },
  );
const counts = fc.array(fc.record({ name: text, count: fc.nat(99) }), { maxLength: 20 });
const anyReport = fc
  .record(
    {
      knownSinceMs: fc.nat(),
      total: rowNamed(fc.constant('')),
      rules: fc.array(rowNamed(text), { minLength: 1, maxLength: 30 }),
      failures: fc.record({ begun: fc.nat(9), recovered: fc.nat(9), quiet: fc.nat(9), times: anyTimes }),
      refusals: counts,
      findings: counts,
      reminders: counts,
      people: counts,
      length: fc.integer({ min: 1, max: 900 }),
      weekdays: fc.tuple(...weekdays.map((name) => rowNamed(fc.constant(name)))),
    },
    { noNullPrototype: true },
  )
  .map(({ length, ...report }) => {
    const span = { sinceMs: noonMs - length * 24 * 60 * 60_000, untilMs: noonMs, timeZone: 'UTC' };
    return { ...report, ...span, days: daysIn(span).map(({ name }) => ({ ...report.total, name })) };
  });
const verb = fc.constantFrom(...verbs.map(({ name }) => name));
const silent = fc.array(text, { maxLength: 12 });
const personId = fc.record({ teamId: text, userId: fc.oneof(text, fc.constant('U0ADA')) });
const person = fc.record({
  id: personId,
  name: text,
  membership: fc.constantFrom(
    'member' as const,
    'guest' as const,
    'stranger' as const,
    'bot' as const,
    'deactivated' as const,
  ),
  confirmedEmail: text,
});
const status = fc.record({
  kind: fc.constantFrom(
    'running' as const,
    'suspended' as const,
    'complete' as const,
    'rejected' as const,
    'failed' as const,
    'canceled-for-restart' as const,
    'paused' as const,
    'aborted' as const,
    'unknown' as const,
  ),
  raw: text,
});
const ref = fc.record({ system: text, id: text });
const moment = fc.oneof(fc.constant(noonMs), fc.constantFrom(-1, Number.NaN, 9e15));

const instance: fc.Arbitrary<Instance> = fc
  .record({ status, ref, text, other: text, moment, version: fc.integer({ min: -1, max: 99 }) })
  .map(({ text, other, moment: atMs, version, ...fields }) =>
    anInstance({
      ...fields,
      title: text,
      signals: [{ name: text, isReceived: version > 50 }],
      referenceId: other,
      statusMessage: text,
      step: { uniqueName: other, name: text },
      definition: { id: text, name: other, version, type: text },
      startedAtMs: atMs,
      modifiedAtMs: atMs,
      facts: { requesters: [text], subject: other, names: [], others: [] },
    }),
  );

const row: fc.Arbitrary<Row> = fc.record({
  code: fc.oneof(text, fc.stringMatching(/^[A-Z0-9]{4,6}$/)),
  instance,
  label: text,
});
const rows = fc.array(row, { maxLength: 40 });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('restart' as const), instance: ref, version: fc.nat(99) }),
  fc.record({
    kind: fc.constantFrom('stop' as const, 'pause' as const, 'abort' as const),
    instance: ref,
  }),
  fc.record({ kind: fc.constant('resume' as const), instance: ref, afterError: fc.boolean() }),
  fc.record({ kind: fc.constant('alert' as const), instance: ref, activityId: text, output: text }),
  fc.record({
    kind: fc.constant('execute' as const),
    system: text,
    definition: text,
    variables: fc.array(fc.record({ name: text, type: fc.constant('string' as const), value: text }), {
      maxLength: 40,
    }),
  }),
);

const whereabouts = fc.record({
  status,
  statusMessage: text,
  step: fc.record({ uniqueName: text, name: text }),
});
const openApproval = fc.record({
  code: text,
  channel: fc.oneof(text, fc.constant('C0PKI')),
  isActivityKnown: fc.boolean(),
});
const mayNotRun = fc.oneof(
  fc.constant({ kind: 'no-rule' as const }),
  person.map(({ membership: standing }) => ({ kind: 'not-a-member' as const, membership: standing })),
);

const outcome: fc.Arbitrary<ChangeOutcome> = fc.oneof(
  fc.constant({ kind: 'done' as const }),
  fc.record({ kind: fc.constant('done' as const), now: whereabouts }),
  fc.record({ kind: fc.constant('done' as const), now: whereabouts, started: ref }),
  fc.record({ kind: fc.constant('done' as const), now: whereabouts, candidates: fc.nat(5) }),
  fc.record({ kind: fc.constant('not-allowed' as const), why: mayNotRun }),
  fc.record({ kind: fc.constant('moved-meanwhile' as const), now: whereabouts }),
  fc.record({ kind: fc.constant('approval-open' as const), approval: openApproval }),
  fc.record({ kind: fc.constant('refused' as const), reason: text, said: text }),
  fc.constantFrom(
    { kind: 'person-not-checked' as const },
    { kind: 'not-found' as const },
    { kind: 'unreachable' as const },
    { kind: 'unknown' as const },
    { kind: 'not-sent' as const },
  ),
);

/** Any change at all, however far it has come. */
export const anyChange: fc.Arbitrary<ChangeRecord> = fc
  .record({
    id: text,
    person: personId,
    change,
    title: text,
    definition: text,
    code: text,
    isOverride: fc.boolean(),
    phase: fc.constantFrom(
      'proposed' as const,
      'confirmed' as const,
      'sending' as const,
      'following' as const,
      'over' as const,
    ),
    replicaId: text,
    proposedAtMs: moment,
    started: ref,
    outcome,
    hasStarted: fc.boolean(),
  })
  .map(({ hasStarted, started, ...record }) => ({ ...record, ...(hasStarted ? { started } : {}) }));

const usageProblem: fc.Arbitrary<UsageProblem> = fc.oneof(
  fc.record({ kind: fc.constant('missing' as const), what: text }),
  fc.record({ kind: fc.constantFrom('not-a-value' as const, 'too-much' as const), typed: text }),
  fc.record({ kind: fc.constant('unknown-word' as const), typed: text, near: text }),
);

const may: fc.Arbitrary<MayDecide> = fc.oneof(
  text.map((name) => ({ kind: 'yes' as const, rule: aRule({ name }), identities: [name] })),
  text.map((name) => ({ kind: 'not-an-approver' as const, rule: aRule({ name }) })),
  fc.constantFrom(
    { kind: 'no-rule' as const },
    { kind: 'own-request' as const },
    { kind: 'not-mapped' as const },
    { kind: 'requester-unknown' as const },
  ),
);

const definitionRow = fc.record({
  definition: fc.record({ id: text, name: text, version: fc.nat(9), type: text }),
  label: text,
  system: text,
});

const variable = fc.record({
  name: text,
  type: fc.constantFrom('string' as const, 'number' as const, 'boolean' as const, 'date' as const),
  isRequired: fc.boolean(),
  default: fc.oneof(text, fc.constantFrom('3', 'yes', '2026-11-30', '')),
});

/** Workflows to start, as many as the settings may name. */
export const anyStartOptions: fc.Arbitrary<readonly StartOption[]> = fc.array(
  fc.record({
    startable: fc.record({
      system: text,
      definition: text,
      title: text,
      variables: fc.array(variable, { maxLength: 100 }),
    }),
    label: fc.oneof(text, fc.constant('Work Tasks')),
  }),
  { maxLength: 120 },
);

const definitions = fc.array(definitionRow, { maxLength: 120 });

/** Rows of runs, as many as a system may have. */
export const anyRows = fc.array(row, { maxLength: 120 });

const allowed = fc.uniqueArray(
  fc.constantFrom(
    'restart' as const,
    'stop' as const,
    'pause' as const,
    'resume' as const,
    'abort' as const,
    'alert' as const,
  ),
);

const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ kind: fc.constantFrom('put' as const, 'ended' as const), atMs: moment, approval: anyApproval }),
  fc.record({
    kind: fc.constant('vote' as const),
    atMs: moment,
    vote: fc
      .record({ name: text, comment: text, output: text })
      .map(({ name, comment, output }) => aVote({ name, comment, output })),
  }),
  fc.record({ kind: fc.constant('change' as const), atMs: moment, record: anyChange }),
);

const ledgerKinds = [
  'vote',
  'decision',
  'refusal',
  'withdrawal',
  'taken-back',
  'signal',
  'signal-answer',
  'question',
  'answer',
  'nudge',
  'ending',
  'command',
  'change',
  'change-outcome',
  'told',
  'key',
  'absence',
  'absence-end',
] as const;

const entry: fc.Arbitrary<LedgerEntry> = fc.record({
  system: text,
  kind: fc.constantFrom(...ledgerKinds),
  atMs: moment,
  person: fc.record({ teamId: text, userId: text, name: text }),
  code: text,
  sent: fc.record({ verb: text, output: text }),
  answered: fc.record({ kind: text, reason: text, have: fc.nat(9), of: fc.nat(9) }),
  note: fc.record({ verb: text, comment: text, phase: text }),
});

const absence: fc.Arbitrary<Absence> = fc.record({
  id: text,
  person: personId,
  name: text,
  delegate: personId,
  delegateName: text,
  rule: text,
  sinceMs: moment,
  untilMs: moment,
});

/** One of every kind of reply; a kind that is forgotten here does not compile. */
const byKind: { readonly [Kind in Reply['kind']]: fc.Arbitrary<Extract<Reply, { kind: Kind }>> } = {
  help: fc.oneof(
    fc.constant({ kind: 'help' as const }),
    fc.record({ kind: fc.constant('help' as const), about: verb }),
  ),
  'unknown-verb': fc.record({ kind: fc.constant('unknown-verb' as const), typed: text, near: verb }),
  usage: fc.record({ kind: fc.constant('usage' as const), verb, problem: usageProblem }),
  status: fc
    .record({
      row,
      allowed,
      approval: anyApproval,
      roles: fc.array(text, { maxLength: 12 }),
      link: fc.oneof(fc.webUrl(), text),
      canAct: fc.array(personId, { maxLength: 15 }),
      history: fc.array(event, { maxLength: 30 }),
    })
    .map(({ row: shown, roles, ...rest }) => ({
      kind: 'status' as const,
      status: { ...shown, ...rest, requirement: { needed: 2, roles } },
    })),
  list: fc.record({
    kind: fc.constant('list' as const),
    state: fc.constantFrom('waiting' as const, 'failed' as const, 'mine' as const, 'any' as const),
    text: text,
    page: fc.integer({ min: 1, max: 99 }),
    rows,
    hasMore: fc.boolean(),
    silent,
    cut: silent,
  }),
  ambiguous: fc.record({ kind: fc.constant('ambiguous' as const), typed: text, rows }),
  'not-found': fc.record({ kind: fc.constant('not-found' as const), typed: text, silent }),
  removed: fc.record({
    kind: fc.constant('removed' as const),
    what: fc.constantFrom('approval' as const, 'receipt' as const),
    removedAtMs: moment,
  }),
  away: fc.record({
    kind: fc.constant('away' as const),
    absence,
    unattended: fc.array(text, { maxLength: 5 }),
  }),
  'away-before': fc.record({ kind: fc.constant('away-before' as const), absence }),
  back: fc.record({ kind: fc.constant('back' as const), absences: fc.array(absence, { maxLength: 5 }) }),
  'bad-date': fc.record({
    kind: fc.constant('bad-date' as const),
    typed: text,
    why: fc.constantFrom('not-a-date' as const, 'past' as const, 'too-long' as const),
  }),
  'no-approver': fc.record({
    kind: fc.constant('no-approver' as const),
    typed: text,
    rules: fc.array(text, { maxLength: 5 }),
  }),
  'no-delegate': fc.record({
    kind: fc.constant('no-delegate' as const),
    delegate: personId,
    why: fc.constantFrom('yourself' as const, 'not-a-delegate' as const, 'not-mapped' as const),
  }),
  'may-not': fc.record({
    kind: fc.constant('may-not' as const),
    why: fc.constantFrom('suspended' as const, 'not-a-member' as const),
  }),
  value: fc.oneof(
    fc.record({ kind: fc.constant('value' as const), title: text, name: text, text: text }),
    fc.record({ kind: fc.constant('value' as const), title: text, name: text, said: text }),
  ),
  definitions: fc.record({ kind: fc.constant('definitions' as const), rows: definitions, silent }),
  'approval-open': fc.record({
    kind: fc.constant('approval-open' as const),
    instance: fc.record({ system: text, id: text }),
    activityId: text,
    approval: openApproval,
  }),
  shadow: fc.record({
    kind: fc.constant('shadow' as const),
    isLive: fc.boolean(),
    sum: fc.record({
      sinceMs: fc.nat(),
      untilMs: fc.nat(),
      posted: fc.nat(99),
      decided: fc.nat(99),
      waiting: fc.nat(99),
      medianMs: fc.nat(),
      asked: fc.array(fc.record({ name: text, count: fc.nat(99) }), { maxLength: 20 }),
      refused: fc.array(fc.record({ name: fc.constantFrom(...shadowReasons), count: fc.nat(99) })),
      missed: fc.array(fc.record({ name: fc.constantFrom(...shadowReasons), count: fc.nat(99) })),
    }),
  }),
  report: fc.record({ kind: fc.constant('report' as const), report: anyReport }),
  'no-candidate': fc.record({ kind: fc.constant('no-candidate' as const), problem: text }),
  simulation: fc.record({
    kind: fc.constant('simulation' as const),
    simulation: fc.record({
      sinceMs: fc.nat(),
      requests: fc.nat(99),
      notKnown: fc.nat(99),
      changed: fc.nat(99),
      differences: fc.array(
        fc.record({
          kind: fc.constantFrom(...simulatedKinds),
          from: text,
          to: text,
          rules: text,
          count: fc.nat(99),
          codes: fc.array(text, { maxLength: 5 }),
        }),
        { maxLength: 20 },
      ),
    }),
  }),
  mine: fc.record({
    kind: fc.constant('mine' as const),
    approvals: fc.array(anyApproval, { maxLength: 20 }),
    total: fc.nat(99),
  }),
  nudged: fc.record({ kind: fc.constant('nudged' as const), approval: anyApproval, count: fc.nat(9) }),
  'nudged-before': fc.record({
    kind: fc.constant('nudged-before' as const),
    approval: anyApproval,
    againAtMs: moment,
  }),
  'not-requested': fc.record({ kind: fc.constant('not-requested' as const), typed: text }),
  approvals: fc.record({
    kind: fc.constant('approvals' as const),
    page: fc.integer({ min: 1, max: 99 }),
    rows: fc.array(fc.record({ card: anyCard, channel: fc.oneof(text, fc.constant('C0PKI')) }), {
      maxLength: 10,
    }),
    total: fc.nat(99),
    hasMore: fc.boolean(),
    voted: fc.nat(3),
  }),
  why: fc
    .record({
      row,
      routeName: text,
      targets: fc.array(fc.oneof(text, fc.constantFrom('C0PKI', 'T0EXAMPLE/U0ADA')), { maxLength: 9 }),
      ruleName: text,
      people: fc.array(fc.record({ person, may }), { maxLength: 25 }),
      asker: may,
    })
    .map(({ row: shown, ruleName, ...why }) => ({
      kind: 'why' as const,
      why: { ...shown, ...why, rule: aRule({ name: ruleName }) },
    })),
  history: fc
    .record({
      row,
      page: fc.integer({ min: 1, max: 99 }),
      hasMore: fc.boolean(),
      entries: fc.array(entry, { maxLength: 10 }),
    })
    .map(({ row: shown, ...rest }) => ({ kind: 'history' as const, ...shown, ...rest })),
  evidence: fc
    .record({
      // The button holds the code, which is always one of ours.
      row: row.map((one) => ({ ...one, code: 'K7F3' })),
      records: fc.nat(),
      decisions: fc.nat(),
      kept: fc.nat(),
      sending: fc.option(
        fc.oneof(
          fc.constantFrom('possible' as const, 'done' as const, 'too-large' as const, 'not-known' as const),
          text.map((failed) => ({ failed })),
        ),
        { nil: undefined },
      ),
    })
    .map(({ row: shown, sending, ...rest }) => ({
      kind: 'evidence' as const,
      ...shown,
      ...rest,
      ...(sending === undefined ? {} : { sending }),
    })),
  doctor: anyHealth.map((health) => ({ kind: 'doctor' as const, health })),
  receipt: fc
    .record({ approval: anyApproval, name: text, comment: text, isRepudiated: fc.boolean() })
    .map(({ approval, name, comment, isRepudiated }) => ({
      kind: 'receipt' as const,
      receipt: aReceipt({ vote: aVote({ name, comment }), shown: decisionFactsOf(approval.instance) }),
      approval,
      comment,
      isRepudiated,
    })),
  'no-receipt': fc.record({ kind: fc.constant('no-receipt' as const), typed: text }),
  restored: fc.record({ kind: fc.constant('restored' as const), person: personId }),
  whoami: fc
    .record({
      person,
      identities: fc.array(fc.record({ label: text, names: fc.array(text) }), { maxLength: 30 }),
      approverRules: fc.array(text, { maxLength: 30 }),
      operatorRules: fc.array(fc.record({ name: text, verbs: fc.array(verb) }), { maxLength: 30 }),
    })
    .map((who) => ({ kind: 'whoami' as const, who })),
  link: fc.record({
    kind: fc.constant('link' as const),
    system: text,
    label: text,
    requestId: text,
    username: text,
  }),
  unlinked: fc.record({
    kind: fc.constant('unlinked' as const),
    label: text,
    username: text,
    provider: fc.constantFrom('revoked' as const, 'unsupported' as const, 'failed' as const),
  }),
  'not-linked': fc.record({ kind: fc.constant('not-linked' as const), system: text, label: text }),
  'which-system': fc.record({
    kind: fc.constant('which-system' as const),
    verb,
    systems: fc.array(text, { maxLength: 20 }),
  }),
  proposal: fc.oneof(
    fc.record({
      kind: fc.constant('proposal' as const),
      record: anyChange,
      now: instance,
      isAllowed: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('proposal' as const), record: anyChange, isAllowed: fc.boolean() }),
  ),
  change: fc.record({ kind: fc.constant('change' as const), record: anyChange }),
  'not-allowed': fc.record({ kind: fc.constant('not-allowed' as const), verb, why: mayNotRun }),
  unsupported: fc.record({
    kind: fc.constant('unsupported' as const),
    verb,
    label: text,
    offers: fc.array(verb),
  }),
  'bad-value': fc.record({
    kind: fc.constant('bad-value' as const),
    name: text,
    typed: text,
    expected: text,
  }),
  unreachable: fc.record({ kind: fc.constant('unreachable' as const), label: text }),
  'person-not-checked': fc.constant({ kind: 'person-not-checked' as const }),
  'shadow-off': fc.constant({ kind: 'shadow-off' as const }),
  broke: fc.record({ kind: fc.constant('broke' as const), ref: text }),
};

/** Any reply at all, by its kind. */
export const anyReplies: readonly (readonly [kind: string, reply: fc.Arbitrary<Reply>])[] =
  Object.entries(byKind);
