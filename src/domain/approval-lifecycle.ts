import { defined } from '../shared/language.js';
import type { Refused, Signal } from './approval.js';
import {
  type Approval,
  type ApprovalState,
  type CountedVote,
  compareFacts,
  type Decision,
  type Ending,
  type FactChange,
  type InboundDetails,
  isAtStep,
  isBehind,
  isBetween,
  isPlanned,
  notCounted,
  type Requirement,
  type SignalRefusal,
  seenBy,
  type Vote,
  type WaitingNote,
  whereaboutsOf,
  withCounted,
} from './approval.js';
import type { Fault, Instance, InstanceRef } from './instance.js';
import type { LifecycleTable } from './lifecycle-table.js';
import { priorities, type ReleaseReason, type VoidReason } from './notification.js';
import { isSamePerson, type PersonId } from './person.js';

/*
 * The life of an approval, and of the signal that carries its decision, as one table.
 *
 * What an approval says on its card (`ApprovalState`) and how far its signal has come (`SignalPhase`) are two
 * sides of one life. Its stages, what each promises to people, what may follow, and why:
 *
 *   waiting     People can vote. Nothing is decided and nothing is on its way.
 *               → claimed | held by the vote that fills the quorum; → ended when the run is found elsewhere.
 *   held        Decided, and not sent: it waits for the hold of its rule, for a system or for the chat, and can be
 *               taken back. → sending once everything was checked again; → waiting when it is taken back, given up,
 *               or does not stand any more; → ended when the run has moved before anything was sent.
 *   claimed     Decided; everything is checked again, and nothing has been sent. → as from `held`; → held when it
 *               cannot be checked or sent now.
 *   sending     Written down before the request leaves. Whoever finds it after a crash cannot know whether it
 *               arrived, so from here on it is not sent again unless a reading has shown that it did not arrive.
 *               → accepted; → claimed when it surely never left; → unanswered; → waiting when the system refused it
 *               and the run stands where it stood; → ended when the system refused it and the run has moved.
 *   unanswered  It may have arrived: the card says that this is being checked, and claims nothing. → what a reading
 *               shows, never before the request's own deadline; → claimed, once, when it was shown not to have arrived.
 *   accepted    The system took it; what it did has not been read. → what a reading shows; → unread.
 *   unread      The same, and the card says so: the reading did not work. → what a reading shows.
 *   recorded    The system counted it and waits for more identities. → ended. Votes would change nothing any more.
 *   not-moved   The system took it and the run stands where it stood; operators hear of it. → ended.
 *   ended       Over, with an ending that says no more than was seen. → waiting when its run had only been hidden and
 *               waits as it did; else nothing follows.
 *
 * Every writer goes through `applyEvent` inside its transaction, by `use-cases/approvals/advance.ts`; nothing else
 * builds a state of an approval or sets the phase of a signal (held by `test/architecture/lifecycle.test.ts`). An
 * event that comes too late, or twice, is refused by the table, which is what makes every step happen once.
 */

/** Where an approval and its signal stand together. */
type Stage =
  | 'waiting'
  | 'held'
  | 'claimed'
  | 'sending'
  | 'unanswered'
  | 'accepted'
  | 'unread'
  | 'recorded'
  | 'not-moved'
  | 'ended';

/** How an instance was found by an observation. */
export type Snapshot =
  | {
      readonly kind: 'seen';
      readonly instance: Instance;
      /** Whether the signalling identity has it in its list. */
      readonly isAssigned: boolean;
      /** Where a canceled run seems to go on; asked for only when it was canceled for a restart. */
      readonly successors?: readonly InstanceRef[];
    }
  | {
      readonly kind: 'not-visible';
      readonly ref: InstanceRef;
      /** Access the signalling account seems to lack, as the vendor names it. */
      readonly missingPermission?: string;
    };

/** One run as read just now, with where it goes on if it was canceled for a restart. */
export type Reading =
  | { readonly kind: 'found'; readonly instance: Instance; readonly successors: readonly InstanceRef[] }
  /** It may not be read, and does not wait for us any more. */
  | { readonly kind: 'not-visible' }
  /** It may not be read in full although it still waits for us: nothing can be concluded. */
  | { readonly kind: 'hidden' };

/** Whose the signal of the next voter will be, where a system is told by each person in their own name. */
type NextSignal = Pick<Signal, 'id' | 'replicaId'>;

/** Who had Countersign stop a run, and whether they had requested it themselves. */
export type StoppedBy = Pick<Extract<Ending, { kind: 'decided-elsewhere' }>, 'isCanceled'> & {
  readonly stoppedBy: string;
};

/** What each event tells; what it means stands in `approvalLifecycle`. */
interface EventData {
  snapshot: {
    readonly snapshot: Snapshot;
    readonly requirement?: Requirement | undefined;
    /** Who had Countersign stop the run, if anybody did. */
    readonly stoppedBy?: StoppedBy | undefined;
  };
  'found-again': { readonly instance: Instance };
  'details-changed': {
    readonly instance: Instance;
    readonly inbound: InboundDetails;
    readonly changes: readonly FactChange[];
  };
  'details-completed': { readonly inbound: InboundDetails };
  'votes-changed': unknown;
  'quorum-filled': { readonly signal: Signal };
  'hold-began': { readonly sinceMs: number; readonly untilMs: number };
  'hold-reset': unknown;
  'left-to-people': {
    readonly why: 'stopped' | 'limit' | 'brake';
    readonly by?: string | undefined;
  };
  'rule-decided': { readonly signal: Signal };
  'taken-back': { readonly person: PersonId };
  repudiated: { readonly person: PersonId; readonly name: string };
  rechecked: { readonly reading: Reading };
  'votes-lost': {
    readonly note: WaitingNote;
    /** Votes that still count towards the next decision. */
    readonly kept: readonly Vote[];
    /** Votes whose people are told that they are void. */
    readonly lost: readonly Vote[];
    readonly why?: VoidReason | undefined;
  };
  delayed: {
    readonly waitsFor: 'system' | 'chat' | 'run' | 'sign-in';
    readonly untilMs: number;
    readonly fault?: Fault | undefined;
  };
  expired: unknown;
  sending: { readonly deadlineMs: number };
  'not-sent': unknown;
  accepted: unknown;
  unanswered: unknown;
  refused: {
    readonly refused: Refused;
    /** Whether the request never left, so that it has moved nothing. */
    readonly isUnsent?: boolean;
    /** Absent where the run cannot be read just now. */
    readonly reading?: Reading | undefined;
  };
  'outcome-read': {
    readonly reading: Reading;
    /** Whether the run still waits for whoever the signal went out for. */
    readonly isAssigned: boolean;
    readonly next?: NextSignal | undefined;
  };
  'outcome-untold': unknown;
  'effect-read': {
    /** Absent where the run cannot be read just now. */
    readonly reading?: Reading | undefined;
    /** Absent where whoever the signal went out for cannot be asked for any more. */
    readonly isAssigned?: boolean | undefined;
    readonly next?: NextSignal | undefined;
  };
  unwatched: { readonly switchedTo?: 'live' | 'shadow' };
}

