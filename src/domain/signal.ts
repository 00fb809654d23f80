import type { Decision } from './approval.js';
import type { InstanceRef } from './instance.js';

/**
 * One attempt to tell a system a decision, from its claim to its settled end.
 *
 * `claimed`: nothing was sent. `sending`: written before the request leaves, so after a crash its outcome is
 * unknown. `accepted`: the system took it and its effect has not been read. `settled`: over.
 */
export type SignalPhase = 'claimed' | 'sending' | 'accepted' | 'settled';

/** A claimed signal; at most one that is not settled exists per instance. */
export interface Signal {
  readonly id: string;
  readonly approvalId: string;
  readonly instance: InstanceRef;
  readonly step: string;
  readonly revision: number;
  readonly decision: Decision;
  readonly phase: SignalPhase;
  /** Which run of the bot holds it, and until when nobody else may take it. */
  readonly holder: string;
  readonly leaseUntilMs: number;
  readonly claimedAtMs: number;
  /** When the request itself can no longer arrive; set before it is sent. */
  readonly deadlineMs?: number;
  /** How often the request was sent. */
  readonly sends: number;
  /** Reads since the deadline that still found it waiting for the signalling identity. */
  readonly stillWaitingReads: number;
}

/** The comment a system stores may be no longer than this, in UTF-16 units. */
export const maxCommentLength = 500;

/** Writes the comment a system stores: what people said, and always who decided through the bot. */
export function signalComment(decision: Decision): string {
  const who = decision.votes.map(({ name, identities }) => withIdentity(name, identities[0])).join(', ');
  const verb = decision.verdict === 'approve' ? 'Approved' : 'Denied';
  const attribution = `${verb} by ${who} via Countersign`;
  const said = decision.votes.flatMap(({ comment }) => (comment ? [comment] : [])).join(' / ');
  return said === '' ? attribution : `${said} — ${attribution}`;
}

function withIdentity(name: string, identity: string | undefined): string {
  return identity === undefined || identity === name ? name : `${name} (${identity})`;
}
