import { type Approval, isAtStep, isBetween, seenBy, whereaboutsOf } from './approval.js';
import type { ApprovalState, Ending } from './approval-state.js';
import { membershipOf, wholeDecision } from './counted.js';
import type { Decision } from './decision.js';
import { decisionFactsOf, type FactChange, factChanges } from './decision-facts.js';
import type { Instance, InstanceRef } from './instance.js';

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
export type Followed =
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
  return { ...approval, state: { kind: 'ended', ending, atMs: nowMs, ...(decision ? { decision } : {}) } };
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