type EventKind = keyof EventData;

type EventOf<K extends EventKind> = { readonly kind: K } & EventData[K];

/** Whatever can happen to an approval once it was opened. */
export type LifecycleEvent = { [K in EventKind]: EventOf<K> }[EventKind];

/** An approval with its signal, if there is one. */
export interface Life {
  readonly approval: Approval;
  readonly signal?: Signal | undefined;
}

/** What people and operators are to be told, about the approval as the event has left it. */
export type LifecycleNotification =
  | { readonly kind: 'ending'; readonly missingPermission?: string | undefined }
  | { readonly kind: 'votes-void'; readonly votes: readonly Vote[]; readonly why: VoidReason }
  /** To those whose decision is over, and to everybody else with a vote: the facts have changed. */
  | { readonly kind: 'all-votes-void'; readonly decided: readonly Vote[] }
  | { readonly kind: 'released'; readonly votes: readonly Vote[]; readonly why: ReleaseReason }
  /** To everybody with a vote: the step is over before there were enough. */
  | { readonly kind: 'undecided' }
  /** For the record: what had been hidden waits as it did. */
  | { readonly kind: 'found-again' }
  | { readonly kind: 'outcome-unknown'; readonly votes: readonly Vote[] }
  | {
      readonly kind: 'signal-refused';
      readonly reason: SignalRefusal;
      readonly account?: string;
      readonly said?: string;
      readonly isUnsent?: true;
    };

/** What is put on record about a signal. */
type SignalRecord = {
  readonly kind: string;
  readonly why?: string;
  readonly reason?: string;
  readonly inferred?: boolean;
};

/** What an event makes of a life; an approval or signal that is the same object as before need not be saved. */
interface Applied extends Life {
  /** Why the event changed nothing; absent where it was taken. */
  readonly refusal?: string;
  /** A new signal; where another one of the run is live the approval is `otherwise`, or the event is refused. */
  readonly claim?: { readonly signal: Signal; readonly otherwise?: Approval };
  /** How soon the cards are to be edited. */
  readonly priority: number;
  /** People whose votes the decision stood on, and that do not count any more. */
  readonly forgotten: readonly PersonId[];
  readonly records: readonly SignalRecord[];
  readonly notifications: readonly LifecycleNotification[];
}

/**
 * Tells what an event makes of an approval and its signal. Pure and total: what cannot happen is refused.
 *
 * A signal that outlived its approval is settled by whatever comes next.
 */
export function applyEvent<K extends EventKind>(life: Life, event: EventOf<K>, nowMs: number): Applied {
  const { approval, signal } = life;
  const stage = stageOf(life);
  const row: Row = transitions[stage];
  const cell: Cell<K> = row[event.kind];
  const change = cell.kind === 'goes' ? cell.apply(life, event, nowMs) : {};
  const refusal = cell.kind === 'refuses' ? cell.note : change ? undefined : 'what it is about is not there';
  const { state } = change?.approval ?? approval;
  return {
    approval,
    signal: stage === 'ended' && isLive(signal) ? settled(signal) : signal,
    priority: state.kind === 'waiting' ? priorities.progress : priorities.staleButtons,
    forgotten: [],
    records: [],
    notifications: [],
    ...change,
    ...defined({ refusal }),
  };
}

/** Says where an approval and its signal stand. */
export function stageOf({ approval: { state }, signal }: Life): Stage {
  if (state.kind !== 'held' && state.kind !== 'deciding' && state.kind !== 'checking') return state.kind;
  switch (signal?.phase) {
    case 'claimed':
      return state.kind === 'held' ? 'held' : 'claimed';
    case 'sending':
      return state.kind === 'checking' ? 'unanswered' : 'sending';
    case 'accepted':
      return state.kind === 'checking' && state.isAccepted ? 'unread' : 'accepted';
    default:
      // Nobody has looked at the signal: what the card says must do.
      if (state.kind === 'checking') return state.isAccepted ? 'unread' : 'unanswered';
      return state.kind === 'held' ? 'held' : 'claimed';
  }
}

/** Begins the life of an approval: people can vote on the facts as they are. */
export function openedApproval(
  beginning: Pick<Approval, 'id' | 'code' | 'instance' | 'step' | 'attempt' | 'requirement' | 'inbound'>,
  nowMs: number,
): Approval {
  return {
    ...beginning,
    revision: 1,
    version: 1,
    state: { kind: 'waiting' },
    // Who told of it by itself has no list of what waits for whom.
    isAssigned: beginning.inbound === undefined,
    waitingSinceMs: Math.min(beginning.instance.modifiedAtMs ?? nowMs, nowMs),
  };
}

/** Makes the signal of a decision: the claim on the right to send it. */
export function claimedSignal(
  claim: Pick<Signal, 'id' | 'replicaId' | 'decision' | 'notBeforeMs'>,
  { id: approvalId, instance, step, revision }: Approval,
  nowMs: number,
): Signal {
  return { ...claim, approvalId, instance: instance.ref, step, revision, ...unsent, claimedAtMs: nowMs };
}

const unsent = { phase: 'claimed', leaseUntilMs: 0, sends: 0, stillWaitingReads: 0 } as const;

/** Ends a signal: the instance is free for the next one. */
export function settled(signal: Signal): Signal {
  return { ...signal, phase: 'settled' };
}

/** What an event does in a stage: it goes on, to one of the stages listed; it changes nothing; or it is refused. */
type Cell<K extends EventKind> =
  | {
      readonly kind: 'goes';
      readonly to: readonly Stage[];
      /** Gives nothing where the signal it is about is not there. */
      readonly apply: (life: Life, event: EventOf<K>, nowMs: number) => Change | undefined;
      readonly note?: string | undefined;
    }
  | { readonly kind: 'stays' | 'refuses'; readonly note: string };

type Row = { readonly [K in EventKind]: Cell<K> };

type Change = Partial<Omit<Applied, 'refusal'>>;

function goes<K extends EventKind>(
  to: readonly Stage[],
  apply: (life: Life, event: EventOf<K>, nowMs: number) => Change,
  note?: string,
): Cell<K> {
  return { kind: 'goes', to, apply, note };
}

/** A life whose signal is on its way. */
interface LiveLife extends Life {
  readonly signal: Signal;
}

/** The same for an event about the signal. */
function sends<K extends EventKind>(
  to: readonly Stage[],
  apply: (life: LiveLife, event: EventOf<K>, nowMs: number) => Change,
  note?: string,
): Cell<K> {
  const ofLive = ({ approval, signal }: Life, event: EventOf<K>, nowMs: number) =>
    isLive(signal) ? apply({ approval, signal }, event, nowMs) : undefined;
  return { kind: 'goes', to, apply: ofLive, note };
}

