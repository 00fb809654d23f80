import { assertNever, defined } from '../shared/language.js';
import { activityIdOf, type ChangeOutcome, type ChangeRecord, systemOfChange } from './change.js';
import type { InstanceRef } from './instance.js';
import { lifecycleTable, type Transitions } from './lifecycle-table.js';
import { isSamePerson, type PersonId } from './person.js';

/*
 * The life of a change: what an operator asked for with a command or on an alert.
 *
 * proposed    Shown to one person. Nothing happens unless that person confirms it, and soon.
 *             ► confirmed, or over: canceled, or the same as one that was confirmed a moment before
 * confirmed   Written down before the click was acknowledged: it is carried out, or its person hears why not.
 *             ► sending once everything was checked afresh, else over, with nothing sent
 * sending     Written down before the request leaves: whatever happens now, it is never sent again.
 *             ► following when the system took it; over when it refused, was not reached, or nobody knows
 * following   The system took it, and its effect is watched.
 *             ► following while the run is under way; over once it has come to rest
 * over        It has an outcome, or counts as another change, for good.
 *
 * Every writer goes through `changeAfter` inside its transaction; nothing else sets the phase of a change.
 */

const promises: Readonly<Record<Phase, string>> = {
  proposed: 'It was shown to one person. Nothing happens unless that person confirms it, and soon.',
  confirmed:
    'It was written down before the click was acknowledged. It is carried out, or its person hears why not.',
  sending: 'It was written down before the request leaves. Whatever happens now, it is never sent again.',
  following: 'The system accepted it. Its effect is watched, and reported once the run has stopped.',
  over: 'It has an outcome, or counts as another change. Nothing more happens.',
};

const meanings: Readonly<Record<ChangeEvent['kind'], string>> = {
  confirmed: 'Whoever it was shown to wants it.',
  repeated: 'The same person confirmed the same change a moment before; this one counts as that one.',
  canceled: 'Whoever it was shown to does not want it.',
  withheld: 'A fresh check found that it must not, or cannot, be sent, or it became too old.',
  sending: 'Everything was checked; the request leaves now.',
  taken: 'The system accepted it.',
  refused: 'The system said no.',
  undelivered: 'The request certainly did not arrive.',
  unanswered: 'Nobody knows whether the request arrived: there was no answer, or the bot stopped meanwhile.',
  seen: 'What it did was looked at.',
  retired: 'Its system was taken out of the settings.',
};

const transitions: Transitions<Phase, ChangeEvent['kind']> = {
  proposed: { confirmed: ['confirmed'], repeated: ['over'], canceled: ['over'] },
  confirmed: { withheld: ['over'], sending: ['sending'], retired: ['over'] },
  sending: {
    taken: ['following'],
    refused: ['over'],
    undelivered: ['over'],
    unanswered: ['over'],
    retired: ['over'],
  },
  following: { seen: ['following', 'over'], retired: ['over'] },
  over: {},
};

/** The life of a change as a table, for documentation. */
export const changeLifecycle = lifecycleTable('Change', { promises, meanings, transitions });

type Phase = ChangeRecord['phase'];

type OutcomeOf<Kind extends ChangeOutcome['kind']> = Extract<ChangeOutcome, { kind: Kind }>;

/** Where the person is answered, if elsewhere than the proposal was shown. */
type Place = Pick<ChangeRecord, 'channel' | 'responseUrl'>;

/** Why a confirmed change is not sent. */
export type WithheldOutcome = Exclude<ChangeOutcome, OutcomeOf<'done' | 'refused' | 'unknown'>>;

/** What may happen to a change. */
export type ChangeEvent =
  | {
      readonly kind: 'confirmed';
      readonly atMs: number;
      /** The replica that has taken it on. */
      readonly replicaId: string;
      readonly place?: Place;
    }
  | { readonly kind: 'repeated'; readonly twin: ChangeRecord; readonly place?: Place }
  | { readonly kind: 'canceled' }
  | { readonly kind: 'withheld'; readonly outcome: WithheldOutcome }
  | { readonly kind: 'sending'; readonly deadlineMs: number; readonly replicaId: string }
  | { readonly kind: 'taken'; readonly started?: InstanceRef }
  | { readonly kind: 'refused'; readonly outcome: OutcomeOf<'refused' | 'unknown'> }
  | { readonly kind: 'undelivered'; readonly outcome: OutcomeOf<'unreachable' | 'not-sent'> }
  | { readonly kind: 'unanswered' }
  | {
      readonly kind: 'seen';
      readonly outcome: OutcomeOf<'done'>;
      readonly isAtRest: boolean;
      /** Whether somebody waits for an answer, so that a run still under way is told too. */
      readonly isFirst: boolean;
    }
  | { readonly kind: 'retired' };

