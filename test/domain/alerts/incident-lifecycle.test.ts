import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlertPolicy, Incident, Mute } from '../../../src/domain/incident.js';
import {
  type IncidentEvent,
  incidentAfter,
  incidentLifecycle,
  phaseOf,
} from '../../../src/domain/incident.js';
import { aPersonId, noonMs } from '../../support/an-approval.js';
import { anIncident } from '../../support/an-incident.js';
import { aFailure, aNewFailure } from './a-failure.js';

const policy: AlertPolicy = {
  isOn: true,
  channel: 'C0OPS',
  rules: [
    {
      name: 'All',
      match: {},
      channels: ['C0PKI'],
      mentions: [{ kind: 'person', person: aPersonId() }],
      severity: 'critical',
      quietHours: { fromMinute: 11 * 60, toMinute: 12 * 60 + 10, timeZone: 'UTC' },
    },
  ],
  quietAfterMs: 60_000,
};
const mute: Mute = {
  key: anIncident().key,
  untilMs: noonMs + 5_000,
  person: aPersonId(),
  name: 'Ada Okafor',
};
const followed = { kind: 'followed', by: [], quietAfterMs: policy.quietAfterMs } as const;
const failed = { kind: 'failed', failures: [aNewFailure(1), aNewFailure(2)], policy } as const;

const events: readonly IncidentEvent[] = [
  { ...failed, nowMs: noonMs },
  { ...failed, failures: [], nowMs: noonMs + 10_000 },
  { ...followed, failures: [aFailure(), aFailure({ state: 'retrying' })], nowMs: noonMs },
  { ...followed, failures: [aFailure({ state: 'recovered' })], nowMs: noonMs },
  { ...followed, failures: [aFailure()], nowMs: noonMs + 600_000 },
  { kind: 'taken', owner: { person: aPersonId(), name: 'Ada Okafor', atMs: noonMs } },
  { kind: 'taken', owner: { person: aPersonId('U0BO'), name: 'Bo Tran', atMs: noonMs }, isTakeOver: true },
  { kind: 'handed-back', person: aPersonId() },
  { kind: 'muted', mute },
  { kind: 'unmuted' },
];

/** Plays events one after the other, and tells each step that was taken. */
function play(played: readonly IncidentEvent[]) {
  const steps: { readonly before: Incident; readonly event: IncidentEvent; readonly after: Incident }[] = [];
  let heard: { readonly incident: Incident; readonly mute: Mute | undefined } = {
    incident: anIncident(),
    mute: undefined,
  };
  for (const event of played) {
    const step = incidentAfter(heard, event);
    if (!step) continue;
    steps.push({ before: heard.incident, event, after: step.incident });
    heard = step;
  }
  return { ...heard, steps };
}

const nameOf = (from: string, event: string, to: string) => `${from} -- ${event} -> ${to}`;
const inTable = incidentLifecycle.transitions.flatMap(({ from, event, to }) =>
  to.map((one) => nameOf(from, event, one)),
);
const anyEvents = fc.array(fc.constantFrom(...events), { maxLength: 15 });

describe('whatever happens to an incident, in whatever order', () => {
  it('it takes only steps of its table, and its table lists none that never happens', () => {
    const taken = new Set<string>();
    fc.assert(
      fc.property(anyEvents, (played) => {
        for (const { before, event, after } of play(played).steps)
          taken.add(nameOf(phaseOf(before), event.kind, phaseOf(after)));
      }),
      { numRuns: 1_000, seed: 11 },
    );
    expect([...taken].sort()).toEqual([...inTable].sort());
  });

  it('it is never opened again, loses whoever is on it to nobody who does not say so, and never forgets a failure', () => {
    fc.assert(
      fc.property(anyEvents, (played) => {
        for (const { before, event, after } of play(played).steps) {
          if (before.state.kind === 'resolved') expect(after).toEqual(before);
          const isTakenOver = event.kind === 'taken' && event.isTakeOver;
          const isLeft = event.kind === 'handed-back' || isTakenOver;
          if (before.owner && !isLeft) expect(after.owner).toEqual(before.owner);
          expect(after.count).toBeGreaterThanOrEqual(before.count);
        }
      }),
    );
  });
});

describe('more failures of a kind', () => {
  const event = { ...failed, nowMs: noonMs } as const;

  it('are told by the alert, in its thread, and to people after quiet hours', () => {
    expect(incidentAfter({ incident: anIncident(), mute: undefined }, event)?.notifications).toEqual([
      { kind: 'alert', channels: ['C0PKI'], callAtMs: noonMs + 10 * 60_000 },
      { kind: 'follow-up', followUp: { kind: 'more' } },
    ]);
  });

  it('are counted and not told while the kind is muted', () => {
    const step = incidentAfter({ incident: anIncident(), mute }, event);
    expect([step?.incident.count, step?.notifications]).toEqual([3, []]);
  });

  it('are told again once the mute is over', () => {
    const late = { ...event, nowMs: mute.untilMs };
    expect(incidentAfter({ incident: anIncident(), mute }, late)?.notifications).toHaveLength(2);
  });
});
