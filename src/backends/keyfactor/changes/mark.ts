import type { InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';

/** Stands for the last change on a server where nothing has changed yet. */
export const beforeAnything = '1971-01-01T00:00:00Z';

/** Reads a mark, which is a time as the server writes it, as epoch milliseconds. */
export function markMs(mark: string): number {
  return parseTime(mark) ?? 0;
}

/** Gives the latest change among rows as the server writes it, or the mark if none is later. */
export function laterMark(mark: string, rows: readonly InstanceRow[]): string {
  const times = rows.flatMap(({ lastmodified }) => lastmodified ?? []);
  return times.reduce((latest, time) => (markMs(time) > markMs(latest) ? time : latest), mark);
}

/** Asks for what has changed at or after a moment, written with a zone only where the server writes one. */
export function changedSince(fromMs: number, mark: string): string {
  const text = new Date(fromMs).toISOString();
  const hasZone = /(z|[+-]\d\d:?\d\d)$/i.test(mark);
  return `LastModified -ge "${hasZone ? text : text.replace(/Z$/, '')}"`;
}
