/**
 * Reads a time as epoch milliseconds; without a zone it is taken as UTC.
 *
 * Undefined if it is none, or the zero date that stands for "never" on this platform.
 */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(text);
  const atMs = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`);
  return Number.isNaN(atMs) || atMs <= 0 ? undefined : atMs;
}
