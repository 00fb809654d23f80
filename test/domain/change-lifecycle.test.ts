import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChangeRecord } from '../../src/domain/change.js';
import {
  type ChangeEvent,
  changeAfter,
  changeLifecycle,
  isProposalFresh,
  mayHaveArrived,
} from '../../src/domain/change.js';
import { aChange, aProposal } from '../contracts/store/a-change.js';
import { anInstance, noonMs } from '../support/an-approval.js';

const { ref } = anInstance();
const now = { status: { kind: 'running', raw: 'Running' } } as const;
const batch = { id: 'batch-1', incidentId: 'incident-1', place: 0 };
const alert = { kind: 'alert', instance: ref, activityId: '0501', output: 'Approved' } as const;

const events: readonly ChangeEvent[] = [
  { kind: 'confirmed', atMs: noonMs + 1, replicaId: 'bot-2', place: { channel: 'C0OPS' } },
  { kind: 'confirmed', atMs: noonMs + 2, replicaId: 'bot-3' },
  { kind: 'repeated', twin: aChange({ id: 'twin' }) },
  { kind: 'canceled' },
  { kind: 'withheld', outcome: { kind: 'not-found' } },
  { kind: 'withheld', outcome: { kind: 'not-sent' } },
  { kind: 'withheld', outcome: { kind: 'approval-open', approval: { code: 'KA17', isActivityKnown: true } } },
  { kind: 'sending', deadlineMs: noonMs + 60_000, replicaId: 'bot-2' },
  { kind: 'taken' },
  { kind: 'taken', started: { system: 'command', id: 'run-2' } },
  { kind: 'refused', outcome: { kind: 'refused', reason: 'wrong-state' } },
  { kind: 'refused', outcome: { kind: 'unknown', refused: { reason: 'wrong-state' } } },
  { kind: 'undelivered', outcome: { kind: 'unreachable' } },
  { kind: 'undelivered', outcome: { kind: 'not-sent' } },
  { kind: 'unanswered' },
  { kind: 'seen', outcome: { kind: 'done', now }, isAtRest: false, isFirst: true },
  { kind: 'seen', outcome: { kind: 'done', now }, isAtRest: false, isFirst: false },
  {
    kind: 'seen',
    outcome: { kind: 'done', started: { system: 'command', id: 'run-3' } },
    isAtRest: true,
    isFirst: false,
  },
  { kind: 'retired' },
];

const anEvent = fc.constantFrom(...events);
const proposals: readonly ChangeRecord[] = [aProposal(), aProposal({ change: alert }), aProposal({ batch })];

/** Plays events one after the other, and tells each step that was taken. */
function play(proposal: ChangeRecord, played: readonly ChangeEvent[]) {
  const steps: {
    readonly before: ChangeRecord;
    readonly event: ChangeEvent;
    readonly after: ChangeRecord;
  }[] = [];
  let change = proposal;
  for (const event of played) {
    const step = changeAfter(change, event);
    if (!step) continue;
    steps.push({ before: change, event, after: step.change });
    change = step.change;
  }
  return { change, steps };
}

const nameOf = (from: string, event: string, to: string) => `${from} -- ${event} -> ${to}`;
const inTable = changeLifecycle.transitions.flatMap(({ from, event, to }) =>
  to.map((one) => nameOf(from, event, one)),
);

/** Any sequence, and any that begins by going as far as it can. */
const anyEvents = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.array(anEvent, { maxLength: 12 }))
  .map(([far, more]) => {
    const road = ['confirmed', 'sending', 'taken'].flatMap(
      (kind) => events.find((one) => one.kind === kind) ?? [],
    );
    return [...road.slice(0, far), ...more];
  });

