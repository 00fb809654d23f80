import fc from 'fast-check';
import type {
  Alert,
  AlertAction,
  AlertReply,
  FollowUpContent,
  Incident,
  IncidentState,
  Mention,
} from '../../../src/domain/incident.js';
import { defined } from '../../../src/shared/language.js';
import { anIncident } from '../../support/an-incident.js';
import { anyChange } from '../commands/any-reply.js';
import { hostileText } from '../hostile.js';

const text = hostileText;
const moment = fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.constantFrom(-1, Number.NaN, 9e15));
const ref = fc.record({ system: text, id: text });
const link = fc.oneof(fc.webUrl(), text);
const personId = fc.record({ teamId: text, userId: fc.oneof(text, fc.constant('U0ADA')) });

const sample = fc.record(
  {
    ref,
    code: text,
    title: text,
    startedBy: text,
    startedAtMs: moment,
    failedAtMs: moment,
    message: text,
    link,
  },
  { requiredKeys: ['ref', 'code', 'title', 'failedAtMs', 'message'] },
);

const state: fc.Arbitrary<IncidentState> = fc.oneof(
  fc.constant({ kind: 'open' as const }),
  fc.record({
    kind: fc.constant('resolved' as const),
    atMs: moment,
    how: fc.oneof(
      fc.record({
        kind: fc.constantFrom('recovered' as const, 'dealt-with' as const),
        by: fc.array(text, { maxLength: 20 }),
      }),
      fc.constant({ kind: 'quiet' as const }),
    ),
  }),
);

/** Any incident at all. */
const anyIncident: fc.Arbitrary<Incident> = fc
  .record(
    {
      id: fc.oneof(text, fc.uuid()),
      code: text,
      system: text,
      definition: fc.record({ id: text, name: text, version: fc.nat(9), type: text }),
      kind: fc.constantFrom('failed' as const, 'aborted' as const),
      count: fc.integer({ min: 1, max: 999_999 }),
      unresolved: fc.nat(999_999),
      failed: fc.nat(999_999),
      messages: fc.array(fc.record({ text: text, count: fc.nat(9999) }), { maxLength: 10 }),
      samples: fc.array(sample, { maxLength: 5 }),
      firstAtMs: moment,
      lastAtMs: moment,
      state,
      version: fc.nat(999),
      step: fc.record({ uniqueName: text, name: text }),
      lastGoodStep: text,
      owner: fc.record({ person: personId, name: text, atMs: moment }),
    },
    {
      requiredKeys: [
        'id',
        'code',
        'system',
        'definition',
        'kind',
        'count',
        'unresolved',
        'failed',
        'messages',
        'samples',
        'firstAtMs',
        'lastAtMs',
        'state',
        'version',
      ],
    },
  )
  .map((fields) => {
    const { step: _step, lastGoodStep: _good, ...bare } = anIncident();
    return { ...bare, ...fields };
  });

const mention: fc.Arbitrary<Mention> = fc.oneof(
  fc.record({ kind: fc.constant('person' as const), person: personId }),
  fc.record({ kind: fc.constant('group' as const), groupId: fc.oneof(text, fc.constant('S0OPS')) }),
);
const mentions = fc.array(mention, { maxLength: 30 });
const mute = fc.record({ key: text, untilMs: moment, person: personId, name: text });

const actionSets: readonly (readonly AlertAction[])[] = [
  ['details'],
  ['restart', 'resume', 'abort', 'details', 'mute', 'take'],
  ['resume', 'details', 'unmute'],
];

/** Any alert at all. */
export const anyAlert: fc.Arbitrary<Alert> = fc
  .record(
    {
      incident: anyIncident,
      mentions,
      severity: fc.constantFrom('info' as const, 'warning' as const, 'critical' as const),
      actions: fc.constantFrom(...actionSets),
      quietUntilMs: moment,
      mute,
    },
    { requiredKeys: ['incident', 'mentions', 'severity', 'actions'] },
  )
  .map(({ mentions: called, severity, quietUntilMs, ...alert }) => ({
    ...alert,
    route: {
      channels: [],
      mentions: called,
      severity,
      ...defined({ quietUntilMs }),
    },
  }));

const records = fc
  .record({ change: anyChange, count: fc.constantFrom(1, 2, 50) })
  .map(({ change, count }) => Array.from({ length: count }, () => change));

/** Anything that is said in a thread. */
export const anyFollowUp: fc.Arbitrary<FollowUpContent> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('more' as const, 'taken' as const, 'resolved' as const),
    incident: anyIncident,
  }),
  fc.record({ kind: fc.constant('changes' as const), incident: anyIncident, records }),
  fc.record({ kind: fc.constant('call' as const), incident: anyIncident, mentions }),
);

/** Any question whether something is to be done to runs that failed. */
export const anyProposal: fc.Arbitrary<Extract<AlertReply, { kind: 'proposal' }>> = fc.record({
  kind: fc.constant('proposal' as const),
  incident: anyIncident,
  way: fc.constantFrom('restart' as const, 'resume' as const, 'abort' as const),
  batchId: fc.oneof(text, fc.uuid()),
  records,
  more: fc.nat(300),
});

/** Any answer that is given in words alone. */
export const anyPlainReply: fc.Arbitrary<Exclude<AlertReply, { kind: 'proposal' | 'details' }>> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'taken' as const,
      'taken-before' as const,
      'unmuted' as const,
      'nothing-failed' as const,
      'over' as const,
    ),
    incident: anyIncident,
  }),
  fc.record({ kind: fc.constant('muted' as const), incident: anyIncident, mute }),
  fc.record({ kind: fc.constant('broke' as const), ref: text }),
);