/** The same for a decision that a rule makes: about what it was to approve, held to its end, and nobody's vote. */
function plannedOnly(
  to: readonly Stage[],
  apply: (life: Life, event: EventOf<'rule-decided'>) => Change,
  note: string,
): Cell<'rule-decided'> {
  const ofPlanned = (life: Life, event: EventOf<'rule-decided'>, nowMs: number) => {
    const { approval } = life;
    const { decision, revision } = event.signal;
    if (!isPlanned(approval) || revision !== approval.revision) return undefined;
    const { rule, untilMs = Number.POSITIVE_INFINITY } = approval.plan;
    const isOfRule = decision.rule === rule && decision.votes.length === 0 && decision.verdict === 'approve';
    return isOfRule && untilMs <= nowMs ? apply(life, event) : undefined;
  };
  return { kind: 'goes', to, apply: ofPlanned, note };
}

function isLive(signal: Signal | undefined): signal is Signal {
  return signal !== undefined && signal.phase !== 'settled';
}

type Quiet = { readonly kind: 'stays' | 'refuses'; readonly note: string };

function stays(note: string): Quiet {
  return { kind: 'stays', note };
}

function refuse<K extends EventKind>(kinds: readonly K[], note: string): { readonly [P in K]: Quiet } {
  return Object.fromEntries(kinds.map((kind) => [kind, { kind: 'refuses', note }])) as { [P in K]: Quiet };
}

/** Events by what they are about, for rows that refuse all of them for one reason. */
const checks = ['rechecked', 'votes-lost', 'delayed', 'expired', 'sending'] as const;
const results = ['not-sent', 'accepted', 'unanswered', 'refused'] as const;
const readings = ['outcome-read', 'outcome-untold', 'effect-read'] as const;
const details = ['details-changed', 'details-completed', 'found-again'] as const;
const plans = ['hold-began', 'hold-reset', 'left-to-people', 'rule-decided'] as const;

/** What happens in every stage but the last: the card is shown anew, and nobody watches any more. */
function always(stage: Stage): Pick<Row, 'snapshot' | 'votes-changed' | 'unwatched'> {
  return {
    snapshot: goes(
      [stage],
      follow,
      'while a signal is on its way only its own reading concludes anything; a run seen elsewhere has left the step',
    ),
    'votes-changed': goes([stage], showAnew),
    unwatched: goes(['ended'], retire, 'nobody watches it anymore, so no button may promise anything'),
  };
}

/** What is done with a decision nobody has sent yet, in `held` as in `claimed`. */
function unsentRow(
  stage: 'held' | 'claimed',
): Omit<Row, 'taken-back' | Exclude<(typeof details)[number], 'found-again'>> {
  return {
    ...always(stage),
    snapshot: goes(
      [stage, 'ended'],
      follow,
      'a run seen elsewhere has left the step: if it comes back, nobody has decided that',
    ),
    ...refuse(['quorum-filled', 'found-again', ...plans], 'it is decided already'),
    repudiated: sends(['waiting'], giveUpRepudiated),
    rechecked: sends(
      [stage, 'waiting', 'ended'],
      recheck,
      'the same facts at the same step may be sent; other facts void every vote; a move was nobody of ours',
    ),
    'votes-lost': sends(['waiting'], loseVotes),
    delayed: sends(['held'], delay),
    expired: sends(['waiting'], expire, 'those who decided are notified that nothing was changed'),
    sending: sends(['sending'], markSending, 'written down before the request leaves'),
    ...refuse([...results, ...readings], 'nothing was sent'),
  };
}

/** What is found where the system took the signal, in `accepted` as in `unread`. */
function takenRow(stage: 'accepted' | 'unread'): Row {
  return {
    ...always(stage),
    'effect-read': sends(
      ['unread', 'ended', 'recorded', 'not-moved', 'waiting', 'claimed'],
      readEffect,
      'signaled by people: the next of them is claimed, or others may vote',
    ),
    repudiated: sends([stage], noteRepudiation),
    ...refuse(['quorum-filled', 'taken-back', ...plans, ...details], 'the decision is on its way'),
    ...refuse([...checks, ...results, 'outcome-read', 'outcome-untold'], 'the system has taken it'),
  };
}

/** What is left to happen where the system took the decision and the step still waits. */
function doneRow(stage: 'recorded' | 'not-moved'): Row {
  return {
    ...always(stage),
    snapshot: goes([stage, 'ended'], follow),
    ...refuse(['quorum-filled', 'taken-back', 'repudiated', ...plans, ...details], 'the system has taken it'),
    ...refuse([...checks, ...results, ...readings], 'the signal is settled'),
  };
}

/** Every stage, every event, and what it does there. */
const transitions: { readonly [S in Stage]: Row } = {
  waiting: {
    ...always('waiting'),
    snapshot: goes(['waiting', 'ended'], follow, 'other facts raise the revision and void every vote'),
    'details-changed': goes(['waiting'], changeDetails, 'raises the revision and voids every vote'),
    'details-completed': goes(['waiting'], completeDetails),
    'quorum-filled': goes(['claimed', 'held'], claim, 'held where the rule gives time to take it back'),
    'hold-began': goes(['waiting'], beginHold, 'nothing is decided before it is over'),
    'hold-reset': goes(['waiting'], resetHold, 'it restarts once every copy of the card is shown anew'),
    'left-to-people': goes(['waiting'], leaveToPeople, 'for good: no rule decides about it anymore'),
    'rule-decided': plannedOnly(
      ['claimed'],
      ({ approval }, { signal }) => claim({ approval }, { kind: 'quorum-filled', signal }),
      'only what was planned, not stopped, and held to its end',
    ),
    ...refuse(['taken-back', 'repudiated', ...checks, ...results, ...readings], 'nothing is decided'),
    'found-again': stays('it was not lost'),
  },
  held: {
    ...unsentRow('held'),
    'taken-back': sends(['waiting'], takeBack, 'by one of those who decided; the votes of the others stay'),
    'details-changed': sends(['waiting'], changeDetails, 'called off: nobody decided about these facts'),
    ...refuse(['details-completed'], 'it is decided already'),
  },
  claimed: {
    ...unsentRow('claimed'),
    ...refuse(['taken-back', ...details], 'the decision is on its way'),
  },
  sending: {
    ...always('sending'),
    'not-sent': sends(['claimed', 'ended'], goBack, 'the request surely never left'),
    accepted: sends(['accepted'], accept),
    unanswered: sends(['unanswered'], check),
    refused: sends(
      ['waiting', 'ended', 'unanswered'],
      takeRefusal,
      'says no more than a fresh reading shows',
    ),
    repudiated: sends(['sending'], noteRepudiation, 'it cannot be called back; it is not sent again'),
    ...refuse(['quorum-filled', 'taken-back', ...plans, ...details, ...checks], 'the decision is on its way'),
    ...refuse(readings, 'it is settled by reading only once it is known to have no answer'),
  },
  unanswered: {
    ...always('unanswered'),
    'not-sent': sends(['claimed', 'ended'], goBack),
    accepted: sends(['accepted'], accept, 'an answer that came late'),
    unanswered: stays('the card says so already'),
    refused: sends(['waiting', 'ended', 'unanswered'], takeRefusal),
    'outcome-read': sends(
      ['unanswered', 'ended', 'recorded', 'not-moved', 'waiting', 'claimed'],
      readOutcome,
      'sent again once at most, and only if two readings have shown that it did not arrive',
    ),
    'outcome-untold': sends(
      ['waiting'],
      giveUpAsking,
      'those who decided are notified that the outcome is unknown',
    ),
    repudiated: sends(['unanswered'], noteRepudiation),
    ...refuse(['quorum-filled', 'taken-back', ...plans, ...details, ...checks], 'the decision is on its way'),
    ...refuse(['effect-read'], 'nobody knows that the system accepted it'),
  },
  accepted: takenRow('accepted'),
  unread: takenRow('unread'),
  recorded: doneRow('recorded'),
  'not-moved': doneRow('not-moved'),
  ended: {
    snapshot: stays('it is over'),
    'votes-changed': goes(['ended'], showAnew),
    'found-again': goes(
      ['waiting'],
      reopen,
      'only what had been hidden, undecided, and waits with the same facts',
    ),
    ...refuse(['details-changed', 'details-completed'], 'it is over'),
    ...refuse(['quorum-filled', 'taken-back', 'repudiated', 'unwatched', ...plans], 'it is over'),
    ...refuse([...checks, ...results, ...readings], 'it is over'),
  },
};