describe('whatever happens to a change, in whatever order', () => {
  it('it takes only steps of its table', () => {
    fc.assert(
      fc.property(fc.constantFrom(...proposals), anyEvents, (proposal, played) => {
        for (const { before, event, after } of play(proposal, played).steps)
          expect(inTable).toContain(nameOf(before.phase, event.kind, after.phase));
      }),
    );
  });

  it('it is sent at most once, only after it was confirmed, and by whom it was shown to', () => {
    fc.assert(
      fc.property(fc.constantFrom(...proposals), anyEvents, (proposal, played) => {
        const { change, steps } = play(proposal, played);
        const kinds = steps.map(({ event }) => event.kind);
        expect(kinds.filter((kind) => kind === 'sending').length).toBeLessThanOrEqual(1);
        if (kinds.includes('sending')) expect(kinds.indexOf('confirmed')).toBe(0);
        expect(change).toMatchObject({ person: proposal.person, change: proposal.change, id: proposal.id });
      }),
    );
  });

  it('it has an outcome, or counts as another, exactly when it is over, and stays so', () => {
    fc.assert(
      fc.property(fc.constantFrom(...proposals), anyEvents, anEvent, (proposal, played, late) => {
        const { change, steps } = play(proposal, played);
        for (const { after } of steps)
          expect((after.outcome ?? after.sameAs) !== undefined).toBe(after.phase === 'over');
        if (change.phase === 'over') expect(changeAfter(change, late)).toBeUndefined();
      }),
    );
  });

  it('it never says that nothing was sent of what the system took, or that it is done when it was not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...proposals), anyEvents, (proposal, played) => {
        const { change, steps } = play(proposal, played);
        const kinds = steps.map(({ event }) => event.kind);
        if (kinds.includes('taken')) expect(mayHaveArrived(change)).toBe(true);
        if (!kinds.includes('sending')) expect(mayHaveArrived(change)).toBe(false);
        if (change.outcome?.kind === 'done') expect(kinds).toContain('taken');
      }),
    );
  });
});

describe('the table of a change', () => {
  it('lists no step that never happens', () => {
    const taken = new Set<string>();
    fc.assert(
      fc.property(fc.constantFrom(...proposals), anyEvents, (proposal, played) => {
        for (const { before, event, after } of play(proposal, played).steps)
          taken.add(nameOf(before.phase, event.kind, after.phase));
      }),
      { numRuns: 3_000, seed: 11 },
    );
    expect([...taken].sort()).toEqual([...inTable].sort());
  });

  it('says of every state what it promises, and of every event what it means', () => {
    const names = ({ states, events: known }: typeof changeLifecycle) => [
      states.map(({ kind }) => kind),
      [...new Set(known.map(({ kind }) => kind))].sort(),
    ];
    expect(names(changeLifecycle)).toEqual([
      ['proposed', 'confirmed', 'sending', 'following', 'over'],
      [...new Set(events.map(({ kind }) => kind))].sort(),
    ]);
    for (const { promise } of changeLifecycle.states) expect(promise).toMatch(/\.$/);
    for (const { meaning } of changeLifecycle.events) expect(meaning).toMatch(/\.$/);
  });
});

describe('who is told of a step', () => {
  const sending = aChange({ phase: 'sending', change: alert });
  const notified = (change: ChangeRecord, event: ChangeEvent) =>
    changeAfter(change, event)?.notifications.map(({ kind }) => kind);

  it('is whoever asked, or the thread of the alert it was asked for on', () => {
    expect(notified(aChange(), { kind: 'withheld', outcome: { kind: 'not-found' } })).toEqual(['reply']);
    expect(notified(aChange({ batch }), { kind: 'withheld', outcome: { kind: 'not-found' } })).toEqual([
      'thread',
    ]);
  });

  it('is nobody while the request is on its way', () => {
    expect(notified(aChange(), { kind: 'sending', deadlineMs: noonMs, replicaId: 'bot-1' })).toEqual([]);
    expect(notified(sending, { kind: 'taken' })).toEqual([]);
  });

  it.each<[ChangeEvent, readonly string[]]>([
    [{ kind: 'refused', outcome: { kind: 'refused', reason: 'wrong-state' } }, ['reply', 'cards']],
    [{ kind: 'undelivered', outcome: { kind: 'unreachable' } }, ['reply', 'cards']],
    [{ kind: 'refused', outcome: { kind: 'unknown', refused: { reason: 'wrong-state' } } }, ['reply']],
    [{ kind: 'unanswered' }, ['reply']],
  ])('is also the cards of an activity, once %j means that it was not answered', (event, expected) => {
    expect(notified(sending, event)).toEqual(expected);
  });
});

describe('a proposal', () => {
  it('can be confirmed for ten minutes', () => {
    expect(isProposalFresh(aProposal(), noonMs + 600_000)).toBe(true);
    expect(isProposalFresh(aProposal(), noonMs + 600_001)).toBe(false);
  });
});
