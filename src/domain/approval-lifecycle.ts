import { defined } from '../shared/defined.js';
import {
  type Approval,
  type ApprovalState,
  type Decision,
  decisionFactsOf,
  type Ending,
  type FactChange,
  factChanges,
  isAtStep,
  isBetween,
  membershipOf,
  type Output,
  seenBy,
  whereaboutsOf,
  wholeDecision,
} from './approval.js';
import { type Instance, type InstanceRef, isSameName } from './instance.js';
import type { PersonId } from './person.js';
import { approverRuleFor, type Policy } from './policy.js';

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
 * be read any more. While a signal of ours is under way a sighting concludes nothing: that attempt is settled
 * by its own reading, which knows what was sent.
 */
export function followApproval(approval: Approval, snapshot: Snapshot, nowMs: number): Followed {
  if (approval.state.kind === 'ended' || hasSignalUnderWay(approval.state)) return { kind: 'unchanged' };
  if (snapshot.kind === 'not-visible') return ended(approval, { kind: 'not-visible' }, nowMs);
  if (!approval.told && isBetween(snapshot.instance, approval)) return { kind: 'unchanged' };
  const instance = seenBy(approval, snapshot.instance);
  if (!isAtStep(instance, approval)) {
    return ended(
      { ...approval, instance: keepFacts(instance, approval) },
      endingOf(membershipOf(approval), snapshot),
      nowMs,
    );
  }
  const seen: Approval = { ...approval, instance, isAssigned: snapshot.isAssigned };
  // What a list tells of a run says nothing about facts that only the run itself tells.
  const changes = isComparable(approval.instance, instance)
    ? factChanges(decisionFactsOf(approval.instance), decisionFactsOf(instance))
    : [];
  if (changes.length > 0 && approval.state.kind === 'waiting') {
    const state: ApprovalState = { kind: 'waiting', note: { kind: 'facts-changed', changes } };
    return { kind: 'facts-changed', approval: { ...seen, revision: approval.revision + 1, state }, changes };
  }
  const isSame =
    instance.fingerprint === approval.instance.fingerprint && snapshot.isAssigned === approval.isAssigned;
  // Once decided, the card keeps the facts that were decided about.
  const keepsFacts = changes.length > 0 || !isComparable(approval.instance, instance);
  const { facts, isPartial = false } = approval.instance;
  const kept = keepsFacts ? { ...instance, facts, isPartial } : instance;
  return isSame ? { kind: 'unchanged' } : { kind: 'refreshed', approval: { ...seen, instance: kept } };
}

function isComparable(before: Instance, now: Instance): boolean {
  return !now.isPartial || before.isPartial === true;
}

function hasSignalUnderWay({ kind }: ApprovalState): boolean {
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

/**
 * Says how an approval ended whose instance does not wait at its step any more.
 *
 * A signal whose outcome was never confirmed is not credited with the move.
 */
export function endingOf(state: ApprovalState, snapshot: Extract<Snapshot, { kind: 'seen' }>): Ending {
  const { instance, successors = [] } = snapshot;
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

/** What a step is answered with where nobody says otherwise. */
export const usualOutputs: readonly Output[] = [
  { name: 'Approved', verdict: 'approve' },
  { name: 'Rejected', verdict: 'deny' },
];

/** Which of a run's approvals a workflow speaks of. */
type InboundMatch =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly approval: Approval }
  | { readonly kind: 'several'; readonly approvals: readonly Approval[] };

/**
 * Finds the approval a workflow speaks of: by the activity, else by the sender's key, else the only one of the
 * run that waits without an activity. One that is called otherwise is another step, whatever waits.
 *
 * `known` are all approvals of the run, the latest first.
 */
export function matchInbound(
  known: readonly Approval[],
  request: {
    readonly step: string;
    readonly hasKey: boolean;
    readonly activityId: string | undefined;
    readonly activity: string | undefined;
  },
): InboundMatch {
  const { step, hasKey, activityId, activity } = request;
  const byActivity =
    activityId === undefined
      ? undefined
      : known.find(({ told: inbound }) => inbound?.activityId === activityId);
  const exact = byActivity ?? known.find((approval) => approval.step === step);
  if (exact) return { kind: 'one', approval: exact };
  if (hasKey || activityId === undefined) return { kind: 'none' };
  const waiting = known.filter(
    ({ state, told: inbound }) =>
      state.kind === 'waiting' &&
      inbound &&
      inbound.activityId === undefined &&
      (inbound.activity === undefined || activity === undefined || inbound.activity === activity),
  );
  const [only] = waiting;
  if (waiting.length > 1) return { kind: 'several', approvals: waiting };
  return only ? { kind: 'one', approval: only } : { kind: 'none' };
}

/** Tells whether a step has its answer, so that whoever comes to it again with another activity asks anew. */
export function isDecided({ kind }: ApprovalState): boolean {
  return kind === 'ended' || kind === 'not-moved' || kind === 'recorded';
}

/** Gives a run as told before, with what a workflow says differently now; what it leaves out stays as it was. */
export function withNews(before: Instance, request: Instance): Instance {
  const { facts } = request;
  return {
    ...before,
    title: facts.subject === undefined ? before.title : request.title,
    facts: {
      ...before.facts,
      ...facts,
      requesters: facts.requesters.length > 0 ? facts.requesters : before.facts.requesters,
      names: facts.names.length > 0 ? facts.names : before.facts.names,
      others: facts.others.length > 0 ? facts.others : before.facts.others,
    },
  };
}

/** Lists the people a workflow would ask who also may decide by the rules; they get the card themselves. */
export function suggestedPeople(
  { instance, told: inbound }: Pick<Approval, 'instance' | 'told'>,
  policy: Policy,
): readonly PersonId[] {
  const allowed = approverRuleFor(instance, policy)?.people ?? [];
  return policy.people
    .filter(({ identities }) =>
      (identities[instance.ref.system] ?? []).some((name) =>
        inbound?.suggested.some((suggested) => isSameName(name, suggested)),
      ),
    )
    .map(({ id }) => id)
    .filter((id) => allowed.some((one) => one.teamId === id.teamId && one.userId === id.userId));
}
