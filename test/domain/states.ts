import type { ApprovalState } from '../../src/domain/approval.js';
import { aDecision, noonMs } from '../support/an-approval.js';

/** Every kind of state, in the order an approval may pass through them. */
export const stateKinds: readonly ApprovalState['kind'][] = [
  'waiting',
  'deciding',
  'held',
  'checking',
  'recorded',
  'not-moved',
  'ended',
];

/** A state of the given kind; where it carries a decision, that is to approve. */
export function anyState(kind: ApprovalState['kind'], decision = aDecision()): ApprovalState {
  switch (kind) {
    case 'waiting':
      return { kind };
    case 'held':
      return { kind, decision, untilMs: noonMs + 600_000 };
    case 'checking':
      return { kind, decision, sentAtMs: noonMs, isAccepted: false };
    case 'ended':
      return { kind, decision, ending: { kind: 'not-visible' }, atMs: noonMs };
    case 'deciding':
    case 'recorded':
    case 'not-moved':
      return { kind, decision };
  }
}

/** A state of the given kind; where it carries a decision, that is to deny. */
export function deniedState(kind: ApprovalState['kind']): ApprovalState {
  return anyState(kind, aDecision({ verdict: 'deny' }));
}
