/**
 * Tells how far a server's clock is ahead of ours, in milliseconds, by the `Date` it answered with.
 *
 * Undefined without one. The header has whole seconds, so a second either way says nothing.
 */
export function clockSkewMs(date: string | undefined, nowMs: number): number | undefined {
  const theirsMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(theirsMs) ? undefined : theirsMs - nowMs;
}
