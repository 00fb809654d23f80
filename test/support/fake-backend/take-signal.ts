import type { SignalResult } from '../../../src/ports/backend.js';
import { type Arrival, lostSignal, type SignalFault, unreachable } from './faults.js';
import type { Fate } from './run.js';

/** Lets a signal arrive the way a fault says, and answers or fails as the port does. */
export function takeSignal(
  fault: SignalFault | undefined,
  way: {
    readonly arrive: (how: Fate) => Arrival['outcome'];
    readonly arriveLate: (arrive: () => void) => void;
  },
): SignalResult {
  switch (fault?.kind) {
    case undefined:
      return replyTo(way.arrive('counted'));
    case 'stuck':
    case 'lost':
      return replyTo(way.arrive(fault.kind));
    case 'refuse':
      if (fault.when === 'after-effect') way.arrive('counted');
      return {
        kind: 'refused',
        reason: fault.reason,
        ...(fault.when === 'unsent' ? { isUnsent: true } : {}),
      };
    case 'unsent':
      throw unreachable();
    case 'timeout-before':
      throw lostSignal();
    case 'timeout-after':
      way.arrive('counted');
      throw lostSignal();
    case 'timeout-late':
      way.arriveLate(() => void way.arrive('counted'));
      throw lostSignal();
  }
}

function replyTo(outcome: Arrival['outcome']): SignalResult {
  return outcome === 'refused' ? { kind: 'refused', reason: 'not-waiting' } : { kind: 'accepted' };
}