/** The table as data, for `docs/lifecycle.md` and its test. */
export const approvalLifecycle: LifecycleTable = {
  name: 'Approval',
  states: Object.entries({
    waiting: 'People can vote. Nothing is decided and nothing is on its way.',
    held: 'Decided, and not sent: it waits, and can be taken back.',
    claimed: 'Decided; everything is checked again, and nothing has been sent.',
    sending: 'The request is leaving. It is not sent again unless a reading shows that it did not arrive.',
    unanswered: 'It may have arrived: this is being checked, and nothing is claimed.',
    accepted: 'The system accepted it; what it did has not been read.',
    unread: 'The system accepted it; what it did cannot be read yet, and the card says so.',
    recorded: 'The system counted it and waits for more identities.',
    'not-moved': 'The system accepted it, and the run stands where it stood.',
    ended: 'Over, with an ending that says no more than was seen; for good, unless it had only been hidden.',
  } satisfies Record<Stage, string>).map(([kind, promise]) => ({ kind, promise })),
  events: Object.entries({
    snapshot: 'A poll has found the run.',
    'found-again': 'A run that could not be read waits as it did before.',
    'details-changed': 'The workflow itself sent other facts, or offers other outputs.',
    'details-completed': 'The workflow itself sent more, such as which activity waits.',
    'votes-changed':
      'A vote was counted or taken out and the quorum is not full, an approver went away or is back, or a click has found that the card shows what is no longer so.',
    'quorum-filled': 'A denial, or the vote that fills the quorum.',
    'hold-began': 'The card of what a rule approves by itself is shown: its hold starts or restarts.',
    'hold-reset': 'The settings have changed what a card says about what a rule approves by itself.',
    'left-to-people':
      'A rule does not approve it by itself: someone stopped that, its limit is reached, or a safety check holds it back.',
    'rule-decided': 'The hold is over and nobody stopped the rule.',
    'taken-back': 'Someone who decided undoes the decision.',
    repudiated: 'Someone who decided reports that it was not them.',
    rechecked: 'The run was read again before sending.',
    'votes-lost': 'The decision no longer stands: lost rights, a raised quorum, a link that ended.',
    delayed: 'The system or the chat cannot be asked now.',
    expired: 'The time in which it is tried is over.',
    sending: 'The request is about to leave.',
    'not-sent': 'The request surely never reached the system.',
    accepted: 'The system took the request.',
    unanswered: 'Nobody knows whether the request arrived.',
    refused: 'The system said no.',
    'outcome-read': 'The run was read after a request without an answer.',
    'outcome-untold': 'Nothing that can be read tells whether it arrived, and the time for asking is over.',
    'effect-read': 'The run was read after a request that was taken.',
    unwatched: 'Its system was taken out of the settings, or the bot went live or into shadow mode.',
  } satisfies Record<EventKind, string>).map(([kind, meaning]) => ({ kind, meaning })),
  transitions: Object.entries(transitions).flatMap(([from, row]) =>
    Object.entries(row).flatMap(([event, cell]) =>
      cell.kind === 'goes' ? [{ from, event, to: cell.to, ...defined({ note: cell.note }) }] : [],
    ),
  ),
};

function follow({ approval, signal }: Life, event: EventOf<'snapshot'>, nowMs: number): Change {
  const { snapshot, requirement, stoppedBy } = event;
  if (isLive(signal) && snapshot.kind === 'seen') {
    const left = followLeft({ approval, signal }, { ...event, snapshot }, nowMs);
    if (left) return left;
  }
  const followed = followApproval(approval, snapshot, nowMs, stoppedBy);
  const found = followed.kind === 'unchanged' ? approval : followed.approval;
  const next = requirement ? { ...found, requirement } : found;
  switch (followed.kind) {
    case 'unchanged':
    case 'refreshed':
      return { approval: next, priority: priorities.progress };
    case 'facts-changed':
      return { approval: next, priority: priorities.staleButtons, ...allVoid([]) };
    case 'ended': {
      const { missingPermission } = snapshot.kind === 'not-visible' ? snapshot : {};
      const isUndecided = approval.state.kind === 'waiting';
      return {
        approval: next,
        notifications: [
          { kind: 'ending', missingPermission },
          ...(isUndecided ? [{ kind: 'undecided' } as const] : []),
        ],
      };
    }
  }
}

/**
 * Takes in that a run with a decision about it stands elsewhere; undefined where it does not, or that is known.
 *
 * Should it come back to the step, that is for people to decide anew. What was not sent ends with this; what was is
 * left to its own reading, which finds it noted.
 */
function followLeft(
  life: LiveLife,
  {
    snapshot: { instance, successors = [] },
    stoppedBy,
  }: EventOf<'snapshot'> & { readonly snapshot: { readonly kind: 'seen' } },
  nowMs: number,
): Change | undefined {
  const { approval, signal } = life;
  const found = conclude(approval, { kind: 'found', instance, successors });
  if (found.kind !== 'left' || signal.seenElsewhere) return undefined;
  if (signal.phase === 'claimed') return endUnsent(life, { ...found, stoppedBy }, nowMs);
  return { signal: { ...signal, seenElsewhere: whereaboutsOf(seenBy(approval, instance)) } };
}

/**
 * Tells whether an approval that ended unseen is the one its run waits for now: at the same step, unchanged since.
 *
 * Votes about it stand then. Where something had been decided, that is not given out anew.
 */
