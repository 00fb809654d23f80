import { z } from 'zod';

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

/** Reads a moment as epoch milliseconds; one without a zone is UTC, wherever the bot runs. Undefined if it is none. */
export function parseMoment(text: string): number | undefined {
  const plain = text.trim();
  const isDay = /^\d{4}-\d\d-\d\d$/.test(plain);
  const hasZone = isDay || /(z|utc|gmt|[+-]\d\d:?\d\d)$/i.test(plain);
  const zone = /^\d{4}-\d\d-\d\dT/i.test(plain) ? 'Z' : ' UTC';
  const atMs = Date.parse(hasZone ? plain : `${plain}${zone}`);
  return Number.isNaN(atMs) ? undefined : atMs;
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

const unitsMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Form of a duration as people write it: a whole number and a unit. */
export const durationPattern = /^\d{1,9}(ms|s|m|h|d)$/;

/** Reads a duration such as `15s` or `10m` as milliseconds; undefined if it is not one. */
export function parseDuration(text: string): number | undefined {
  if (!durationPattern.test(text)) return undefined;
  const unitMs = unitsMs[text.replace(/^\d+/, '')];
  return unitMs === undefined ? undefined : Number.parseInt(text, 10) * unitMs;
}
