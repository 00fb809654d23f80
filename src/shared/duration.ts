import { z } from 'zod';
import { durationPattern, parseDuration } from './parse-duration.js';

/**
 * Makes a zod schema that reads `15s` or `10m` as milliseconds.
 *
 * Zero is refused unless `minMs` allows it. For a default, write `duration().prefault('10m')`, so that the
 * documentation shows the text a person would write.
 */
export function duration(limits: { readonly minMs?: number; readonly maxMs?: number } = {}) {
  const { minMs = 1, maxMs = Number.MAX_SAFE_INTEGER } = limits;
  return z
    .string(`a duration such as 15s or 10m`)
    .regex(durationPattern, 'a duration: a whole number and ms, s, m, h or d')
    .transform((text, context) => {
      const durationMs = parseDuration(text) ?? Number.NaN;
      if (durationMs >= minMs && durationMs <= maxMs) return durationMs;
      context.addIssue({ code: 'custom', message: rangeSentence(minMs, maxMs) });
      return z.NEVER;
    });
}

function rangeSentence(minMs: number, maxMs: number): string {
  const atLeast = `a duration of at least ${asText(minMs)}`;
  return maxMs === Number.MAX_SAFE_INTEGER ? atLeast : `${atLeast} and at most ${asText(maxMs)}`;
}

function asText(durationMs: number): string {
  if (durationMs % 3_600_000 === 0 && durationMs > 0) return `${durationMs / 3_600_000}h`;
  if (durationMs % 60_000 === 0 && durationMs > 0) return `${durationMs / 60_000}m`;
  if (durationMs % 1_000 === 0 && durationMs > 0) return `${durationMs / 1_000}s`;
  return `${durationMs}ms`;
}