export function isFoundAgain({ state, instance, step }: Approval, found: Instance): boolean {
  return (
    state.kind === 'ended' &&
    state.ending.kind === 'not-visible' &&
    state.decision === undefined &&
    found.step?.uniqueName === step &&
    found.modifiedAtMs !== undefined &&
    found.modifiedAtMs === instance.modifiedAtMs &&
    !found.isPartial &&
    !instance.isPartial &&
    compareFacts(instance, found) === undefined
  );
}

function reopen({ approval }: Life, { instance }: EventOf<'found-again'>): Change {
  if (!isFoundAgain(approval, instance)) return {};
  return {
    approval: { ...withoutPlan(approval), instance, isAssigned: true, state: { kind: 'waiting' } },
    priority: priorities.newCard,
    notifications: [{ kind: 'found-again' }],
  };
}

/** What a card tells besides the state has changed. */
function showAnew({ approval }: Life): Change {
  return { approval: { ...approval } };
}

function retire({ approval, signal }: Life, { switchedTo }: EventOf<'unwatched'>, nowMs: number): Change {
  const ended = endApproval(approval, { kind: 'unwatched', ...defined({ switchedTo }) }, nowMs);
  if (!isLive(signal)) {
    const isUndecided = approval.state.kind === 'waiting';
    return {
      approval: ended,
      notifications: [{ kind: 'ending' }, ...(isUndecided ? [{ kind: 'undecided' } as const] : [])],
    };
  }
  const { votes } = signal.decision;
  const isUnsent = signal.phase === 'claimed' && signal.sends === 0;
  return {
    signal: settled(signal),
    approval: ended,
    notifications: [
      { kind: 'ending' },
      isUnsent ? { kind: 'released', votes, why: 'unwatched' } : { kind: 'outcome-unknown', votes },
    ],
    // Whose answer was waited for is on record as unknown already.
    ...(isUnsent || approval.state.kind === 'checking' ? {} : { records: [{ kind: 'unknown' }] }),
  };
}

function changeDetails(
  { approval, signal }: Life,
  { instance, inbound, changes }: EventOf<'details-changed'>,
): Change {
  const next = { ...approval, instance, inbound: inbound, revision: approval.revision + 1 };
  const note = { kind: 'facts-changed', changes } as const;
  if (isLive(signal)) {
    return { ...release({ approval: next, signal }, note, []), ...allVoid(signal.decision.votes) };
  }
  const waiting: Approval = { ...next, state: { kind: 'waiting', note } };
  return { approval: waiting, priority: priorities.staleButtons, ...allVoid([]) };
}

function completeDetails({ approval }: Life, { inbound }: EventOf<'details-completed'>): Change {
  return { approval: { ...approval, inbound: inbound }, priority: priorities.newCard };
}

function claim({ approval }: Life, { signal }: EventOf<'quorum-filled'>): Change {
  const { decision, notBeforeMs } = signal;
  const held =
    notBeforeMs === undefined
      ? undefined
      : ({ kind: 'held', decision, untilMs: notBeforeMs, waitsFor: 'hold' } as const);
  const next = withoutPlan(approval);
  return { approval: held ? { ...next, state: held } : deciding(next, decision), claim: { signal } };
}

/** Once anybody has decided, no rule does any more, whatever becomes of the decision. */
function withoutPlan({ plan, ...approval }: Approval): Approval {
  return plan ? { ...approval, plan: { ...plan, over: plan.over ?? 'decided' } } : approval;
}

function beginHold({ approval }: Life, { sinceMs, untilMs }: EventOf<'hold-began'>): Change {
  if (!isPlanned(approval)) return {};
  return { approval: { ...approval, plan: { ...approval.plan, sinceMs, untilMs } } };
}

function resetHold({ approval }: Life): Change {
  if (!isPlanned(approval)) return {};
  const { sinceMs: _since, untilMs: _until, ...plan } = approval.plan;
  return { approval: { ...approval, plan } };
}

function leaveToPeople({ approval }: Life, { why, by }: EventOf<'left-to-people'>): Change {
  if (!isPlanned(approval)) return {};
  return {
    approval: { ...approval, plan: { ...approval.plan, over: why, ...defined({ stoppedBy: by }) } },
    priority: priorities.staleButtons,
  };
}

function deciding(approval: Approval, decision: Decision): Approval {
  return { ...approval, state: { kind: 'deciding', decision } };
}

function takeBack(life: LiveLife, { person }: EventOf<'taken-back'>): Change {
  return release(life, undefined, withoutVotesOf(life, person));
}

function giveUpRepudiated(life: LiveLife, { person, name }: EventOf<'repudiated'>): Change {
  const kept = life.signal.decision.votes.filter((vote) => !isBehind(vote, person));
  return release(life, { kind: 'disowned', name }, kept);
}

function withoutVotesOf({ signal }: LiveLife, person: PersonId): readonly Vote[] {
  return signal.decision.votes.filter((vote) => !isSamePerson(vote.person, person));
}

/** What may have left is not sent again, even if it never arrived and their rights are back. */
function noteRepudiation({ signal }: LiveLife, { person }: EventOf<'repudiated'>): Change {
  return { signal: { ...signal, repudiatedBy: [...(signal.repudiatedBy ?? []), person] } };
}

function recheck(life: LiveLife, { reading }: EventOf<'rechecked'>, nowMs: number): Change {
  const { approval, signal } = life;
  const found = conclude(approval, reading);
  if (found.kind === 'nothing') return {};
  if (found.kind === 'left') return endUnsent(life, found, nowMs);
  const { votes } = signal.decision;
  const { instance } = found;
  const difference = compareFacts(approval.instance, instance);
  if (!difference) return {};
  const next = { ...approval, instance, revision: approval.revision + 1 };
  return {
    ...release({ approval: next, signal }, { kind: 'facts-changed', ...difference }, []),
    ...allVoid(votes),
  };
}

/** Ends a decision that is not on its way, since the run has left the step. */
function endUnsent(
  life: LiveLife,
  found: Left & { readonly stoppedBy?: StoppedBy | undefined },
  nowMs: number,
): Change {
  const { approval, signal } = life;
  // What was sent before may have moved it after all.
  if (signal.sends > 0)
    return endSent(life, endedAt(approval, found, checking(life, nowMs, false).state, nowMs));
  const { votes } = signal.decision;
  return {
    signal: settled(signal),
    approval: asStopped(endedAt(approval, found, { kind: 'waiting' }, nowMs), found.stoppedBy),
    // They are told that it did not count, so it does not count later either.
    forgotten: votes.map(({ person }) => person),
    notifications: [{ kind: 'ending' }, { kind: 'released', votes, why: 'overtaken' }],
  };
}

function loseVotes(life: LiveLife, { note, kept, lost, why = 'rights' }: EventOf<'votes-lost'>): Change {
  return { ...release(life, note, kept), notifications: [{ kind: 'votes-void', votes: lost, why }] };
}

