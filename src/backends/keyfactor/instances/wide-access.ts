import type { KeyfactorServer } from '../settings.js';

/** For so long a refusal is remembered: access may be granted at any time. */
const refusalMs = 600_000;

/** Knows whether the list of every instance is worth asking for. */
export interface WideAccess {
  isWorthTrying(): boolean;
  /** Remembers for a while that it was refused. */
  noteRefusal(): void;
}

/** Creates that knowledge: told by the settings, or else learnt from the server. */
export function createWideAccess(
  { readAll }: Pick<KeyfactorServer, 'readAll'>,
  now: () => number,
): WideAccess {
  let refusedUntilMs = readAll === 'no' ? Number.POSITIVE_INFINITY : 0;
  return {
    isWorthTrying: () => readAll === 'yes' || now() >= refusedUntilMs,
    noteRefusal() {
      refusedUntilMs = Math.max(refusedUntilMs, now() + refusalMs);
    },
  };
}
