import fc from 'fast-check';
import type { MissingCardReason } from '../../../src/domain/card.js';
import type { HealthReport } from '../../../src/domain/reply.js';
import { noonMs } from '../../support/an-approval.js';
import { anyApproval, hostileText as text } from '../hostile.js';

const moment = fc.integer({ min: noonMs - 1e10, max: noonMs + 1e10 });
const personId = fc.record({ teamId: text, userId: text });

const why: fc.Arbitrary<MissingCardReason> = fc.oneof(
  fc.constantFrom(
    { kind: 'next' as const },
    { kind: 'nowhere' as const },
    { kind: 'digest' as const },
    { kind: 'nobody-may' as const },
    { kind: 'link-only' as const },
  ),
  moment.map((dueAtMs) => ({ kind: 'turn' as const, dueAtMs })),
  text.map((error) => ({ kind: 'given-up' as const, error })),
  fc.record({
    kind: fc.constant('retried' as const),
    dueAtMs: moment,
    error: text,
    mayHavePosted: fc.boolean(),
  }),
);

/** Any state of health at all. */
export const anyHealth: fc.Arbitrary<HealthReport> = fc.record({
  systems: fc.array(
    fc.oneof(
      fc.record({ label: text, hasAlerts: fc.boolean() }),
      fc.record({
        label: text,
        hasAlerts: fc.boolean(),
        respondedAtMs: moment,
        silence: fc.record({ sinceMs: moment, polls: fc.nat(999) }),
      }),
    ),
    { maxLength: 20 },
  ),
  withoutCard: fc.array(fc.record({ approval: anyApproval, label: text, why }), { maxLength: 20 }),
  outbox: fc.array(
    fc.record({
      kind: fc.constantFrom('card' as const, 'notice' as const, 'alert' as const, 'follow-up' as const),
      pending: fc.nat(10_000),
      oldestDueMs: fc.nat(1e9),
    }),
    { maxLength: 4 },
  ),
  incidents: fc.array(fc.record({ code: text, label: text, definition: text, unresolved: fc.nat(999) }), {
    maxLength: 20,
  }),
  lostPlaces: fc.array(
    fc.record({
      sinceMs: moment,
      target: fc.oneof(
        text.map((channel) => ({ kind: 'channel' as const, channel })),
        personId.map((person) => ({ kind: 'person' as const, person })),
      ),
    }),
    { maxLength: 20 },
  ),
  unmapped: fc.array(fc.record({ rule: text, label: text, people: fc.array(personId, { maxLength: 20 }) }), {
    maxLength: 20,
  }),
});