function delay(
  { approval, signal }: LiveLife,
  { waitsFor, untilMs, fault: found }: EventOf<'delayed'>,
): Change {
  const { state } = approval;
  const fault = found === 'silence' ? undefined : found;
  if (state.kind === 'held' && state.waitsFor === waitsFor && state.fault === fault) return {};
  const { decision } = signal;
  const held = { kind: 'held', decision, untilMs, waitsFor, ...defined({ fault }) } as const;
  return { approval: { ...approval, state: held } };
}

function expire(life: LiveLife): Change {
  const { state } = life.approval;
  const wasTried = (state.kind === 'held' && state.waitsFor !== 'hold') || life.signal.sends > 0;
  return releaseUnsent(life, wasTried ? 'released' : 'too-old');
}

function releaseUnsent(life: LiveLife, kind: 'released' | 'too-old'): Change {
  const { decision } = life.signal;
  return {
    ...release(life, { kind, decision }, []),
    notifications: [{ kind: 'released', votes: decision.votes, why: 'unreachable' }],
  };
}

function markSending({ approval, signal }: LiveLife, { deadlineMs }: EventOf<'sending'>): Change {
  return {
    signal: { ...signal, phase: 'sending', deadlineMs, sends: signal.sends + 1, stillWaitingReads: 0 },
    approval: approval.state.kind === 'deciding' ? approval : deciding(approval, signal.decision),
  };
}

/** Whatever the card says of an outcome that is not known is not so any more. */
function goBack({ approval, signal }: LiveLife, _event: unknown, nowMs: number): Change {
  const { deadlineMs: _over, ...rest } = signal;
  const unsent: Signal = { ...rest, phase: 'claimed', sends: rest.sends - 1 };
  const records = [{ kind: 'not-sent' }];
  const left = leftBefore({ approval, signal });
  if (left) return { ...endUnsent({ approval, signal: unsent }, left, nowMs), records };
  return {
    signal: unsent,
    approval: approval.state.kind === 'deciding' ? approval : deciding(approval, signal.decision),
    records,
  };
}

function accept({ signal }: LiveLife): Change {
  return { signal: { ...signal, phase: 'accepted' }, records: [{ kind: 'accepted' }] };
}

function check(life: LiveLife, _event: unknown, nowMs: number): Change {
  return { approval: checking(life, nowMs, false), records: [{ kind: 'unknown' }] };
}

function checking({ approval, signal }: LiveLife, sentAtMs: number, isAccepted: boolean): Approval {
  const { decision } = signal;
  return { ...approval, state: { kind: 'checking', decision, sentAtMs, isAccepted } };
}

/**
 * A run that still waits at the step has not moved: people may decide again. One that has moved may have been moved
 * by the very signal, whatever was answered. While neither can be seen the outcome is not known.
 */
function takeRefusal(life: LiveLife, event: EventOf<'refused'>, nowMs: number): Change {
  const { approval, signal } = life;
  const { refused, isUnsent = false } = event;
  const { reason, account, said } = refused;
  const { decision } = signal;
  const unknown = { kind: 'unknown', reason };
  const found = concludeSent(life, event.reading);
  if (!isUnsent && found.kind === 'nothing') {
    const isSaid = approval.state.kind === 'checking';
    return {
      signal: { ...signal, refused },
      ...(isSaid ? {} : { approval: checking(life, nowMs, false), records: [unknown] }),
    };
  }
  if (!isUnsent && found.kind === 'left') {
    // It was sent, so nobody is credited and nothing denied.
    const { state } = checking(life, nowMs, false);
    return {
      signal: settled(signal),
      approval: asRefused(endedAt(approval, found, state, nowMs)),
      records: [unknown],
      notifications: [{ kind: 'ending' }, { kind: 'outcome-unknown', votes: decision.votes }],
    };
  }
  const more = { ...defined({ account, said }), ...(isUnsent ? { isUnsent: true as const } : {}) };
  const released = release(life, { kind: 'refused', decision, reason, ...more }, []);
  return {
    ...released,
    records: [{ kind: 'refused', reason }, ...released.records],
    notifications: [
      { kind: 'votes-void', votes: decision.votes, why: 'refused' },
      { kind: 'signal-refused', reason, ...more },
    ],
  };
}

function asStopped(approval: Approval, stopped: StoppedBy | undefined): Approval {
  const { state } = approval;
  if (state.kind !== 'ended') return approval;
  return { ...approval, state: { ...state, ending: stoppedEnding(state.ending, stopped) } };
}

function asRefused(approval: Approval): Approval {
  const { state } = approval;
  if (state.kind !== 'ended' || state.ending.kind !== 'overtaken') return approval;
  return { ...approval, state: { ...state, ending: { ...state.ending, isRefused: true } } };
}

function readOutcome(life: LiveLife, event: EventOf<'outcome-read'>, nowMs: number): Change {
  const { approval, signal } = life;
  const { reading, isAssigned, next } = event;
  const found = concludeSent(life, reading);
  if (found.kind === 'nothing') return {};
  if (found.kind === 'left') return endSent(life, endedAt(approval, found, approval.state, nowMs));
  const seen = { ...approval, instance: found.instance };
  if (approval.inbound) {
    // It is never sent again by itself: a second answer could be taken for that of a later step.
    const ending = { kind: 'outcome-unknown', now: whereaboutsOf(seen.instance) } as const;
    return {
      signal: settled(signal),
      approval: endApproval(seen, ending, nowMs),
      notifications: [{ kind: 'ending' }, { kind: 'outcome-unknown', votes: signal.decision.votes }],
    };
  }
  if (!isAssigned) {
    const change = standing({ approval: seen, signal }, { isAssigned, isInferred: true, next }, nowMs);
    return { ...change, records: change.records.map((one) => ({ ...one, inferred: true })) };
  }
  const stillWaitingReads = signal.stillWaitingReads + 1;
  if (stillWaitingReads < readsToBeSure) return { signal: { ...signal, stillWaitingReads } };
  if (signal.sends >= maxSends) return releaseUnsent(life, 'released');
  const { deadlineMs: _over, ...rest } = signal;
  return {
    signal: { ...rest, phase: 'claimed', stillWaitingReads },
    approval: deciding(approval, signal.decision),
    records: [{ kind: 'not-arrived' }],
  };
}

/** Reads that must find a step still waiting for us before a lost request counts as never arrived. */
const readsToBeSure = 2;

/** How often a decision may be sent: once, and once more if reading has shown that it did not arrive. */
const maxSends = 2;

function giveUpAsking(life: LiveLife): Change {
  const { votes } = life.signal.decision;
  return { ...release(life, undefined, []), notifications: [{ kind: 'outcome-unknown', votes }] };
}