/** What a step of a change makes due: all of it in the same transaction, but for the private reply. */
export type ChangeNotification =
  /** Whoever asked is told how it stands. */
  | { readonly kind: 'reply' }
  /** The message about its batch, in the thread of an alert, is made true. */
  | { readonly kind: 'thread'; readonly batch: NonNullable<ChangeRecord['batch']> }
  /** Cards of this activity do not say any more that the change may have answered it. */
  | { readonly kind: 'cards'; readonly system: string; readonly activityId: string };

/** What a change has become, and who is to be told. */
export interface ChangeStep {
  readonly change: ChangeRecord;
  readonly notifications: readonly ChangeNotification[];
}

/**
 * Tells what an event makes of a change; undefined where its table has no such step, and nothing happens.
 *
 * So whoever comes late, or comes twice, changes nothing.
 */
export function changeAfter(change: ChangeRecord, event: ChangeEvent): ChangeStep | undefined {
  return transitions[change.phase][event.kind] && stepOf(change, event);
}

/** Begins a change: what a person is shown before anything happens. */
export function newProposal(what: Omit<ChangeRecord, 'phase'>): ChangeRecord {
  return { ...what, phase: 'proposed' };
}

/** A proposal somebody comes back to after this long may be about another world. */
const proposalLastsMs = 10 * 60_000;

/** Tells whether a proposal is still young enough to be confirmed. */
export function isProposalFresh({ proposedAtMs }: ChangeRecord, nowMs: number): boolean {
  return nowMs - proposedAtMs <= proposalLastsMs;
}

/** Tells whether the request of a change has left, or may have, without the system having refused it. */
export function mayHaveArrived({ phase, outcome }: Pick<ChangeRecord, 'phase' | 'outcome'>): boolean {
  if (phase !== 'over') return phase === 'sending' || phase === 'following';
  return outcome?.kind === 'done' || outcome?.kind === 'unknown';
}

/** Lists the people whose commands may have answered an activity, each once. */
export function peopleWhoMayHaveDecided(decidingActions: readonly ChangeRecord[]): readonly PersonId[] {
  const people = decidingActions.filter(mayHaveArrived).map(({ person }) => person);
  return people.filter((one, at) => people.findIndex((other) => isSamePerson(one, other)) === at);
}

function stepOf(change: ChangeRecord, event: ChangeEvent): ChangeStep {
  switch (event.kind) {
    case 'confirmed': {
      const { atMs, replicaId, place } = event;
      const next: ChangeRecord = {
        ...change,
        ...place,
        phase: 'confirmed',
        confirmedAtMs: atMs,
        replicaId: replicaId,
      };
      return { change: next, notifications: next.batch ? replyTo(next) : [] };
    }
    case 'repeated': {
      const next: ChangeRecord = { ...change, ...event.place, phase: 'over', sameAs: event.twin.id };
      return { change: next, notifications: [] };
    }
    case 'canceled':
      return { change: { ...change, phase: 'over', outcome: { kind: 'not-sent' } }, notifications: [] };
    case 'sending': {
      const { deadlineMs, replicaId } = event;
      return { change: { ...change, phase: 'sending', deadlineMs, replicaId: replicaId }, notifications: [] };
    }
    case 'taken':
      return {
        change: { ...change, phase: 'following', ...defined({ started: event.started }) },
        notifications: [],
      };
    case 'seen': {
      const seen = { ...change, ...defined({ started: event.outcome.started }) };
      if (event.isAtRest) return over(seen, event.outcome);
      return { change: seen, notifications: event.isFirst ? replyTo(seen) : [] };
    }
    case 'withheld':
    case 'refused':
    case 'undelivered':
      return over(change, event.outcome);
    case 'unanswered':
      return over(change, { kind: 'unknown' });
    case 'retired':
      return over(change, outcomeOfRetired(change));
    default:
      return assertNever(event);
  }
}

/** Says no more than is known: of what was on its way nobody can tell, and what the system took it took. */
function outcomeOfRetired({ phase, started }: ChangeRecord): ChangeOutcome {
  if (phase === 'sending') return { kind: 'unknown' };
  return phase === 'following' ? { kind: 'done', ...defined({ started }) } : { kind: 'not-sent' };
}

function over(before: ChangeRecord, outcome: ChangeOutcome): ChangeStep {
  const change: ChangeRecord = { ...before, phase: 'over', outcome };
  const wasOnItsWay = mayHaveArrived(before);
  return {
    change,
    notifications: [...replyTo(change), ...(wasOnItsWay && !mayHaveArrived(change) ? cardsOf(change) : [])],
  };
}

/** What was asked for on an alert is told in its thread, for everybody. */
function replyTo({ batch }: ChangeRecord): readonly ChangeNotification[] {
  return [batch ? { kind: 'thread', batch } : { kind: 'reply' }];
}

function cardsOf({ change }: ChangeRecord): readonly ChangeNotification[] {
  if (change.kind !== 'alert') return [];
  return [{ kind: 'cards', system: systemOfChange(change), activityId: activityIdOf(change.activityId) }];
}
