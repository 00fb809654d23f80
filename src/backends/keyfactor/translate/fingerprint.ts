import type { InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';

/** Sums up what a list shows of an instance; the same for its row and for its detail. */
export function fingerprintOf(row: InstanceRow): string {
  return JSON.stringify([
    row.status ?? '',
    row.currentstepuniquename ?? '',
    parseTime(row.lastmodified) ?? row.lastmodified ?? '',
    row.statusmessage ?? '',
    row.definition?.version ?? 0,
  ]);
}