function readEffect(life: LiveLife, event: EventOf<'effect-read'>, nowMs: number): Change {
  const { approval, signal } = life;
  const { reading, isAssigned, next } = event;
  const found = concludeSent(life, reading);
  if (found.kind === 'nothing') {
    const isSaid = approval.state.kind === 'checking' && approval.state.isAccepted;
    return isSaid ? {} : { approval: checking(life, nowMs, true) };
  }
  if (found.kind === 'left') {
    const accepted = { kind: 'not-moved', decision: signal.decision } as const;
    return endSent(life, endedAt(approval, found, accepted, nowMs));
  }
  const seen = { ...approval, instance: found.instance };
  const known = { isAssigned: isAssigned ?? false, isInferred: isAssigned === undefined, next };
  return standing({ approval: seen, signal }, known, nowMs);
}

function endSent({ signal }: LiveLife, approval: Approval): Change {
  return { signal: settled(signal), approval, notifications: [{ kind: 'ending' }] };
}

/**
 * A step that was told and still waits: one that wants several identities has taken ours, one that wants a single
 * one should have moved. Of a run that told of the step itself neither can be seen, until it ends.
 */
function standing(
  { approval, signal }: LiveLife,
  found: {
    readonly isAssigned: boolean;
    readonly isInferred: boolean;
    readonly next: NextSignal | undefined;
  },
  nowMs: number,
): Change & Pick<Applied, 'records'> {
  const { isAssigned, isInferred, next } = found;
  const { decision } = signal;
  const wantsMore = approval.requirement.needed === undefined || approval.requirement.needed > 1;
  const isRecorded = !approval.inbound && decision.verdict === 'approve' && wantsMore && !isAssigned;
  const kind = isRecorded ? 'recorded' : 'not-moved';
  const over = { signal: settled(signal), records: [{ kind }] };
  if (isRecorded && next) {
    return { ...over, ...countSignaller({ approval, signal }, { isInferred, next }, nowMs) };
  }
  const state: ApprovalState = { kind, decision, ...(isInferred ? { isInferred } : {}) };
  return { ...over, approval: { ...approval, isAssigned, state } };
}

/**
 * The system has counted whoever the signal went out for, and waits for more.
 *
 * Where others decided together with them, theirs is claimed next; else the step is open for others.
 */
function countSignaller(
  { approval, signal }: LiveLife,
  { isInferred, next }: { readonly isInferred: boolean; readonly next: NextSignal },
  nowMs: number,
): Change {
  const { deadlineMs: _over, decision, ...rest } = signal;
  const last = decision.votes.at(-1);
  const counted = last ? countedAfter(approval, last, isInferred) : (approval.counted ?? []);
  const votes = notCounted({ counted }, decision.votes);
  const waiting: Approval = { ...approval, counted, state: { kind: 'waiting' } };
  if (votes.length === 0) return { approval: waiting };
  const others = { ...decision, votes };
  const claimed = { ...rest, ...next, ...unsent, decision: others, claimedAtMs: nowMs };
  return { approval: deciding(waiting, others), claim: { signal: claimed, otherwise: waiting } };
}

/** Adds the vote of whoever a signal went out for to those the system has counted. */
function countedAfter({ counted = [] }: Approval, vote: Vote, isInferred: boolean): readonly CountedVote[] {
  return [...counted, { ...vote, ...(isInferred ? { isInferred } : {}) }];
}

/**
 * Gives a decision up: the step waits again, with a note why.
 *
 * Of the votes the decision stood on only those to keep are kept; votes it did not stand on stay.
 */
function release(
  { approval, signal }: LiveLife,
  note: WaitingNote | undefined,
  keep: readonly Vote[],
): Change & Pick<Applied, 'records'> {
  const isKept = ({ person }: Vote) => keep.some((one) => isSamePerson(one.person, person));
  return {
    signal: settled(signal),
    approval: { ...approval, state: { kind: 'waiting', ...defined({ note }) } },
    forgotten: signal.decision.votes.filter((vote) => !isKept(vote)).map(({ person }) => person),
    records: [{ kind: 'given-up', why: note?.kind ?? 'taken-back' }],
  };
}

function allVoid(decided: readonly Vote[]): Pick<Applied, 'notifications'> {
  return { notifications: [{ kind: 'all-votes-void', decided }] };
}

/** What a reading shows of a run and the step it waited at. */
type Conclusion =
  /** It cannot be read, or is on its way at the step: it has neither left it nor stayed. */
  { readonly kind: 'nothing' } | Left | { readonly kind: 'waits'; readonly instance: Instance };

/** It has left the step. */
interface Left {
  readonly kind: 'left';
  readonly reading: Exclude<Reading, { kind: 'hidden' }>;
}

function conclude(approval: Approval, reading: Reading | undefined): Conclusion {
  if (!reading || reading.kind === 'hidden') return { kind: 'nothing' };
  if (reading.kind === 'not-visible') return { kind: 'left', reading };
  if (isBetween(reading.instance, approval)) return { kind: 'nothing' };
  if (!isAtStep(reading.instance, approval)) return { kind: 'left', reading };
  return { kind: 'waits', instance: seenBy(approval, reading.instance) };
}

/**
 * The same of a run whose signal may have left: where a poll has seen it elsewhere it has left the step, though a
 * reading shows it there again.
 */
function concludeSent(life: LiveLife, reading: Reading | undefined): Conclusion {
  const found = conclude(life.approval, reading);
  const isOld = found.kind === 'waits' || (reading?.kind === 'found' && found.kind === 'nothing');
  return (isOld ? leftBefore(life) : undefined) ?? found;
}

/** Where a poll has seen the run of a signal elsewhere: that it has left the step. */
function leftBefore({ approval, signal: { seenElsewhere } }: LiveLife): Left | undefined {
  if (!seenElsewhere) return undefined;
  const { step: _step, statusMessage: _old, ...known } = approval.instance;
  const instance = { ...known, ...seenElsewhere };
  return { kind: 'left', reading: { kind: 'found', instance, successors: [] } };
}

/** Ends an approval by a reading, with the move credited to what is known of the signal. */
function endedAt(approval: Approval, { reading }: Left, credited: ApprovalState, nowMs: number): Approval {
  const known = { ...approval, state: credited };
  if (reading.kind === 'not-visible') return endApproval(known, notVisible(credited), nowMs);
  const seen = { ...known, instance: seenBy(known, reading.instance) };
  return endApproval(seen, endingOf(stateInSystem(known), reading), nowMs);
}

/** Of a run that cannot be read only what its system said of a signal is known. */
function notVisible(state: ApprovalState): Ending {
  const isTaken = (state.kind === 'recorded' || state.kind === 'not-moved') && !state.isInferred;
  return { kind: 'not-visible', ...(isTaken ? { isAccepted: true } : {}) };
}

/** What a sighting makes of an approval. */
type Followed =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refreshed'; readonly approval: Approval }
  /** Decision facts changed while it waits: earlier votes do not count any more. */
  | { readonly kind: 'facts-changed'; readonly approval: Approval; readonly changes: readonly FactChange[] }
  | { readonly kind: 'ended'; readonly approval: Approval; readonly ending: Ending };

