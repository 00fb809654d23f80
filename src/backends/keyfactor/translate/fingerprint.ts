import { fingerprintOf } from '../../../shared/fingerprint-of.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { parseTime } from '../wire/parse-time.js';

/** Rows that have not changed are the same objects from look to look. */
const known = new WeakMap<InstanceRow, string>();

/** Sums up what a list shows of an instance; the same for its row and for its detail. */
export function fingerprintOfRow(row: InstanceRow): string {
  const before = known.get(row);
  if (before !== undefined) return before;
  const fingerprint = fingerprintOf([
    row.status ?? '',
    row.currentstepuniquename ?? '',
    parseTime(row.lastmodified) ?? row.lastmodified ?? '',
    row.statusmessage ?? '',
    row.definition?.version ?? 0,
  ]);
  known.set(row, fingerprint);
  return fingerprint;
}

const mark = ' as listed';

/** Marks what a list shows of an instance that could not be read in full. */
export function asListedOnly(fingerprint: string): string {
  return fingerprint + mark;
}

/** Tells whether an instance could not be read in full. */
export function isAsListedOnly(fingerprint: string): boolean {
  return fingerprint.endsWith(mark);
}
