import type { Context } from './context.js';

/**
 * A request leaves right after it was written down. If more time has passed, this process was frozen: others may
 * have settled by now what they believe was sent.
 */
const longestPauseMs = 1_000;

/** Tells whether too much time has passed since a request was written down for it to leave now. */
export function wasFrozen({ now }: Context, writtenDownAtMs: number): boolean {
  return Math.abs(now() - writtenDownAtMs) > longestPauseMs;
}
