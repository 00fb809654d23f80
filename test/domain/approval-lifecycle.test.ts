import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Approval } from '../../src/domain/approval.js';
import {
  applyEvent,
  approvalLifecycle,
  claimedSignal,
  type Life,
  type LifecycleEvent,
  type Reading,
  type Snapshot,
  stageOf,
} from '../../src/domain/approval-lifecycle.js';
import type { Instance } from '../../src/domain/instance.js';
import {
  aDecision,
  anApproval,
  anInboundApproval,
  aPersonId,
  aVote,
  noonMs,
} from '../support/an-approval.js';

const ada = aVote();
const bo = aVote({ person: aPersonId('U0BO'), name: 'Bo', identities: ['KEYEXAMPLE\\bo'] });
const endings = ['complete', 'rejected', 'failed', 'canceled-for-restart', 'aborted', 'unknown'] as const;

/** Ways in which the run of an approval may be found; more often than not it still waits. */
const instances: readonly ((instance: Instance) => Instance)[] = [
  (instance) => instance,
  (instance) => instance,
  (instance) => ({ ...instance, fingerprint: 'f2', statusMessage: '1 of 2' }),
  (instance) => ({ ...instance, facts: { ...instance.facts, subject: 'CN=other' }, fingerprint: 'f3' }),
  (instance) => ({ ...instance, step: { uniqueName: 'approval-2', name: 'Second' }, fingerprint: 'f4' }),
  (instance) => ({ ...instance, awaitsApproval: false, status: { kind: 'running', raw: 'Running' } }),
  ...endings.map((kind) => ({ step: _step, ...instance }: Instance) => ({
    ...instance,
    awaitsApproval: false,
    status: { kind, raw: kind },
    fingerprint: kind,
  })),
];

/** Everything that is left to chance about one event. */
const anyChance = fc.record({
  pick: fc.nat(1_000),
  isFitting: fc.constantFrom(true, true, true, false),
  find: fc.constantFrom(...instances.slice(0, 5), ...instances),
  isHidden: fc.constantFrom(true, ...Array<boolean>(8).fill(false)),
  isGone: fc.constantFrom(true, ...Array<boolean>(15).fill(false)),
  isAssigned: fc.boolean(),
  isByPeople: fc.boolean(),
  isTaken: fc.boolean(),
  isDenial: fc.constantFrom(true, false, false),
  isHeld: fc.boolean(),
  votes: fc.subarray([ada, bo], { minLength: 1 }),
});

type Chance = typeof anyChance extends fc.Arbitrary<infer T> ? T : never;

/** Each kind of event about an approval, whether or not it fits where that stands. */
function eventsAbout(approval: Approval, chance: Chance): readonly LifecycleEvent[] {
  const { isAssigned, isHeld, votes, isDenial } = chance;
  const instance = chance.find(approval.instance);
  const found: Reading = chance.isGone
    ? { kind: 'not-visible' }
    : { kind: 'found', instance, successors: [] };
  const reading: Reading = chance.isHidden ? { kind: 'hidden' } : found;
  const snapshot: Snapshot = chance.isGone
    ? { kind: 'not-visible', ref: instance.ref }
    : { kind: 'seen', instance, isAssigned };
  const next = chance.isByPeople ? { id: 'next', replicaId: 'bot' } : undefined;
  const { person, name } = ada;
  const inbound = { outputs: [{ name: 'Approved', verdict: 'approve' } as const], suggested: [] };
  const decision = aDecision({ votes, verdict: isDenial ? 'deny' : 'approve' });
  const claim = { id: 'signal', replicaId: 'bot', decision, ...(isHeld ? { notBeforeMs: noonMs + 1 } : {}) };
  const note = { kind: 'vote-void', names: ['Bo'] } as const;
  // Only a workflow that told of its step itself tells more of it.
  const details: readonly LifecycleEvent[] = approval.inbound
    ? [
        { kind: 'details-changed', instance, inbound, changes: [] },
        { kind: 'details-completed', inbound },
      ]
    : [];
  return [
    { kind: 'snapshot', snapshot },
    ...details,
    { kind: 'votes-changed' },
    { kind: 'quorum-filled', signal: claimedSignal(claim, approval, noonMs) },
    { kind: 'taken-back', person },
    { kind: 'repudiated', person, name },
    { kind: 'rechecked', reading },
    { kind: 'votes-lost', note, kept: votes, lost: votes },
    { kind: 'delayed', waitsFor: isHeld ? 'system' : 'chat', untilMs: noonMs + 60_000 },
    { kind: 'expired' },
    { kind: 'sending', deadlineMs: noonMs + 30_000 },
    { kind: 'not-sent' },
    { kind: 'accepted' },
    { kind: 'unanswered' },
    { kind: 'refused', refused: { reason: 'no-role' }, reading, isUnsent: isHeld },
    { kind: 'outcome-read', reading, isAssigned, next },
    { kind: 'outcome-untold' },
    { kind: 'effect-read', reading, isAssigned: isHeld ? undefined : isAssigned, next },
    { kind: 'unwatched' },
  ];
}

/** Chooses an event; more often than not one that the table takes where a life stands. */
function choose(life: Life, chance: Chance): LifecycleEvent {
  const events = eventsAbout(life.approval, chance);
  const taken = approvalLifecycle.transitions.filter(({ from }) => from === stageOf(life));
  const fitting = events.filter(
    ({ kind }) => kind !== 'unwatched' && taken.some(({ event }) => event === kind),
  );
  const among = chance.isFitting && fitting.length > 0 ? fitting : events;
  return among[chance.pick % among.length] ?? { kind: 'unwatched' };
}

