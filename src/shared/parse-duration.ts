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
