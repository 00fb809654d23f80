import type { ApprovalState, Whereabouts } from './approval-state.js';
import type { CountedVote, Verdict } from './decision.js';
import { hasEnded, type Instance } from './instance.js';

/** What the definition says a step needs; absent means it could not be read. */
export interface Requirement {
  /** How many distinct identities the system itself wants. */
  readonly needed?: number;
  readonly roles: readonly string[];
  /** Display name of what comes after an approval. */
  readonly nextStep?: string;
}

/** One way a waiting step can be answered, by its name in the workflow, and whether it says yes or no. */
export interface Output {
  readonly name: string;
  readonly verdict: Verdict;
}

/**
 * What a workflow itself sent when it asked for people.
 *
 * Its system lists nothing that could be observed, and tells of a run only how it stands as a whole.
 */
export interface InboundDetails {
  /** What the system knows the waiting activity by; without it no answer can be sent, only a link be shown. */
  readonly activityId?: string;
  /** What the workflow's designer calls it; absent if the sender did not say. */
  readonly activity?: string;
  readonly outputs: readonly Output[];
  /** Whom the workflow would ask, as the system names them; the rules alone say who may. */
  readonly suggested: readonly string[];
}

/** One waiting step put to people. */
export interface Approval {
  /** Opaque and unguessable; the only thing a button carries besides the revision. */
  readonly id: string;
  /** Short code people can say aloud, such as `K7F3`. */
  readonly code: string;
  readonly instance: Instance;
  /** Unique name of the step that waits; with the instance and the attempt it names the approval. */
  readonly step: string;
  /** Counts how often the instance has come to wait at this step. */
  readonly attempt: number;
  /** Raised when the decision facts change; votes and buttons belong to one revision. */
  readonly revision: number;
  /** Raised at every change, so that two writers cannot overwrite each other. */
  readonly version: number;
  readonly requirement: Requirement;
  readonly state: ApprovalState;
  /** Set where the workflow itself told of it. */
  readonly told?: InboundDetails;
  /** Whether the signalling identity still had it in its list when last seen. */
  readonly isAssigned: boolean;
  /** Votes the system has counted already, each sent in its person's own name. */
  readonly counted?: readonly CountedVote[];
  readonly waitingSinceMs: number;
}

/** Tells whether an approval still takes votes. */
export function isOpenForVotes(approval: Approval): boolean {
  return approval.state.kind === 'waiting';
}

/**
 * Tells whether an instance waits at the step an approval was put for.
 *
 * A run that told of the step itself counts as waiting there until it has come to its end, since nothing else
 * can be seen of it.
 */
export function isAtStep(instance: Instance, approval: Pick<Approval, 'step' | 'told'>): boolean {
  if (approval.told) return !hasEnded(instance.status) && instance.status.kind !== 'failed';
  return instance.awaitsApproval && instance.step?.uniqueName === approval.step;
}

/**
 * Tells whether an instance is on its way at the very step: it neither waits there nor has it left.
 *
 * A system may show a run so for a moment, whatever becomes of it; nothing can be concluded from that.
 */
export function isBetween(instance: Instance, approval: Pick<Approval, 'step'>): boolean {
  return instance.status.kind === 'running' && instance.step?.uniqueName === approval.step;
}

/**
 * Gives an instance as an approval knows it after a reading.
 *
 * Of a run that told of the step itself a reading tells only how it stands; everything else stays as told.
 */
export function seenBy(approval: Pick<Approval, 'instance' | 'told'>, read: Instance): Instance {
  if (!approval.told) return read;
  const { statusMessage: _old, ...inbound } = approval.instance;
  const { status, statusMessage, fingerprint } = read;
  return { ...inbound, status, fingerprint, ...(statusMessage === undefined ? {} : { statusMessage }) };
}

/** Says where an instance stands, for an ending; of one that was told the step is where it stood then. */
export function whereaboutsOf(instance: Instance): Whereabouts {
  return {
    status: instance.status,
    ...(instance.statusMessage === undefined ? {} : { statusMessage: instance.statusMessage }),
    ...(instance.step === undefined || instance.facts.isTold ? {} : { step: instance.step }),
  };
}