/** What the approval and the signal may never say of one another; empty where they agree. */
function contradictions({ approval: { state }, signal }: Life): readonly string[] {
  const phase = signal?.phase ?? 'settled';
  const isUnderWay = state.kind === 'deciding' || state.kind === 'held' || state.kind === 'checking';
  const rules: Readonly<Record<string, boolean>> = {
    'a signal is live exactly while a decision is under way': isUnderWay === (phase !== 'settled'),
    'what is held was not sent': state.kind !== 'held' || phase === 'claimed',
    'what is checked was sent': state.kind !== 'checking' || phase === 'sending' || phase === 'accepted',
    'what is said to be accepted is': state.kind !== 'checking' || !state.isAccepted || phase === 'accepted',
    'the decision shown is the one that is sent':
      !isUnderWay || JSON.stringify(state.decision) === JSON.stringify(signal?.decision),
    'nothing is sent more than twice': (signal?.sends ?? 0) <= 2,
    'a deadline is known while it may be on its way': phase !== 'sending' || signal?.deadlineMs !== undefined,
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [rule]));
}

/** What is wrong with what an event made of a life; undefined where all is well. */
function mistakeIn(
  life: Life,
  event: LifecycleEvent,
  after: ReturnType<typeof applyEvent>,
): string | undefined {
  const [from, to] = [stageOf(life), stageOf(after)];
  const row = approvalLifecycle.transitions.find((one) => one.from === from && one.event === event.kind);
  const isSame = after.approval === life.approval && after.signal === life.signal;
  const place = `${event.kind} in ${from} leads to ${to}`;
  if (after.refusal !== undefined && !(isSame && after.notifications.length + after.records.length === 0))
    return `${place} although it was refused`;
  if (row ? !row.to.includes(to) && after.refusal === undefined : !isSame)
    return `${place}, which the table does not say`;
  if (after.approval.revision < life.approval.revision) return `${place} and an older revision`;
  if ((after.approval.counted ?? []).length < (life.approval.counted ?? []).length)
    return `${place} and forgets who was counted`;
  if (to === 'ended' && from !== 'ended' && after.notifications[0]?.kind !== 'ending')
    return `${place} and tells nobody`;
  return undefined;
}

const anyBeginning = fc.constantFrom(
  anApproval(),
  anApproval({ requirement: { needed: 2, roles: [] } }),
  anApproval({ requirement: { roles: [] } }),
  anInboundApproval(),
);

describe('the life of an approval', () => {
  it('never leaves the table, and approval and signal never contradict one another, whatever happens', () => {
    const visited = new Set<string>();
    const property = fc.property(
      anyBeginning,
      fc.array(anyChance, { maxLength: 40, size: 'max' }),
      (approval, chances) => {
        let life: Life = { approval };
        for (const chance of chances) {
          const event = choose(life, chance);
          const after = applyEvent(life, event, noonMs);
          const isTaken = after.claim?.otherwise !== undefined && chance.isTaken;
          const next = {
            approval: isTaken ? (after.claim?.otherwise ?? after.approval) : after.approval,
            signal: isTaken ? after.signal : (after.claim?.signal ?? after.signal),
          };
          const wrong = [mistakeIn(life, event, { ...after, ...next }), ...contradictions(next)];
          if (wrong.some((one) => one !== undefined)) throw new Error(wrong.join('; '));
          life = next;
          visited.add(stageOf(life));
        }
      },
    );
    // Always the same courses, so that every stage is surely among them.
    fc.assert(property, { numRuns: 2_000, seed: 11 });
    expect([...visited].sort()).toEqual(approvalLifecycle.states.map(({ kind }) => kind).sort());
  });

  it('settles a signal that outlived its approval, and does nothing else with it', () => {
    const state = { kind: 'ended', ending: { kind: 'unwatched' }, atMs: noonMs } as const;
    const approval = anApproval({ state });
    const signal = claimedSignal({ id: 's', replicaId: 'bot', decision: aDecision() }, approval, noonMs);
    const after = applyEvent({ approval, signal }, { kind: 'sending', deadlineMs: noonMs }, noonMs);
    expect(after).toMatchObject({ refusal: 'it is over', approval, signal: { phase: 'settled', sends: 0 } });
  });

  it('names every state and every event it speaks of', () => {
    const { states, events, transitions } = approvalLifecycle;
    const [known, meant] = [states, events].map((all) => new Set<string>(all.map(({ kind }) => kind)));
    expect(
      transitions.filter(
        ({ from, event, to }) => ![from, ...to].every((one) => known?.has(one)) || !meant?.has(event),
      ),
    ).toEqual([]);
    expect(events.filter(({ kind }) => !transitions.some(({ event }) => event === kind))).toEqual([]);
  });

  it('says of an outcome that turns out not to have left that it is on its way again, and not that it is checked', () => {
    const approval = anApproval();
    const signal = claimedSignal({ id: 's', replicaId: 'bot', decision: aDecision() }, approval, noonMs);
    const events: readonly LifecycleEvent[] = [
      { kind: 'quorum-filled', signal },
      { kind: 'sending', deadlineMs: noonMs + 1 },
      { kind: 'unanswered' },
      { kind: 'not-sent' },
    ];
    let life: Life = { approval };
    for (const event of events) {
      const { claim, ...after } = applyEvent(life, event, noonMs);
      life = { approval: after.approval, signal: claim?.signal ?? after.signal };
    }
    expect(life).toMatchObject({
      approval: { state: { kind: 'deciding' } },
      signal: { phase: 'claimed', sends: 0 },
    });
  });
});