/**
 * Tells what became of an approval, given how its instance was just found.
 *
 * Gone from the list is not finished: it ends only when the instance has ended, stands elsewhere, or may not
 * be read any more. While a signal of ours is under way a sighting concludes nothing here: that attempt is settled
 * by its own reading, which knows what was sent.
 */
export function followApproval(
  approval: Approval,
  snapshot: Snapshot,
  nowMs: number,
  stopped?: StoppedBy,
): Followed {
  if (approval.state.kind === 'ended' || hasSignalUnderWay(approval.state)) return { kind: 'unchanged' };
  if (snapshot.kind === 'not-visible') return ended(approval, notVisible(approval.state), nowMs);
  if (!approval.inbound && isBetween(snapshot.instance, approval)) return { kind: 'unchanged' };
  const instance = seenBy(approval, snapshot.instance);
  if (!isAtStep(instance, approval)) {
    const ending = stoppedEnding(endingOf(stateInSystem(approval), snapshot), stopped);
    return ended({ ...approval, instance: keepFacts(instance, approval) }, ending, nowMs);
  }
  const seen: Approval = { ...approval, instance, isAssigned: snapshot.isAssigned };
  // What a list tells of a run says nothing about facts that only the run itself tells.
  const difference = isComparable(approval.instance, instance)
    ? compareFacts(approval.instance, instance)
    : undefined;
  if (difference && approval.state.kind === 'waiting') {
    const state: ApprovalState = { kind: 'waiting', note: { kind: 'facts-changed', ...difference } };
    const { changes } = difference;
    return { kind: 'facts-changed', approval: { ...seen, revision: approval.revision + 1, state }, changes };
  }
  const isSame =
    instance.fingerprint === approval.instance.fingerprint &&
    snapshot.isAssigned === approval.isAssigned &&
    // What an older version did not read is filled in.
    instance.facts.reading === approval.instance.facts.reading;
  // Once decided, the card keeps the facts that were decided about.
  const keepsFacts = difference !== undefined || !isComparable(approval.instance, instance);
  const { facts, isPartial = false } = approval.instance;
  const kept = keepsFacts ? { ...instance, facts, isPartial } : instance;
  return isSame ? { kind: 'unchanged' } : { kind: 'refreshed', approval: { ...seen, instance: kept } };
}

/** A run that was rejected may have been stopped from here, by whoever that was. */
function stoppedEnding(ending: Ending, stopped: StoppedBy | undefined): Ending {
  const endedAs = ending.kind === 'decided-elsewhere' ? ending.now.status.kind : undefined;
  const isStopped = endedAs === 'rejected' || (endedAs === 'aborted' && stopped?.isCanceled === true);
  return isStopped && stopped ? { ...ending, ...stopped } : ending;
}

function isComparable(before: Instance, now: Instance): boolean {
  return !now.isPartial || before.isPartial === true;
}

/** Tells whether something is decided and its signal is not settled. */
export function hasSignalUnderWay({ kind }: ApprovalState): boolean {
  return kind === 'deciding' || kind === 'held' || kind === 'checking';
}

/** Keeps the facts people saw when the ended instance does not tell them any more. */
function keepFacts(instance: Instance, approval: Approval): Instance {
  return instance.facts.subject === undefined && instance.facts.names.length === 0
    ? { ...instance, facts: approval.instance.facts }
    : instance;
}

function ended(approval: Approval, ending: Ending, nowMs: number): Followed {
  return { kind: 'ended', ending, approval: endApproval(approval, ending, nowMs) };
}

/** Ends an approval, keeping the decision people made about it. */
export function endApproval(approval: Approval, ending: Ending, nowMs: number): Approval {
  const decision = wholeDecision(approval);
  return { ...approval, state: { kind: 'ended', ending, atMs: nowMs, ...defined({ decision }) } };
}

/** Says how an approval stands in its system: one that waits for more identities is not simply waiting. */
export function stateInSystem({ state, counted = [] }: Pick<Approval, 'state' | 'counted'>): ApprovalState {
  const last = counted.at(-1);
  if (state.kind !== 'waiting' || !last) return state;
  const isInferred = counted.some((one) => one.isInferred === true);
  const decision = { verdict: 'approve', votes: counted, atMs: last.atMs } as const;
  return { kind: 'recorded', decision, ...(isInferred ? { isInferred } : {}) };
}

/** Gives the whole of what people decided, with what the system had counted before. */
export function wholeDecision(approval: Pick<Approval, 'state' | 'counted'>): Decision | undefined {
  const state = stateInSystem(approval);
  if (!('decision' in state) || state.decision === undefined) return undefined;
  const { decision } = state;
  return decision.verdict === 'approve'
    ? { ...decision, votes: withCounted(approval, decision.votes) }
    : decision;
}

/**
 * Says how an approval ended whose instance does not wait at its step any more.
 *
 * A signal whose outcome was never confirmed is not credited with the move.
 */
export function endingOf(
  state: ApprovalState,
  { instance, successors = [] }: Pick<Extract<Snapshot, { kind: 'seen' }>, 'instance' | 'successors'>,
): Ending {
  if (instance.status.kind === 'canceled-for-restart') {
    const [only] = successors;
    const successor = successors.length === 1 && only ? { successor: only } : {};
    return { kind: 'restarted', candidates: successors.length, ...successor };
  }
  const isInferred = (state.kind === 'recorded' || state.kind === 'not-moved') && state.isInferred === true;
  if (isInferred) return { kind: 'overtaken', now: whereaboutsOf(instance) };
  if (state.kind === 'recorded') return endingAfter(state.decision, instance, true);
  const isAccepted = state.kind === 'not-moved' || (state.kind === 'checking' && state.isAccepted);
  if (isAccepted) return endingAfter(state.decision, instance, false);
  return {
    kind: state.kind === 'checking' ? 'overtaken' : 'decided-elsewhere',
    now: whereaboutsOf(instance),
  };
}

/** Says how an accepted signal ended: as decided only if the instance went where that decision leads. */
export function endingAfter(decision: Decision, instance: Instance, elsewhere: boolean): Ending {
  const now = whereaboutsOf(instance);
  if (decision.output !== undefined) return endingAfterOutput(decision, instance);
  const isRejected = instance.status.kind === 'rejected';
  if (instance.status.kind === 'unknown') return { kind: 'overtaken', now };
  if (decision.verdict === 'deny') return isRejected ? { kind: 'denied', now } : { kind: 'overtaken', now };
  return isRejected ? { kind: 'overtaken', now } : { kind: 'approved', now, elsewhere };
}

/** A workflow that offered outputs of its own goes on after a no as well, so only an abort speaks against ours. */
function endingAfterOutput({ verdict }: Decision, instance: Instance): Ending {
  const now = whereaboutsOf(instance);
  if (instance.status.kind === 'aborted') return { kind: 'overtaken', now };
  return verdict === 'deny' ? { kind: 'denied', now } : { kind: 'approved', now, elsewhere: false };
}
